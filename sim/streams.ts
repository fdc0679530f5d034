import { TransportError } from '../src/base/errors.ts';
import type { SocketAddress, StreamConnection, StreamHandler } from '../src/base/ports.ts';
import type { SimNetwork } from './network.ts';

/** What may be under way before `write` says stop. */
const windowBytes = 64 * 1024;
/** A lost segment costs a stream this much time. */
const retransmitMs = 200;
/** How often a stalled stream is tried again during a partition. */
const stalledRetryMs = 1000;

type Parcel =
  | { readonly kind: 'data'; readonly bytes: Buffer }
  | { readonly kind: 'end' }
  | { readonly kind: 'reset'; readonly code: string };

/** One side of a virtual TCP connection: in order, without loss, but with delays, pieces, stalls and resets. */
export class SimStream implements StreamConnection {
  readonly local: SocketAddress;
  readonly remote: SocketAddress;
  readonly #network: SimNetwork;
  #peer: SimStream | undefined;
  #handler: StreamHandler | undefined;
  /** Parcels on their way to the peer, in order. */
  readonly #underway: Parcel[] = [];
  #moving = false;
  #pendingBytes = 0;
  #mustDrain = false;
  /** Received while nobody listens or while paused. */
  readonly #inbox: Buffer[] = [];
  #paused = false;
  #endSent = false;
  #ended = false;
  #error: Error | undefined;
  #closed = false;
  #told = false;

  constructor(network: SimNetwork, local: SocketAddress, remote: SocketAddress) {
    this.#network = network;
    this.local = local;
    this.remote = remote;
  }

  static pair(network: SimNetwork, client: SocketAddress, server: SocketAddress): [SimStream, SimStream] {
    const one = new SimStream(network, client, server);
    const other = new SimStream(network, server, client);
    one.#peer = other;
    other.#peer = one;
    return [one, other];
  }

  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  setHandler(handler: StreamHandler): void {
    this.#handler = handler;
    queueMicrotask(() => this.#handOver());
  }

  keepAlive(): void {
    // the virtual network never forgets a connection
  }

  write(data: string | Uint8Array): boolean {
    if (this.#closed || this.#endSent) return false;
    const bytes = typeof data === 'string' ? Buffer.from(data, 'latin1') : Buffer.from(data);
    if (bytes.length === 0) return true;
    this.#network.note('sent', 'tcp', { ...this.#route(), bytes });
    for (const piece of this.#pieces(bytes)) this.#post({ kind: 'data', bytes: piece });
    this.#pendingBytes += bytes.length;
    if (this.#pendingBytes < windowBytes) return true;
    this.#mustDrain = true;
    return false;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    queueMicrotask(() => this.#handOver());
  }

  end(): void {
    if (this.#closed || this.#endSent) return;
    this.#endSent = true;
    this.#post({ kind: 'end' });
  }

  destroy(): void {
    if (this.#closed) return;
    this.#underway.length = 0;
    this.#pendingBytes = 0;
    this.#post({ kind: 'reset', code: 'ECONNRESET' });
    this.#close(undefined);
  }

  /** Both sides see the connection break. */
  breakDown(): void {
    this.#close(this.#failure('ECONNRESET'));
    const peer = this.#peer;
    if (peer !== undefined) peer.#close(peer.#failure('ECONNRESET'));
  }

  #pieces(bytes: Buffer): readonly Buffer[] {
    const { random } = this.#network;
    if (!this.#link().splitStreams) return [bytes];
    const pieces: Buffer[] = [];
    for (let at = 0; at < bytes.length; ) {
      const size = random.chance(0.5) ? random.between(1, 40) : random.between(40, 1400);
      pieces.push(bytes.subarray(at, at + size));
      at += size;
    }
    return pieces;
  }

  #post(parcel: Parcel): void {
    this.#underway.push(parcel);
    if (!this.#moving) this.#move();
  }

  /** Carries the first parcel over; the others wait behind it, as TCP does. */
  #move(): void {
    const { clock, random } = this.#network;
    const link = this.#link();
    this.#moving = true;
    if (link.partitioned) {
      clock.after(stalledRetryMs, () => this.#move());
      return;
    }
    const retransmits = random.chance(link.loss) ? random.between(1, 3) : 0;
    clock.after(this.#network.delayOf(link) + retransmits * retransmitMs, () => this.#arrive());
  }

  #arrive(): void {
    const parcel = this.#underway.shift();
    const peer = this.#peer;
    if (parcel !== undefined && peer !== undefined) peer.#receive(parcel);
    if (parcel?.kind === 'data') this.#acknowledged(parcel.bytes.length);
    if (this.#underway.length > 0) this.#move();
    else this.#moving = false;
    if (parcel?.kind === 'end') this.#closeWhenBothEnded();
  }

  #acknowledged(bytes: number): void {
    this.#pendingBytes = Math.max(0, this.#pendingBytes - bytes);
    if (!this.#mustDrain || this.#pendingBytes > 0 || this.#closed) return;
    this.#mustDrain = false;
    this.#handler?.onDrain?.();
  }

  #receive(parcel: Parcel): void {
    if (this.#closed) return;
    switch (parcel.kind) {
      case 'data':
        this.#network.note('delivered', 'tcp', { ...this.#peerRoute(), bytes: parcel.bytes });
        this.#inbox.push(parcel.bytes);
        this.#handOver();
        return;
      case 'end':
        this.#ended = true;
        this.end(); // no half-open connections, as in the real runtime
        this.#handOver();
        return;
      case 'reset':
        this.#close(this.#failure(parcel.code));
    }
  }

  #handOver(): void {
    while (this.#handler !== undefined && !this.#paused && !this.#closed) {
      const bytes = this.#inbox.shift();
      if (bytes === undefined) break;
      this.#handler.onData(bytes);
    }
    this.#closeWhenBothEnded();
    if (this.#closed) this.#tell();
  }

  #closeWhenBothEnded(): void {
    if (this.#ended && this.#endSent && this.#underway.length === 0 && this.#inbox.length === 0) {
      this.#close(undefined);
    }
  }

  #close(error: Error | undefined): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#error = error;
    this.#pendingBytes = 0;
    this.#network.note('closed', 'tcp', { ...this.#route(), bytes: Buffer.alloc(0) });
    queueMicrotask(() => this.#tell());
  }

  #tell(): void {
    if (this.#told || this.#handler === undefined) return;
    this.#told = true;
    this.#handler.onClose(this.#error);
  }

  #failure(code: string): TransportError {
    const { address, port } = this.remote;
    return new TransportError(code, `connection with ${address}:${port}: ${code}`, { address, port });
  }

  #link() {
    return this.#network.linkBetween(this.local.address, this.remote.address);
  }

  #route() {
    return { from: textOf(this.local), to: textOf(this.remote) };
  }

  #peerRoute() {
    return { from: textOf(this.remote), to: textOf(this.local) };
  }
}

function textOf({ address, port }: SocketAddress): string {
  return `${address}:${port}`;
}
