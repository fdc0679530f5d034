import { DatabaseError, errorText } from '../../base/errors.ts';
import type { Clock, DatabaseEvent, Entropy } from '../../base/ports.ts';
import type { Connect, LinkRole } from './link.ts';
import { Outage } from './outage.ts';
import { SupervisedLink } from './supervisedLink.ts';

export interface PoolOptions {
  readonly clock: Clock;
  readonly entropy: Entropy;
  /** At least 2: one that writes, one that reads. */
  readonly maxConnections: number;
  readonly silenceMs: number;
  readonly pingMs: number;
  readonly reconnect: boolean;
  readonly report: (event: DatabaseEvent) => void;
}

/**
 * Connections to one database: one that writes, in order, and some that read. More of the latter are made in the
 * background while all are busy; nobody waits for them, for work is pipelined on those that are there.
 */
export class LinkPool {
  readonly #connectLink: Connect;
  readonly #options: PoolOptions;
  readonly #outage: Outage;
  #writer: SupervisedLink | undefined;
  #readers: SupervisedLink[] = [];
  readonly #coming = new Map<LinkRole, Promise<SupervisedLink>>();
  #closed: DatabaseError | undefined;

  constructor(connect: Connect, options: PoolOptions) {
    this.#connectLink = connect;
    this.#options = options;
    this.#outage = new Outage(options.clock, options.entropy, options.report);
  }

  get connections(): number {
    return this.#readers.length + (this.#writer === undefined ? 0 : 1);
  }

  get outages(): number {
    return this.#outage.count;
  }

  get isAway(): boolean {
    return this.#outage.isOn;
  }

  /** The first connections; rejects when they cannot be made. */
  async open(): Promise<void> {
    try {
      await Promise.all([this.#connect('write'), this.#connect('read')]);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /**
   * A connection for work of this kind, at once where there is one. While the database is away the answer is a
   * rejection, also at once.
   */
  link(role: LinkRole): SupervisedLink | Promise<SupervisedLink> {
    const found = role === 'write' ? this.#writer : this.#idlestReader();
    if (found !== undefined) return found;
    if (this.#closed !== undefined) return Promise.reject(this.#closed);
    if (this.#outage.isOn) return Promise.reject(this.#outage.refusal());
    return this.#reconnect(role);
  }

  async close(): Promise<void> {
    this.#closed ??= new DatabaseError('DB_CLOSED', 'the database is closed');
    this.#outage.stop();
    await Promise.allSettled(this.#coming.values());
    const links = [...this.#readers, ...(this.#writer === undefined ? [] : [this.#writer])];
    this.#readers = [];
    this.#writer = undefined;
    await Promise.all(links.map((link) => link.end()));
  }

  #idlestReader(): SupervisedLink | undefined {
    let best: SupervisedLink | undefined;
    for (const reader of this.#readers) {
      if (best === undefined || reader.outstanding < best.outstanding) best = reader;
    }
    const isRoom = this.#readers.length < this.#options.maxConnections - 1;
    if (best !== undefined && best.outstanding > 0 && isRoom && this.#closed === undefined) {
      // a failure is none yet: the others still work
      this.#connect('read').catch(() => {});
    }
    return best;
  }

  #connect(role: LinkRole): Promise<SupervisedLink> {
    const coming = this.#coming.get(role);
    if (coming !== undefined) return coming;
    const made = this.#make(role).finally(() => this.#coming.delete(role));
    this.#coming.set(role, made);
    return made;
  }

  async #make(role: LinkRole): Promise<SupervisedLink> {
    const { clock, silenceMs, pingMs } = this.#options;
    let early: DatabaseError | undefined;
    let link: SupervisedLink | undefined;
    const onLost = (error: DatabaseError): void => {
      if (link === undefined) early = error;
      else link.lose(error);
    };
    const bare = await this.#connectLink(role, onLost);
    const made = new SupervisedLink(bare, { clock, silenceMs, pingMs }, (error) => this.#lost(made, error));
    link = made;
    if (early !== undefined) {
      made.lose(early);
      throw early;
    }
    if (this.#closed !== undefined) {
      await made.end();
      throw this.#closed;
    }
    if (role === 'write') this.#writer = made;
    else this.#readers.push(made);
    return made;
  }

  /** Makes a connection again; a failure begins or prolongs the outage. */
  async #reconnect(role: LinkRole): Promise<SupervisedLink> {
    try {
      const link = await this.#connect(role);
      this.#outage.over();
      return link;
    } catch (error) {
      const reason = errorText(error);
      if (this.#closed !== undefined) throw this.#closed;
      this.#outage.failed(reason, this.#options.reconnect ? () => this.#retry() : undefined);
      throw this.#outage.refusal();
    }
  }

  #retry(): void {
    if (this.#closed !== undefined) return;
    const missing: LinkRole[] = [];
    if (this.#readers.length === 0) missing.push('read');
    if (this.#writer === undefined) missing.push('write');
    if (missing.length === 0) this.#outage.over();
    for (const role of missing) this.#reconnect(role).catch(() => {}); // told by the outage
  }

  #lost(link: SupervisedLink, error: DatabaseError): void {
    if (this.#writer === link) this.#writer = undefined;
    this.#readers = this.#readers.filter((reader) => reader !== link);
    if (this.#closed !== undefined) return;
    if (!this.#options.reconnect) this.#outage.failed(error.message, undefined);
    else if (!this.#outage.isOn) this.#retry();
  }
}
