import { constants } from 'node:crypto';
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import { errorText, TransportError } from '../../base/errors.ts';
import { type TlsContext, type TlsSettings, tlsVersions } from '../../base/tlsPort.ts';
import { TlsGate } from './gate.ts';

/** Node takes a list without them for one that forbids TLS 1.3. */
const tls13Suites = 'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256';

/** OpenSSL's context of both roles. What is no longer used by a connection goes with the garbage. */
export class NodeTlsContext implements TlsContext {
  readonly settings: TlsSettings;
  readonly secure: SecureContext;
  readonly #gates = new Map<boolean, TlsGate>();

  constructor(settings: TlsSettings) {
    this.settings = settings;
    try {
      this.secure = createSecureContext(optionsOf(settings));
    } catch (error) {
      throw new TransportError('TLS_CONTEXT', explain(settings, error), { cause: error });
    }
  }

  /** Where connections are served under this context. */
  gate(requestCertificate: boolean): TlsGate {
    let gate = this.#gates.get(requestCertificate);
    if (gate === undefined) {
      gate = new TlsGate(optionsOf(this.settings), requestCertificate);
      this.#gates.set(requestCertificate, gate);
    }
    return gate;
  }
}

function optionsOf(settings: TlsSettings): SecureContextOptions {
  const { certificate, privateKey, trusted, revocations, sessionContext } = settings;
  const ciphers = cipherList(settings);
  return {
    minVersion: settings.minVersion,
    maxVersion: settings.maxVersion,
    secureOptions:
      constants.SSL_OP_NO_COMPRESSION |
      constants.SSL_OP_NO_RENEGOTIATION |
      (settings.resumption ? 0 : constants.SSL_OP_NO_TICKET),
    sessionIdContext: sessionContext ?? 'olelo',
    ...(certificate !== undefined && { cert: certificate }),
    ...(privateKey !== undefined && { key: privateKey }),
    ...(trusted !== 'system' && { ca: [...trusted] }),
    ...(revocations !== undefined && revocations.length > 0 && { crl: [...revocations] }),
    ...(ciphers !== undefined && { ciphers }),
  };
}

/** The old versions sign with SHA-1, which OpenSSL's default security level forbids: who asks for them gets them. */
function cipherList({ ciphers, minVersion }: TlsSettings): string | undefined {
  const old = tlsVersions.indexOf(minVersion) < tlsVersions.indexOf('TLSv1.2');
  if (ciphers === undefined && !old) return undefined;
  const list = `${tls13Suites}:${ciphers ?? 'DEFAULT'}`;
  return old && !list.includes('@SECLEVEL') ? `${list}:@SECLEVEL=0` : list;
}

/** OpenSSL's errors name neither file nor purpose; its texts hold no key material. */
function explain(settings: TlsSettings, error: unknown): string {
  const text = errorText(error);
  if (/no cipher match/i.test(text)) return `no cipher of "${settings.ciphers ?? ''}" is known`;
  if (/key values mismatch/i.test(text)) return 'the private key does not belong to the certificate';
  if (/bad decrypt|empty password|interrupted or cancelled|password/i.test(text))
    return 'the private key is encrypted; it must not be';
  if (/no start line/i.test(text)) return 'certificate, key or list is no PEM text';
  return text;
}
