/** Which node has which call: later commands of a call go where its offer went. */
import type { Clock } from '../../base/ports.ts';
import type { MediaNode } from './nodes.ts';

interface Entry {
  readonly callId: string;
  readonly viaBranch: string;
  readonly node: MediaNode;
  readonly expiresMs: number;
}

/** More calls than this push the oldest out. */
const maxEntries = 1_000_000;
/** Entries looked at for expiry with each insertion. */
const sweepSteps = 4;

/** Kept in the order of expiry, as all entries live equally long. */
export class CallTable {
  readonly #clock: Clock;
  readonly #lifeSec: () => number;
  /** By Call-ID, then by branch ('' for commands without one). */
  readonly #calls = new Map<string, Map<string, Entry>>();
  readonly #order = new Set<Entry>();

  constructor(clock: Clock, lifeSec: () => number) {
    this.#clock = clock;
    this.#lifeSec = lifeSec;
  }

  get size(): number {
    this.#sweep(Number.POSITIVE_INFINITY);
    return this.#order.size;
  }

  /** The node of this branch of a call; without a branch, of any. */
  find(callId: string, viaBranch: string, setId: number): MediaNode | undefined {
    const call = this.#calls.get(callId);
    if (call === undefined) return undefined;
    const now = this.#clock.nowMs();
    const exact = call.get(key(viaBranch, setId));
    if (exact !== undefined) return exact.expiresMs > now ? exact.node : undefined;
    for (const entry of call.values())
      if (entry.node.setId === setId && entry.expiresMs > now && (viaBranch === '' || entry.viaBranch === ''))
        return entry.node;
    return undefined;
  }

  /** A node that has this call, whatever the set and branch. */
  findAny(callId: string): MediaNode | undefined {
    const now = this.#clock.nowMs();
    for (const entry of this.#calls.get(callId)?.values() ?? []) if (entry.expiresMs > now) return entry.node;
    return undefined;
  }

  insert(callId: string, viaBranch: string, node: MediaNode): void {
    this.#sweep(sweepSteps);
    const call = this.#calls.get(callId) ?? new Map<string, Entry>();
    const slot = key(viaBranch, node.setId);
    const known = call.get(slot);
    if (known !== undefined) this.#order.delete(known);
    const expiresMs = this.#clock.nowMs() + this.#lifeSec() * 1000;
    const entry = { callId, viaBranch, node, expiresMs };
    call.set(slot, entry);
    this.#calls.set(callId, call);
    this.#order.add(entry);
  }

  /** Forgets a branch of a call, or without a branch the call. */
  remove(callId: string, viaBranch: string, setId: number): void {
    for (const entry of this.#calls.get(callId)?.values() ?? [])
      if (entry.node.setId === setId && (viaBranch === '' || entry.viaBranch === viaBranch))
        this.#drop(entry);
  }

  #sweep(steps: number): void {
    const now = this.#clock.nowMs();
    let left = steps;
    for (const entry of this.#order) {
      if (left-- <= 0 || (entry.expiresMs > now && this.#order.size < maxEntries)) return;
      this.#drop(entry);
    }
  }

  #drop(entry: Entry): void {
    this.#order.delete(entry);
    const call = this.#calls.get(entry.callId);
    call?.delete(key(entry.viaBranch, entry.node.setId));
    if (call?.size === 0) this.#calls.delete(entry.callId);
  }
}

function key(viaBranch: string, setId: number): string {
  return `${setId} ${viaBranch}`;
}
