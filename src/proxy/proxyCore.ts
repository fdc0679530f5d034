import type { Entropy } from '../base/ports.ts';
import type { TimerQueue } from '../base/timerQueue.ts';
import { ClientTransactionIndex } from '../transaction/clientTransactionIndex.ts';
import { RestingQueue } from '../transaction/restingQueue.ts';
import {
  type MatchingOptions,
  magicCookie,
  rfcMatching,
  ServerTransactionIndex,
} from '../transaction/serverTransactionIndex.ts';
import type { Transport } from './transport.ts';

/** What all response contexts of one server share. */
export class ProxyCore {
  readonly transport: Transport;
  readonly timers: TimerQueue;
  readonly servers: ServerTransactionIndex;
  readonly clients = new ClientTransactionIndex();
  readonly resting: RestingQueue;
  readonly #entropy: Entropy;
  readonly #prefix: string;
  #count = 0;

  constructor(
    ports: { readonly transport: Transport; readonly timers: TimerQueue; readonly entropy: Entropy },
    matching: MatchingOptions = rfcMatching,
  ) {
    this.transport = ports.transport;
    this.timers = ports.timers;
    this.resting = new RestingQueue(ports.timers);
    this.#entropy = ports.entropy;
    this.servers = new ServerTransactionIndex(matching, ports.entropy.uint32());
    this.#prefix = this.#random();
  }

  /** Unique in space and time, and not to be guessed: the part that the branches of one context share. */
  newBranchBase(): string {
    this.#count = (this.#count + 1) % 0x100000000;
    return `${magicCookie}${this.#count.toString(16)}.${this.#random()}${this.#prefix}`;
  }

  #random(): string {
    return this.#entropy.uint32().toString(16).padStart(8, '0');
  }
}
