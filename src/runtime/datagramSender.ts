import type { Socket } from 'node:dgram';
import { getSystemErrorName } from 'node:util';

/**
 * How datagrams leave. Sending dominates the cost of a proxy, so this is the one place that goes below Node's
 * public API: `Socket.send` makes a request object, three closures and a copy of the view for each datagram,
 * and without a callback (a tick per datagram) it swallows errors. The handle underneath sends synchronously,
 * gives the error as its return value, and keeps the buffer only when the kernel's queue is full.
 */
export interface DatagramSender {
  /**
   * Sends `bytes` at once if the system takes them.
   * @returns `sent`, `queued` (the buffer belongs to the system until `onQueuedSent`), or the code of an error.
   */
  send(bytes: Buffer, address: string, port: number): 'sent' | 'queued' | string;
}

/** Called when a queued datagram has left, with the code of an error or ''. */
export type QueuedSent = (error: string, address: string, port: number, bytes: number) => void;

interface SendRequest {
  list?: readonly Buffer[];
  oncomplete: (status: number) => void;
}

interface UdpHandle {
  /** Bytes + 1 when sent, 0 when queued, a negative errno otherwise. */
  send(
    request: SendRequest,
    list: readonly Buffer[],
    count: number,
    port: number,
    address: string,
    hasCallback: boolean,
  ): number;
}

type SendRequestMaker = new () => SendRequest;

/** The direct sender where this version of Node lets us, else one on the public API. */
export function makeDatagramSender(socket: Socket, onQueuedSent: QueuedSent): DatagramSender {
  const handle = handleOf(socket);
  const maker = sendRequestMaker();
  if (handle === undefined || maker === undefined) return new PublicSender(socket, onQueuedSent);
  return new DirectSender(handle, maker, onQueuedSent);
}

function handleOf(socket: Socket): UdpHandle | undefined {
  for (const symbol of Object.getOwnPropertySymbols(socket)) {
    if (symbol.description !== 'state symbol') continue;
    const state = (socket as unknown as Record<symbol, { handle?: UdpHandle } | undefined>)[symbol];
    if (typeof state?.handle?.send === 'function') return state.handle;
  }
  return undefined;
}

function sendRequestMaker(): SendRequestMaker | undefined {
  try {
    const { binding } = process as unknown as { binding(name: string): { SendWrap?: SendRequestMaker } };
    return binding.call(process, 'udp_wrap').SendWrap;
  } catch {
    return undefined;
  }
}

class DirectSender implements DatagramSender {
  readonly #handle: UdpHandle;
  readonly #maker: SendRequestMaker;
  readonly #onQueuedSent: QueuedSent;
  /** Reused until a send is queued: only then does the system keep it. */
  #request: SendRequest;
  #list: Buffer[] = [Buffer.alloc(0)];

  constructor(handle: UdpHandle, maker: SendRequestMaker, onQueuedSent: QueuedSent) {
    this.#handle = handle;
    this.#maker = maker;
    this.#onQueuedSent = onQueuedSent;
    this.#request = this.#makeRequest();
  }

  send(bytes: Buffer, address: string, port: number): string {
    this.#list[0] = bytes;
    const result = this.#handle.send(this.#request, this.#list, 1, port, address, true);
    if (result >= 1) return 'sent';
    if (result < 0) return getSystemErrorName(result);
    this.#leaveToSystem(bytes, address, port);
    return 'queued';
  }

  #makeRequest(): SendRequest {
    const request = new this.#maker();
    request.oncomplete = () => {};
    return request;
  }

  /** The request and its buffer belong to the system now; the next send gets fresh ones. */
  #leaveToSystem(bytes: Buffer, address: string, port: number): void {
    const request = this.#request;
    request.list = this.#list; // keeps the memory alive
    request.oncomplete = (status) => {
      this.#onQueuedSent(status < 0 ? getSystemErrorName(status) : '', address, port, bytes.length);
    };
    this.#request = this.#makeRequest();
    this.#list = [bytes];
  }
}

class PublicSender implements DatagramSender {
  readonly #socket: Socket;
  readonly #onQueuedSent: QueuedSent;

  constructor(socket: Socket, onQueuedSent: QueuedSent) {
    this.#socket = socket;
    this.#onQueuedSent = onQueuedSent;
  }

  send(bytes: Buffer, address: string, port: number): string {
    this.#socket.send(bytes, 0, bytes.length, port, address, (error) => {
      const code = (error as { code?: string } | null)?.code ?? '';
      this.#onQueuedSent(code, address, port, bytes.length);
    });
    return 'queued';
  }
}
