import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  cryptoProvider,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  type JsonGeneralNames,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
  X509CrlGenerator,
  X509CrlReason,
} from '@peculiar/x509';

const dayMs = 86_400_000;
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** A certificate with its private key, both PEM. */
export interface TestCertificate {
  readonly certificate: string;
  readonly key: string;
  readonly serial: string;
}

export interface CertificateOptions {
  /** Common name, or a whole subject such as `CN=a, O=b`. */
  readonly name: string;
  readonly dns?: readonly string[];
  readonly ips?: readonly string[];
  readonly uris?: readonly string[];
  readonly emails?: readonly string[];
  /** Days from now; negative: expired. */
  readonly validDays?: number;
  /** May sign others. */
  readonly authority?: boolean;
}

/** A certificate authority of a test: makes certificates for servers and clients, lower authorities, revocation lists. */
export class TestAuthority {
  readonly certificate: string;
  readonly #keys: webcrypto.CryptoKeyPair;
  readonly #subject: string;
  #serial = 16;

  private constructor(subject: string, certificate: string, keys: webcrypto.CryptoKeyPair) {
    this.#subject = subject;
    this.certificate = certificate;
    this.#keys = keys;
  }

  static async create(name = 'Olelo test authority'): Promise<TestAuthority> {
    const keys = await makeKeys();
    const subject = subjectOf(name);
    const made = await sign({ subject, issuer: subject, serial: '01', keys, signer: keys, names: {} }, true);
    return new TestAuthority(subject, made, keys);
  }

  /** For a server or a client: certificates carry both uses. */
  async issue(options: CertificateOptions): Promise<TestCertificate> {
    const serial = (this.#serial++).toString(16); // before any wait: numbers follow the calls
    const keys = await makeKeys();
    const certificate = await this.#sign(options, keys, serial);
    return { certificate, key: await keyText(keys), serial };
  }

  /** An authority below this one. */
  async below(name: string): Promise<TestAuthority> {
    const serial = (this.#serial++).toString(16); // before any wait: numbers follow the calls
    const keys = await makeKeys();
    const certificate = await this.#sign({ name, authority: true }, keys, serial);
    return new TestAuthority(subjectOf(name), certificate, keys);
  }

  /** The list of what this authority has revoked, PEM. */
  async revocations(revoked: readonly TestCertificate[]): Promise<string> {
    const crl = await X509CrlGenerator.create(
      {
        issuer: this.#subject,
        thisUpdate: new Date(Date.now() - dayMs),
        nextUpdate: new Date(Date.now() + 30 * dayMs),
        signingAlgorithm: algorithm,
        signingKey: this.#keys.privateKey,
        entries: revoked.map(({ serial }) => ({
          serialNumber: serial,
          revocationDate: new Date(Date.now() - dayMs),
          reason: X509CrlReason.keyCompromise,
        })),
      },
      webcrypto,
    );
    return `${PemConverter.encode(crl.rawData, 'X509 CRL')}\n`;
  }

  #sign(options: CertificateOptions, keys: webcrypto.CryptoKeyPair, serial: string): Promise<string> {
    const days = options.validDays;
    const subject = subjectOf(options.name);
    const parts = { subject, issuer: this.#subject, serial, keys, signer: this.#keys, names: options, days };
    return sign(parts, options.authority === true);
  }
}

interface SigningParts {
  readonly subject: string;
  readonly issuer: string;
  readonly serial: string;
  readonly keys: webcrypto.CryptoKeyPair;
  readonly signer: webcrypto.CryptoKeyPair;
  readonly names: Partial<CertificateOptions>;
  readonly days?: number | undefined;
}

async function sign(parts: SigningParts, authority: boolean): Promise<string> {
  cryptoProvider.set(webcrypto);
  const { subject, issuer, serial, keys, signer, names, days = 365 } = parts;
  const certificate = await X509CertificateGenerator.create(
    {
      subject,
      issuer,
      serialNumber: serial,
      notBefore: new Date(Date.now() - (days < 0 ? 1 - days : 1) * dayMs),
      notAfter: new Date(Date.now() + days * dayMs),
      signingAlgorithm: algorithm,
      publicKey: keys.publicKey,
      signingKey: signer.privateKey,
      extensions: [
        new BasicConstraintsExtension(authority, undefined, true),
        await SubjectKeyIdentifierExtension.create(keys.publicKey),
        await AuthorityKeyIdentifierExtension.create(signer.publicKey),
        ...usages(authority),
        ...alternativeNames(names),
      ],
    },
    webcrypto,
  );
  return `${certificate.toString('pem')}\n`;
}

function usages(authority: boolean): Extension[] {
  if (authority) return [new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true)];
  const both = [ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth];
  return [new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true), new ExtendedKeyUsageExtension(both)];
}

function alternativeNames({ dns = [], ips = [], uris = [], emails = [] }: Partial<CertificateOptions>) {
  const names: JsonGeneralNames = [
    ...dns.map((value) => ({ type: 'dns' as const, value })),
    ...ips.map((value) => ({ type: 'ip' as const, value })),
    ...uris.map((value) => ({ type: 'url' as const, value })),
    ...emails.map((value) => ({ type: 'email' as const, value })),
  ];
  return names.length === 0 ? [] : [new SubjectAlternativeNameExtension(names)];
}

function makeKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

async function keyText(keys: webcrypto.CryptoKeyPair): Promise<string> {
  const text = PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
  return `${text}\n`;
}

function subjectOf(name: string): string {
  return name.includes('=') ? name : `CN=${name}`;
}

/** Files in a temporary folder, by name; `remove` deletes it. */
export function pemFolder(files: Readonly<Record<string, string>>): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'olelo-pem-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text, { mode: 0o600 });
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
