import { createServer, type Server, type Socket } from 'node:net';
import { TransportError } from '../../base/errors.ts';
import type { SocketAddress, StreamListener } from '../../base/ports.ts';
import type { TlsAcceptor, TlsListenOptions } from '../../base/tlsPort.ts';
import { addressOf, startListening } from '../stream.ts';
import { transportError } from '../systemError.ts';
import { serverNameOf } from './clientHello.ts';
import type { NodeTlsContext } from './context.ts';
import { handshakeError } from './handshakeError.ts';
import { NodeTlsConnection } from './session.ts';

export async function listenTls(
  address: string,
  port: number,
  acceptor: TlsAcceptor,
  options: TlsListenOptions,
): Promise<StreamListener> {
  const { backlog = 1024 } = options;
  const underWay = new Set<Handshake>();
  const server = createServer({ noDelay: true }, (socket) => {
    if (underWay.size >= options.maxHandshakes) socket.destroy();
    else new Handshake(socket, acceptor, options.handshakeTimeoutMs, underWay).begin();
  });
  const where = { host: address, port, ipv6Only: true, exclusive: true, backlog };
  try {
    await startListening(server, where);
  } catch (error) {
    throw transportError('listening on tls', address, port, error);
  }
  return new TlsListener(server, underWay);
}

class TlsListener implements StreamListener {
  readonly local: SocketAddress;
  readonly #server: Server;
  readonly #underWay: ReadonlySet<Handshake>;

  constructor(server: Server, underWay: ReadonlySet<Handshake>) {
    const address = server.address();
    this.local = address === null || typeof address === 'string' ? { address: '', port: 0 } : address;
    this.#server = server;
    this.#underWay = underWay;
  }

  close(): void {
    this.#server.close();
    for (const handshake of this.#underWay) handshake.abandon();
  }
}

/** From the accepted TCP connection to the end of the handshake; the whole of it within one time limit. */
class Handshake {
  readonly #socket: Socket;
  readonly #acceptor: TlsAcceptor;
  readonly #underWay: Set<Handshake>;
  readonly #remote: SocketAddress;
  readonly #timer: NodeJS.Timeout;
  #hello: Buffer = Buffer.alloc(0);
  #over = false;

  constructor(socket: Socket, acceptor: TlsAcceptor, timeoutMs: number, underWay: Set<Handshake>) {
    this.#socket = socket;
    this.#acceptor = acceptor;
    this.#underWay = underWay;
    this.#remote = addressOf(socket.remoteAddress, socket.remotePort);
    this.#timer = setTimeout(() => this.#fail(this.#timedOut(timeoutMs)), timeoutMs);
  }

  begin(): void {
    this.#underWay.add(this);
    this.#socket.on('error', this.#failed);
    this.#socket.on('close', this.#closed);
    this.#socket.on('readable', this.#read);
  }

  abandon(): void {
    if (this.#end()) this.#socket.destroy();
  }

  /** The name is needed before the handshake, because it decides whether a certificate is asked for. */
  readonly #read = (): void => {
    const chunk = this.#socket.read() as Buffer | null;
    if (chunk === null) return;
    this.#hello = this.#hello.length === 0 ? chunk : Buffer.concat([this.#hello, chunk]);
    const serverName = serverNameOf(this.#hello);
    if (serverName === undefined) return;
    this.#socket.off('readable', this.#read);
    this.#socket.unshift(this.#hello);
    this.#hello = Buffer.alloc(0);
    this.#secure(serverName);
  };

  #secure(serverName: string): void {
    const local = addressOf(this.#socket.localAddress, this.#socket.localPort);
    const profile = this.#acceptor.profileFor(local, serverName);
    if (profile === undefined) {
      this.#fail(this.#error('TLS_NO_PROFILE', `no certificate for "${serverName}"`));
      return;
    }
    const gate = (profile.context as NodeTlsContext).gate(profile.requestCertificate);
    gate.enter(this.#socket, {
      onSecure: (secured) => {
        if (this.#end()) this.#acceptor.onConnection(new NodeTlsConnection(secured, serverName));
      },
      onRefused: this.#failed,
    });
  }

  readonly #failed = (error: Error): void => this.#fail(error);

  readonly #closed = (): void => this.#fail(this.#error('ECONNRESET', 'closed by the peer'));

  #fail(cause: Error): void {
    if (!this.#end()) return;
    this.#socket.destroy();
    this.#acceptor.onFailure(this.#remote, handshakeError('TLS handshake with', this.#remote, cause));
  }

  #end(): boolean {
    if (this.#over) return false;
    this.#over = true;
    clearTimeout(this.#timer);
    this.#underWay.delete(this);
    this.#socket.off('close', this.#closed); // errors are still taken: a dying socket must not throw
    return true;
  }

  #timedOut(timeoutMs: number): TransportError {
    return this.#error('ETIMEDOUT', `not done within ${timeoutMs} ms`);
  }

  #error(code: string, text: string): TransportError {
    return new TransportError(code, text, this.#remote);
  }
}
