/** A TCP link to a server that can be made slow, silent or dead: for tests of what happens while a service hangs. */
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { TestContext } from 'node:test';

export interface SlowLinkOptions {
  /** The server behind the link. */
  readonly port: number;
  readonly address?: string;
  /** Where the link listens; a free port of 127.0.0.1 unless told. */
  readonly listenPort?: number;
  readonly listenAddress?: string;
}

/** Opens a link that is closed after the test. */
export async function openSlowLink(t: TestContext, options: SlowLinkOptions): Promise<SlowLink> {
  const link = await SlowLink.open(options);
  t.after(() => link.close());
  return link;
}

export class SlowLink {
  /** How much later than the server sent it an answer arrives. Holds for what comes from now on. */
  delayMs = 0;
  /** While true nothing passes in either direction; connections are taken and stay open. */
  silent = false;
  /** Connections that were made in all. */
  connections = 0;
  readonly #server: Server;
  readonly #open = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open(options: SlowLinkOptions): Promise<SlowLink> {
    const server = createServer({ allowHalfOpen: false });
    const link = new SlowLink(server);
    server.on('connection', (near) => link.#join(near, options));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(options.listenPort ?? 0, options.listenAddress ?? '127.0.0.1', resolve);
    });
    return link;
  }

  get port(): number {
    const address = this.#server.address();
    return address !== null && typeof address === 'object' ? address.port : 0;
  }

  /** Connections that are open now. */
  get openConnections(): number {
    return this.#open.size;
  }

  /** Breaks all connections; new ones are taken. */
  cut(): void {
    for (const socket of this.#open) socket.resetAndDestroy();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #join(near: Socket, options: SlowLinkOptions): void {
    this.connections++;
    this.#open.add(near);
    const far = connect({ port: options.port, host: options.address ?? '127.0.0.1' });
    near.setNoDelay(true);
    far.setNoDelay(true);
    const answers = new LateQueue(near);
    near.on('data', (data) => {
      if (!this.silent) far.write(data);
    });
    far.on('data', (data) => {
      if (!this.silent) answers.put(data, this.delayMs);
    });
    near.on('close', () => {
      this.#open.delete(near);
      answers.stop();
      far.destroy();
    });
    far.on('close', () => answers.end());
    for (const socket of [near, far]) socket.on('error', () => socket.destroy());
  }
}

/** Writes what it is given after its delay, in the order in which it came. */
class LateQueue {
  readonly #socket: Socket;
  readonly #timers = new Set<NodeJS.Timeout>();
  #lastMs = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  put(data: Buffer, delayMs: number): void {
    this.#at(delayMs, () => this.#socket.write(data));
  }

  /** Closes behind all that was put before. */
  end(): void {
    this.#at(0, () => this.#socket.destroy());
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #at(delayMs: number, work: () => void): void {
    const nowMs = performance.now();
    this.#lastMs = Math.max(this.#lastMs, nowMs + delayMs);
    if (this.#lastMs - nowMs < 1 && this.#timers.size === 0) {
      work();
      return;
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      work();
    }, this.#lastMs - nowMs);
    this.#timers.add(timer);
  }
}
