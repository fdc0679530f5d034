import type { Framer, StreamLink } from '../../proxy/streamKind.ts';
import type { Frame } from '../../sip/framer.ts';
import type { WebSocketCounters } from './counters.ts';
import { closeFrame, FrameReader, frame, messageFrame, Opcode } from './frames.ts';
import type { SubProtocol } from './handshake.ts';

export interface SessionParts {
  readonly counters: WebSocketCounters;
  readonly maxMessageBytes: number;
  nowMs(): number;
  /** Calls once after `delayMs`; the answer takes it back. */
  after(delayMs: number, fire: () => void): () => void;
  /** How long a client has for its closing frame, ms. */
  closingMs(): number;
  onClosed(session: WebSocketSession): void;
}

type State = 'OPEN' | 'CLOSING' | 'CLOSED';

const noFrames: readonly Frame[] = [];

/** One WebSocket: frames in, SIP messages out to the transport; pings; the closing handshake (RFC 6455 §5, §7). */
export class WebSocketSession implements Framer {
  readonly link: StreamLink;
  readonly protocol: SubProtocol;
  state: State = 'OPEN';
  lastUsedMs: number;
  /** A ping of ours is unanswered. */
  awaitsPong = false;
  readonly #parts: SessionParts;
  readonly #reader: FrameReader;
  #frames: Frame[] = [];
  #ending: 'failed_connections' | 'local_closed_connections' | 'remote_closed_connections' =
    'failed_connections';
  #stopWaiting: () => void = () => {};

  constructor(link: StreamLink, protocol: SubProtocol, parts: SessionParts) {
    this.link = link;
    this.protocol = protocol;
    this.#parts = parts;
    this.lastUsedMs = parts.nowMs();
    this.#reader = new FrameReader(parts.maxMessageBytes, {
      onMessage: (payload) => this.#message(payload),
      onPing: (payload) => this.#ping(payload),
      onPong: () => this.#pong(),
      onClose: (code) => this.#peerCloses(code),
      onError: (code, reason) => this.#fail(code, reason),
    });
  }

  // ---- Framer

  get pendingBytes(): number {
    return this.#reader.pendingBytes;
  }

  push(chunk: Buffer): readonly Frame[] {
    this.#reader.read(chunk);
    if (this.#frames.length === 0) return noFrames;
    const frames = this.#frames;
    this.#frames = [];
    return frames;
  }

  encode(text: string): Buffer | undefined {
    if (this.state !== 'OPEN') return undefined;
    this.#sent();
    return messageFrame(text);
  }

  closed(): void {
    if (this.state === 'CLOSED') return;
    this.state = 'CLOSED';
    this.#stopWaiting();
    this.#reader.stop();
    this.#parts.counters.closed(this.protocol, this.#ending);
    this.#parts.onClosed(this);
  }

  // ---- what the module asks for

  /** Begins the closing handshake: nothing more is sent; the connection ends with the client's answer, or in time. */
  close(code: number, reason: string): boolean {
    if (this.state !== 'OPEN') return false;
    this.#ending = 'local_closed_connections';
    this.#sendClose(code, reason);
    this.#stopWaiting = this.#parts.after(this.#parts.closingMs(), () => this.link.close());
    return true;
  }

  sendControl(opcode: typeof Opcode.ping | typeof Opcode.pong, data: string): boolean {
    if (this.state !== 'OPEN') return false;
    if (opcode === Opcode.ping) this.awaitsPong = true;
    return this.#write(opcode, Buffer.from(data, 'utf8').subarray(0, 125));
  }

  /** A keep-alive that was not answered: the client is gone. */
  giveUp(): void {
    this.close(1000, 'Normal closure');
    this.#ending = 'failed_connections';
  }

  // ---- frames

  #message(payload: Buffer): void {
    this.#received();
    if (this.state !== 'OPEN') return;
    if (payload.length <= 4 && /^(?:\r\n)+$/.test(payload.toString('latin1'))) {
      // RFC 5626 §3.5.1: a double CRLF asks for a single one, which means nothing by itself
      if (payload.length === 4) this.#frames.push({ kind: 'ping' });
      return;
    }
    if (payload.length > 0) this.#frames.push({ kind: 'message', text: payload.toString('latin1') });
  }

  #ping(payload: Buffer): void {
    this.#received();
    if (this.state === 'OPEN') this.#write(Opcode.pong, payload);
  }

  #pong(): void {
    this.#received();
    this.awaitsPong = false;
  }

  #peerCloses(code: number): void {
    this.#received();
    if (this.state === 'OPEN') {
      this.#ending = 'remote_closed_connections';
      this.#sendClose(code === 1005 ? 1000 : code, '');
    }
    this.link.close();
  }

  #fail(code: number, reason: string): void {
    if (this.state === 'OPEN') this.#sendClose(code, reason.slice(0, 100));
    this.link.close();
  }

  #sendClose(code: number, reason: string): void {
    this.#sent();
    this.state = 'CLOSING';
    this.link.stopSending();
    this.link.write(closeFrame(code, reason));
  }

  #write(opcode: number, payload: Buffer): boolean {
    this.#sent();
    return this.link.write(frame(opcode, payload));
  }

  #sent(): void {
    this.lastUsedMs = this.#parts.nowMs();
    this.#parts.counters.count(this.protocol, 'transmitted_frames');
  }

  #received(): void {
    this.lastUsedMs = this.#parts.nowMs();
    this.#parts.counters.count(this.protocol, 'received_frames');
  }
}
