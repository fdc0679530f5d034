import type { JsonName, X509Certificate } from '@peculiar/x509';
import { loadX509 } from '../../identity/x509.ts';
import type { PeerNames } from '../../sip/certificateNames.ts';

/** Parts of a distinguished name that scripts ask for, by X.500's short names. */
export type NamePart = 'CN' | 'L' | 'C' | 'ST' | 'O' | 'OU' | 'UID';

/** X.509's attribute for `uniqueIdentifier`, and LDAP's user id. */
const uniqueIdentifiers = ['UID', '2.5.4.45', '0.9.2342.19200300.100.1.1'];

/** What scripts, RPC and checks read in a certificate. */
export class Certificate {
  readonly raw: Uint8Array;
  readonly #parsed: X509Certificate;
  #alternatives: PeerNames | undefined;

  constructor(raw: Uint8Array) {
    this.raw = raw;
    this.#parsed = new (loadX509().X509Certificate)(raw);
  }

  /** 3 of X.509v3 stands as 2 in the certificate, and that is what scripts see. */
  get version(): number {
    return 2;
  }

  /** Decimal. */
  get serial(): string {
    return BigInt(`0x${this.#parsed.serialNumber || '0'}`).toString();
  }

  get notBefore(): Date {
    return this.#parsed.notBefore;
  }

  get notAfter(): Date {
    return this.#parsed.notAfter;
  }

  get isSelfSigned(): boolean {
    return this.#parsed.subject === this.#parsed.issuer;
  }

  get signatureHash(): string {
    const { signatureAlgorithm } = this.#parsed;
    return 'hash' in signatureAlgorithm ? (signatureAlgorithm as { hash: { name: string } }).hash.name : '';
  }

  /** Bits of an RSA key; 0 for others. */
  get rsaBits(): number {
    const { algorithm } = this.#parsed.publicKey;
    return 'modulusLength' in algorithm ? Number(algorithm.modulusLength) : 0;
  }

  get pem(): string {
    const base64 = Buffer.from(this.raw).toString('base64');
    const lines = base64.match(/.{1,64}/g) ?? [];
    return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
  }

  /** The first value of that part; undefined when there is none. */
  part(of: 'subject' | 'issuer', part: NamePart): string | undefined {
    const names = part === 'UID' ? uniqueIdentifiers : [part];
    for (const attribute of this.#name(of)) {
      for (const name of names) {
        const [value] = attribute[name] ?? [];
        if (value !== undefined) return value;
      }
    }
    return undefined;
  }

  /** `/C=DE/O=Example/CN=host` */
  line(of: 'subject' | 'issuer'): string {
    const pairs = this.#name(of).flatMap((attribute) =>
      Object.entries(attribute).flatMap(([name, values]) => values.map((value) => `/${name}=${value}`)),
    );
    return pairs.join('');
  }

  /** Subject alternative names and the common name. */
  get names(): PeerNames {
    this.#alternatives ??= this.#readNames();
    return this.#alternatives;
  }

  #name(of: 'subject' | 'issuer'): JsonName {
    return (of === 'subject' ? this.#parsed.subjectName : this.#parsed.issuerName).toJSON();
  }

  #readNames(): PeerNames {
    const extension = this.#parsed.getExtension(loadX509().SubjectAlternativeNameExtension);
    const all = extension?.names.items ?? [];
    const of = (type: string) => all.filter((name) => name.type === type).map(({ value }) => value);
    return {
      dns: of('dns'),
      uris: of('url'),
      ips: of('ip'),
      emails: of('email'),
      commonName: this.part('subject', 'CN') ?? '',
    };
  }
}

/** `Nov  9 23:52:08 2026 GMT`, as OpenSSL writes it. */
export function asn1TimeText(date: Date): string {
  const [, day = '', month = '', year = '', time = ''] =
    /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(date.toUTCString()) ?? [];
  return `${month} ${String(Number(day)).padStart(2)} ${time} ${year} GMT`;
}
