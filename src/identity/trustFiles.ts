/** Trust as secsipidx users configure it: a bit mask and files of certificates. */
import { X509Certificate } from 'node:crypto';
import type { Clock, Files } from '../base/ports.ts';
import { anyCertificate, type RevocationList, type Trust } from './certificateTrust.ts';
import { failure, type Outcome, success } from './failure.ts';
import { ParsedFiles } from './keyFiles.ts';
import { readRevocationLists } from './revocationList.ts';

/** Bits of `cert-verify`. */
export const certVerify = {
  time: 1,
  systemRoots: 2,
  rootsFile: 4,
  intermediatesFile: 8,
  revocation: 16,
} as const;

export interface TrustFileOptions {
  /** Sum of `certVerify` bits; 0 checks nothing. */
  readonly certVerify: number;
  readonly caFile: string;
  readonly intermediatesFile: string;
  readonly crlFile: string;
  readonly telephoneNumbers: Trust['telephoneNumbers'];
}

/** Where Debian and most others keep the certificates that the system trusts. */
const systemRootsFile = '/etc/ssl/certs/ca-certificates.crt';

/** Reads what the options name; a replaced file is seen within a second. */
export class TrustFiles {
  readonly #certificates: ParsedFiles<readonly X509Certificate[]>;
  readonly #revocations: ParsedFiles<readonly RevocationList[]>;

  constructor(ports: { readonly files: Files; readonly clock: Clock }) {
    this.#certificates = new ParsedFiles(ports, readCertificates);
    this.#revocations = new ParsedFiles(ports, readRevocationLists);
  }

  async load(options: TrustFileOptions): Promise<Outcome<Trust>> {
    const { certVerify: bits, telephoneNumbers } = options;
    if (bits === 0) return success({ ...anyCertificate, telephoneNumbers });
    const roots: X509Certificate[] = [];
    for (const [bit, path, name] of [
      [certVerify.systemRoots, systemRootsFile, 'system CA file'],
      [certVerify.rootsFile, options.caFile, 'ca-file'],
    ] as const) {
      const read = await this.#read(bits, bit, path, name);
      if (!read.ok) return read;
      roots.push(...read.value);
    }
    const between = await this.#read(
      bits,
      certVerify.intermediatesFile,
      options.intermediatesFile,
      'ca-inter',
    );
    if (!between.ok) return between;
    const revoked = await this.#readRevoked(bits, options.crlFile);
    if (!revoked.ok) return revoked;
    return success({
      validity: (bits & certVerify.time) !== 0,
      chain: (bits & (certVerify.systemRoots | certVerify.rootsFile)) !== 0,
      roots,
      intermediates: between.value,
      revoked: revoked.value,
      telephoneNumbers,
    });
  }

  async #read(
    bits: number,
    bit: number,
    path: string,
    name: string,
  ): Promise<Outcome<readonly X509Certificate[]>> {
    if ((bits & bit) === 0) return success([]);
    if (path === '')
      return failure('certificate-chain', `cert-verify has ${bit}, but there is no ${name}`, 'file');
    return this.#certificates.get(path);
  }

  async #readRevoked(bits: number, path: string): Promise<Outcome<readonly RevocationList[] | undefined>> {
    if ((bits & certVerify.revocation) === 0) return success(undefined);
    if (path === '') {
      return failure('certificate-revoked', 'cert-verify has 16, but there is no crl-file', 'file');
    }
    return this.#revocations.get(path);
  }
}

function readCertificates(data: Buffer): Outcome<readonly X509Certificate[]> {
  const blocks = data.toString('latin1').match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g);
  try {
    const certificates = (blocks ?? []).map((block) => new X509Certificate(block));
    if (certificates.length > 0) return success(certificates);
  } catch {
    // told below
  }
  return failure('certificate-chain', 'the CA file holds no PEM certificates', 'pem');
}
