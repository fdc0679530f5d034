/** TLS, as the ports have it: contexts with certificates and rules, listening, connecting, and what a handshake told. */

import type {
  SocketAddress,
  StreamConnection,
  StreamConnectOptions,
  StreamListener,
  StreamListenOptions,
} from './streamPort.ts';
import type { TlsSession } from './tlsSession.ts';

export type { TlsSession } from './tlsSession.ts';

/** From the oldest to the newest. */
export const tlsVersions = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const;
export type TlsVersion = (typeof tlsVersions)[number];

/** What a context is made of. Certificates, keys and lists are PEM texts, not file names. */
export interface TlsSettings {
  /** Own certificate, its chain behind it; undefined for clients that show none. */
  readonly certificate?: string | undefined;
  /** Its private key, not encrypted. Never appears in an error. */
  readonly privateKey?: string | undefined;
  /** Certificates of the authorities that are trusted; `system` for those that the platform trusts. */
  readonly trusted: readonly string[] | 'system';
  /** Revocation lists. With any, every authority of a chain needs one. */
  readonly revocations?: readonly string[] | undefined;
  readonly minVersion: TlsVersion;
  readonly maxVersion: TlsVersion;
  /** In OpenSSL's words; undefined for the library's default. Suites of TLS 1.3 stay as they are. */
  readonly ciphers?: string | undefined;
  /** Tickets that let a client come back without a full handshake. */
  readonly resumption: boolean;
  /** Keeps the sessions of different services apart; at most 32 bytes. */
  readonly sessionContext?: string | undefined;
}

/** Made by `TlsNet.context`; opaque to everybody else. */
export interface TlsContext {
  readonly settings: TlsSettings;
}

/** How to serve one connection. */
export interface TlsServerProfile {
  readonly context: TlsContext;
  /** Ask the client for a certificate. Whether it must come and be valid is for `onConnection` to judge. */
  readonly requestCertificate: boolean;
}

export interface TlsConnection extends StreamConnection {
  readonly session: TlsSession;
}

export interface TlsAcceptor {
  /** Called once the client has said which name it wants ('' for none); undefined refuses it. */
  profileFor(local: SocketAddress, serverName: string): TlsServerProfile | undefined;
  /** The handshake is done. The certificate of the client has been looked at, but nothing was decided. */
  onConnection(connection: TlsConnection): void;
  /** A handshake failed or took too long. */
  onFailure(remote: SocketAddress, error: Error): void;
}

export interface TlsListenOptions extends StreamListenOptions {
  readonly handshakeTimeoutMs: number;
  /** Handshakes under way at the same time; further connections are closed. */
  readonly maxHandshakes: number;
}

/** `timeoutMs` is for connecting and handshake together. */
export interface TlsConnectOptions extends StreamConnectOptions {
  readonly context: TlsContext;
  /** Name to ask for (SNI); '' for none. */
  readonly serverName: string;
}

export interface TlsNet {
  /** @throws TransportError that says what is wrong with certificate, key, lists or ciphers. */
  context(settings: TlsSettings): TlsContext;
  listen(
    address: string,
    port: number,
    acceptor: TlsAcceptor,
    options: TlsListenOptions,
  ): Promise<StreamListener>;
  /**
   * Resolves after the handshake; `session.verifyError` tells what is wrong with the peer's certificate, its name is
   * not looked at: both are for the caller to judge before anything is written.
   */
  connect(address: string, port: number, options: TlsConnectOptions): Promise<TlsConnection>;
}
