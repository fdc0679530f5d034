import { isUtf8 } from 'node:buffer';
import { Receiver, Sender } from 'ws';

/** What the types of `ws` leave out: its parser and its framer, which work without a socket. */
declare module 'ws' {
  class Receiver {
    constructor(options: {
      readonly isServer: boolean;
      readonly maxPayload: number;
      readonly maxFragments?: number;
      readonly maxBufferedChunks?: number;
      readonly allowSynchronousEvents: boolean;
    });
    readonly destroyed: boolean;
    readonly writableEnded: boolean;
    on(event: 'message' | 'ping' | 'pong', handler: (data: Buffer) => void): this;
    on(event: 'conclude', handler: (code: number) => void): this;
    on(event: 'error', handler: (error: Error) => void): this;
    write(chunk: Buffer): boolean;
    destroy(): void;
  }
  const Sender: {
    frame(
      data: Buffer,
      options: {
        readonly fin: boolean;
        readonly rsv1: boolean;
        readonly opcode: number;
        readonly mask: boolean;
        readonly readOnly: boolean;
      },
    ): Buffer[];
  };
}

/** RFC 6455 §5.2 */
export const Opcode = { text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** A frame as a server sends it: whole, unmasked, uncompressed. */
export function frame(opcode: number, payload: Buffer): Buffer {
  const parts = Sender.frame(payload, { fin: true, rsv1: false, opcode, mask: false, readOnly: true });
  return Buffer.concat(parts);
}

/** A message of text as a frame; what is no UTF-8 goes as binary (RFC 7118 §4). */
export function messageFrame(latin1: string): Buffer {
  const payload = Buffer.from(latin1, 'latin1');
  return frame(isUtf8(payload) ? Opcode.text : Opcode.binary, payload);
}

/** Longest reason: a control frame carries 125 bytes, two of them the code. */
const maxReasonBytes = 123;

export function closeFrame(code: number, reason: string): Buffer {
  const text = Buffer.from(reason, 'utf8').subarray(0, maxReasonBytes);
  const payload = Buffer.alloc(2 + text.length);
  payload.writeUInt16BE(code, 0);
  text.copy(payload, 2);
  return frame(Opcode.close, payload);
}

/** May a server send this status (RFC 6455 §7.4)? */
export function isCloseCode(code: number): boolean {
  if (code >= 3000 && code <= 4999) return true;
  return code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code);
}

export interface FrameHandler {
  onMessage(payload: Buffer): void;
  onPing(payload: Buffer): void;
  onPong(): void;
  /** 1005 when the peer gave no code. */
  onClose(code: number): void;
  /** The peer broke the protocol; `code` is what to tell it. */
  onError(code: number, reason: string): void;
}

/** Fragments of one message, and pieces of one frame, that a client may need. */
const maxPieces = 1024;

/** Reads frames of a client out of bytes in any pieces. */
export class FrameReader {
  readonly #receiver: Receiver;
  #pending = 0;

  constructor(maxMessageBytes: number, handler: FrameHandler) {
    // events come before `write` returns: nothing here is compressed
    const receiver = new Receiver({
      isServer: true,
      maxPayload: maxMessageBytes,
      maxFragments: maxPieces,
      maxBufferedChunks: maxPieces,
      allowSynchronousEvents: true,
    });
    const done = () => {
      this.#pending = 0;
    };
    receiver.on('message', (data: Buffer) => {
      done();
      handler.onMessage(data);
    });
    receiver.on('ping', (data: Buffer) => {
      done();
      handler.onPing(data);
    });
    receiver.on('pong', () => {
      done();
      handler.onPong();
    });
    receiver.on('conclude', (code: number) => handler.onClose(code));
    receiver.on('error', (error: Error) => handler.onError(statusOf(error), error.message));
    this.#receiver = receiver;
  }

  /** Bytes since the last whole frame. */
  get pendingBytes(): number {
    return this.#pending;
  }

  read(chunk: Buffer): void {
    if (this.#receiver.destroyed || this.#receiver.writableEnded) return;
    this.#pending += chunk.length;
    this.#receiver.write(Buffer.from(chunk)); // kept while a frame is incomplete
  }

  stop(): void {
    this.#receiver.destroy();
  }
}

/** `ws` puts the status for the peer under a symbol of its own. */
function statusOf(error: Error): number {
  const key = Object.getOwnPropertySymbols(error).find(({ description }) => description === 'status-code');
  const code: unknown = key === undefined ? undefined : Reflect.get(error, key);
  return typeof code === 'number' ? code : 1002;
}
