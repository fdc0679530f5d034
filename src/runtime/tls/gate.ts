import type { Socket } from 'node:net';
import { createServer, type SecureContextOptions, type Server, type TLSSocket } from 'node:tls';

export interface GateUser {
  onSecure(socket: TLSSocket): void;
  onRefused(error: Error): void;
}

/**
 * Node verifies certificates of clients only in a `tls.Server`. This one listens nowhere: it is given connections
 * that others have accepted, and tells each one's user what came of it.
 */
export class TlsGate {
  readonly #server: Server;
  /** By the peer's address and port and our port: one connection each. */
  readonly #users = new Map<string, GateUser>();

  constructor(options: SecureContextOptions, requestCertificate: boolean) {
    this.#server = createServer({ ...options, requestCert: requestCertificate, rejectUnauthorized: false });
    this.#server.on('secureConnection', (socket) => this.#users.get(keyOf(socket))?.onSecure(socket));
    this.#server.on('tlsClientError', (error, socket) => this.#users.get(keyOf(socket))?.onRefused(error));
  }

  /** Begins the handshake with what the socket has read and will read. */
  enter(socket: Socket, user: GateUser): void {
    const key = keyOf(socket);
    this.#users.set(key, user);
    socket.once('close', () => this.#users.delete(key));
    this.#server.emit('connection', socket);
  }
}

function keyOf(socket: Socket): string {
  return `${socket.remoteAddress}|${socket.remotePort}|${socket.localPort}`;
}
