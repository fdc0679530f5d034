/** How a peer reaches the server: `send A tls as client name sip.example` is TLS with a certificate of its own and SNI. */
import { readFileSync } from 'node:fs';
import { connect as connectPlain } from 'node:net';
import { join } from 'node:path';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { WebSocket } from 'ws';
import { Peer } from '../support/peer.ts';

export interface Way {
  readonly kind: 'udp' | 'tcp' | 'tls' | 'ws' | 'wss';
  /** Files `NAME.pem` and `NAME.key` of the case's certificates; undefined shows none. */
  readonly identity: string | undefined;
  /** Server name indication. */
  readonly serverName: string | undefined;
}

export const plainUdp: Way = { kind: 'udp', identity: undefined, serverName: undefined };

const kinds = ['udp', 'tcp', 'tls', 'ws', 'wss'] as const;

/** The words behind `send A`. */
export function wayOf(words: readonly string[]): Way {
  const after = (word: string): string | undefined =>
    words.includes(word) ? words[words.indexOf(word) + 1] : undefined;
  const kind = kinds.find((each) => each === words[0]) ?? 'udp';
  return { kind, identity: after('as'), serverName: after('name') };
}

/** Where the server listens for TLS and secure WebSockets; plain ones come to its TCP port. */
export const tlsPort = 5061;
const plainPort = 5060;

/** A peer with TLS and WebSocket connections; one of each way. */
export class SecurePeer extends Peer {
  /** Folder of the case's certificates. */
  certificates = '';
  readonly #tls = new Map<string, TLSSocket>();
  readonly #sockets = new Map<string, WebSocket>();

  override async close(): Promise<void> {
    for (const socket of this.#sockets.values()) socket.terminate();
    for (const socket of this.#tls.values()) socket.destroy();
    await super.close();
  }

  /** Over TLS or WebSocket; opens the connection when there is none. */
  sendSecurely(text: string, address: string, way: Way): void {
    if (way.kind === 'tls') this.#tlsTo(address, way).write(Buffer.from(text, 'latin1'));
    else this.#sendFrame(text, this.#webSocketTo(address, way));
  }

  #tlsTo(address: string, way: Way): TLSSocket {
    const key = JSON.stringify(way);
    const open = this.#tls.get(key);
    if (open?.writable === true) return open;
    const socket = connect({
      socket: connectPlain({ host: address, port: tlsPort, localAddress: this.address }),
      rejectUnauthorized: false,
      servername: way.serverName ?? '',
      ...this.#identity(way),
    });
    this.#tls.set(key, socket);
    // how a refusal is worded differs; that there was one is the outcome
    socket.once('error', () => this.keep({ text: 'TLS refused\r\n\r\n', transport: 'control', fromPort: 0 }));
    this.adopt(socket, 'tls');
    return socket;
  }

  #identity({ identity }: Way): Pick<ConnectionOptions, 'cert' | 'key'> {
    if (identity === undefined) return {};
    const read = (ending: string): Buffer => readFileSync(join(this.certificates, `${identity}.${ending}`));
    return { cert: read('pem'), key: read('key') };
  }

  #webSocketTo(address: string, way: Way): WebSocket {
    const key = JSON.stringify(way);
    const open = this.#sockets.get(key);
    if (open !== undefined && open.readyState <= WebSocket.OPEN) return open;
    const port = way.kind === 'wss' ? tlsPort : plainPort;
    const options = { localAddress: this.address, rejectUnauthorized: false };
    const socket = new WebSocket(`${way.kind}://${address}:${port}/`, ['sip'], options);
    this.#sockets.set(key, socket);
    const note = (text: string): void =>
      this.keep({ text: `${text}\r\n\r\n`, transport: 'control', fromPort: 0 });
    socket.on('message', (data) =>
      this.keep({ text: Buffer.from(data as Buffer).toString('latin1'), transport: 'ws', fromPort: port }),
    );
    socket.on('unexpected-response', (request, response) => {
      note(`WebSocket refused: ${response.statusCode} ${response.statusMessage}`);
      request.destroy();
    });
    socket.on('error', () => {}); // a refusal has been noted
    socket.on('close', (code) => {
      if (code !== 1006) note(`WebSocket closed: ${code}`);
    });
    return socket;
  }

  #sendFrame(text: string, socket: WebSocket): void {
    const send = (): void => socket.send(Buffer.from(text, 'latin1'), { binary: false });
    if (socket.readyState === WebSocket.OPEN) send();
    else socket.once('open', send);
  }
}
