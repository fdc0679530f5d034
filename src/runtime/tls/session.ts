import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import type { TlsConnection, TlsSession } from '../../base/tlsPort.ts';
import { NodeStreamConnection } from '../stream.ts';

/** Longer chains are nobody's. */
const maxChain = 16;

/** A stream behind its handshake. */
export class NodeTlsConnection extends NodeStreamConnection implements TlsConnection {
  readonly session: TlsSession;

  constructor(socket: TLSSocket, serverName: string) {
    super(socket);
    this.session = sessionOf(socket, serverName);
  }
}

export function sessionOf(socket: TLSSocket, serverName: string): TlsSession {
  const cipher = socket.getCipher();
  const peerCertificates = chainOf(socket.getPeerCertificate(true));
  return {
    version: socket.getProtocol() ?? '',
    cipher: cipher.name,
    cipherBits: bitsOf(cipher.name),
    serverName,
    resumed: socket.isSessionReused(),
    peerCertificates,
    ownCertificate: socket.getX509Certificate()?.raw,
    verifyError: verifyErrorOf(socket, peerCertificates.length),
  };
}

function verifyErrorOf(socket: TLSSocket, certificates: number): string {
  if (certificates === 0) return 'NO_CERTIFICATE';
  if (socket.authorized) return '';
  // Node's types say Error, but it is the code
  return String(socket.authorizationError) || 'UNVERIFIED';
}

function chainOf(leaf: DetailedPeerCertificate | Record<string, never>): readonly Uint8Array[] {
  const chain: Uint8Array[] = [];
  let certificate = leaf as DetailedPeerCertificate | undefined;
  while (certificate?.raw !== undefined && chain.length < maxChain) {
    chain.push(certificate.raw);
    const issuer: DetailedPeerCertificate = certificate.issuerCertificate;
    certificate = issuer === certificate ? undefined : issuer;
  }
  return chain;
}

/** The names of all suites in use tell the key length. */
function bitsOf(suite: string): number {
  if (/CHACHA20/.test(suite)) return 256;
  if (/3DES|DES-CBC3/.test(suite)) return 168;
  const match = /(128|256)/.exec(suite);
  return match === null ? 0 : Number(match[1]);
}
