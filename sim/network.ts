import type { SimClock } from './clock.ts';
import { goodLink, type LinkFaults, type WireEvent } from './link.ts';
import type { SimRandom } from './random.ts';

/** Receives what the network delivers to one address and port. */
export interface DatagramEnd {
  deliver(bytes: Buffer, address: string, port: number): void;
}

/** Somebody who listens for streams. */
export interface StreamEnd {
  accept(fromAddress: string, fromPort: number): void;
}

/** First of the ports that are given out when none is asked for. */
const firstFreePort = 20_000;

/** The wire between all hosts of a world: who is where, and how the links behave. */
export class SimNetwork {
  readonly clock: SimClock;
  readonly random: SimRandom;
  /** Everything that happened, when recording is on. */
  readonly trace: WireEvent[] = [];
  /** Called for each event, also when nothing is recorded. */
  onEvent: ((event: WireEvent) => void) | undefined;
  recording = true;
  readonly #datagrams = new Map<string, DatagramEnd>();
  readonly #links = new Map<string, LinkFaults>();
  readonly #knownAddresses = new Set<string>();
  #default: LinkFaults = goodLink;
  #nextPort = firstFreePort;

  constructor(clock: SimClock, random: SimRandom) {
    this.clock = clock;
    this.random = random;
  }

  // ---- faults

  /** Changes all links that have no setting of their own. */
  setLinks(change: Partial<LinkFaults>): void {
    this.#default = { ...this.#default, ...change };
  }

  /** Changes the link between two addresses, both ways. */
  setLink(one: string, other: string, change: Partial<LinkFaults>): void {
    this.#links.set(linkKey(one, other), { ...this.linkBetween(one, other), ...change });
  }

  linkBetween(one: string, other: string): LinkFaults {
    return this.#links.get(linkKey(one, other)) ?? this.#default;
  }

  // ---- places

  addAddress(address: string): void {
    this.#knownAddresses.add(address);
  }

  hasAddress(address: string): boolean {
    return this.#knownAddresses.has(address);
  }

  freePort(): number {
    return this.#nextPort++;
  }

  /** False when somebody is there already. */
  bindDatagram(address: string, port: number, end: DatagramEnd): boolean {
    const key = `${address}:${port}`;
    if (this.#datagrams.has(key)) return false;
    this.#datagrams.set(key, end);
    return true;
  }

  unbindDatagram(address: string, port: number): void {
    this.#datagrams.delete(`${address}:${port}`);
  }

  // ---- datagrams

  sendDatagram(bytes: Buffer, fromAddress: string, fromPort: number, address: string, port: number): void {
    const link = this.linkBetween(fromAddress, address);
    const event = { from: `${fromAddress}:${fromPort}`, to: `${address}:${port}`, bytes };
    this.note('sent', 'udp', event);
    if (link.partitioned || this.random.chance(link.loss)) {
      this.note('lost', 'udp', event);
      return;
    }
    const copies = this.random.chance(link.duplicate) ? 2 : 1;
    if (copies === 2) this.note('duplicated', 'udp', event);
    for (let copy = 0; copy < copies; copy++) {
      this.clock.after(this.#datagramDelay(link), () => {
        const end = this.#datagrams.get(event.to);
        this.note(end === undefined ? 'refused' : 'delivered', 'udp', event);
        end?.deliver(bytes, fromAddress, fromPort);
      });
    }
  }

  #datagramDelay(link: LinkFaults): number {
    const held = this.random.chance(link.reorder) ? this.random.fraction() * link.reorderMs : 0;
    return this.delayOf(link) + held;
  }

  /** One way over a link. */
  delayOf(link: LinkFaults): number {
    return link.latencyMs + (link.jitterMs > 0 ? this.random.fraction() * link.jitterMs : 0);
  }

  note(
    kind: WireEvent['kind'],
    proto: WireEvent['proto'],
    what: { readonly from: string; readonly to: string; readonly bytes: Buffer },
  ): void {
    const event: WireEvent = { atMs: this.clock.nowMs(), kind, proto, ...what };
    if (this.recording) this.trace.push(event);
    this.onEvent?.(event);
  }
}

function linkKey(one: string, other: string): string {
  return one < other ? `${one} ${other}` : `${other} ${one}`;
}
