/** Connections that carry a stream of bytes. */

import type { TlsSession } from './tlsSession.ts';

export interface SocketAddress {
  /** An IPv4 or IPv6 address in text form, without brackets. */
  readonly address: string;
  readonly port: number;
}

export interface StreamHandler {
  /** `data` is only valid during the call. */
  onData(data: Buffer): void;
  /** The stream has ended, whatever the reason; called exactly once. */
  onClose(error: Error | undefined): void;
  /** The queue of unsent bytes has emptied after `write` returned false. */
  onDrain?(): void;
}

export interface StreamConnection {
  readonly local: SocketAddress;
  readonly remote: SocketAddress;
  /** Bytes accepted by `write` but not yet taken by the system. */
  readonly pendingBytes: number;
  /** What TLS has settled; undefined where there is none. */
  readonly session?: TlsSession | undefined;
  setHandler(handler: StreamHandler): void;
  /** Lets the system probe a peer that has been silent for `idleMs` (SO_KEEPALIVE). */
  keepAlive(idleMs: number): void;
  /** Queues latin1 text or bytes; false when the caller should wait for `onDrain`. */
  write(data: string | Uint8Array): boolean;
  pause(): void;
  resume(): void;
  /** Ends after what is queued has been sent. */
  end(): void;
  /** Ends at once (RST). */
  destroy(): void;
}

export interface StreamListener {
  readonly local: SocketAddress;
  close(): void;
}

export interface StreamConnectOptions {
  readonly localAddress?: string | undefined;
  readonly localPort?: number | undefined;
  readonly timeoutMs: number;
}

export interface StreamListenOptions {
  /** Connections that may wait to be accepted. */
  readonly backlog?: number | undefined;
}
