import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { Inbox } from './inbox.ts';

/** What a node makes of one datagram. */
export interface NodeAnswer {
  /** The command as text to compare: its name in the first line. '' keeps it out of the inbox (pings). */
  readonly shown: string;
  /** The datagram to answer with; undefined for none. */
  readonly reply: string | undefined;
}

export interface NodeProtocol {
  answer(datagram: string, mode: NodeMode): NodeAnswer;
}

/** How a node answers: as it should, with an error of that text, or not at all. */
export type NodeMode =
  | { readonly kind: 'ok' }
  | { readonly kind: 'silent' }
  | { readonly kind: 'error'; readonly text: string };

/** A stand-in for a media node (rtpengine, rtpproxy): it answers by rote and keeps the commands that it gets. */
export class MediaNode extends Inbox {
  readonly name: string;
  readonly address: string;
  readonly #protocol: NodeProtocol;
  mode: NodeMode = { kind: 'ok' };
  /** Datagrams that were received, retransmissions and pings too. */
  datagrams = 0;
  /** Keep commands that repeat an earlier one byte for byte (retransmissions)? */
  keepRepeats = false;
  seen = 0;
  port: number;
  #socket: Socket | undefined;
  readonly #known = new Set<string>();

  constructor(name: string, address: string, port: number, protocol: NodeProtocol) {
    super();
    this.name = name;
    this.address = address;
    this.port = port;
    this.#protocol = protocol;
  }

  /** Port 0 takes a free one. */
  async open(): Promise<void> {
    const socket = createSocket('udp4');
    this.#socket = socket;
    socket.on('message', (data, from) => this.#take(data.toString('latin1'), from));
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind(this.port, this.address, resolve);
    });
    socket.on('error', () => {}); // a server that has gone is not the node's concern
    this.port = socket.address().port;
  }

  async close(): Promise<void> {
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket !== undefined) await new Promise<void>((resolve) => socket.close(() => resolve()));
  }

  #take(text: string, from: RemoteInfo): void {
    this.datagrams++;
    const { shown, reply } = this.#protocol.answer(text, this.mode);
    const again = this.#known.has(text);
    this.#known.add(text);
    if (shown !== '' && (this.keepRepeats || !again))
      this.keep({ text: shown, transport: 'control', fromPort: from.port });
    if (reply !== undefined) this.#socket?.send(Buffer.from(reply, 'latin1'), from.port, from.address);
  }
}
