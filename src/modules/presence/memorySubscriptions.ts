import { ServerError } from '../../base/errors.ts';
import type { TimerQueue } from '../../base/timerQueue.ts';
import { type Dialog, dialogKey, type Subscription } from './subscription.ts';
import type { OnExpired, SubscriptionStore } from './subscriptionStore.ts';
import type { SubscriptionTable } from './subscriptionTable.ts';

/** Subscriptions in memory at most. */
const maxSubscriptions = 500_000;
/** The longest delay that a timer is set for, ms: beyond it, it is set again. */
const maxDelayMs = 24 * 3600 * 1000;
/** Subscriptions that expired while the server was down are told of when its sockets are open. */
const loadedDelayMs = 5_000;

export interface MemoryOptions {
  readonly timers: TimerQueue;
  readonly nowSec: () => number;
  /** Is letter case of URIs without meaning (`sip_uri_match`)? */
  readonly ignoresCase: boolean;
  readonly onExpired: OnExpired;
  /** The table behind it; undefined in subs_db_mode 0. */
  readonly table: SubscriptionTable | undefined;
}

/** Subscriptions in memory, each with a timer of its own; a table may stand behind them (subs_db_mode 0 to 2). */
export class MemorySubscriptions implements SubscriptionStore {
  readonly #options: MemoryOptions;
  readonly #byDialog = new Map<string, Subscription>();
  readonly #byPresentity = new Map<string, Set<Subscription>>();

  constructor(options: MemoryOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#byDialog.size;
  }

  async start(): Promise<void> {
    await this.#options.table?.load((subscription) => {
      if (this.size < maxSubscriptions) this.#place(subscription, loadedDelayMs);
    });
  }

  async find(dialog: Dialog): Promise<Subscription | undefined> {
    const found = this.#byDialog.get(dialogKey(dialog));
    return found === undefined || this.#isExpired(found) ? undefined : found;
  }

  async add(subscription: Subscription): Promise<void> {
    if (this.size >= maxSubscriptions)
      throw new ServerError('PRESENCE_FULL', `there are ${maxSubscriptions} subscriptions already`);
    await this.#options.table?.added(subscription);
    this.#place(subscription);
  }

  async save(subscription: Subscription): Promise<void> {
    if (this.#byDialog.get(dialogKey(subscription)) !== subscription) return;
    this.#watch(subscription);
    await this.#options.table?.changed(subscription);
  }

  async remove(subscription: Subscription): Promise<boolean> {
    const key = dialogKey(subscription);
    if (this.#byDialog.get(key) !== subscription) return false;
    this.#byDialog.delete(key);
    const watchers = this.#presentityKey(subscription.presentityUri, subscription.event);
    const group = this.#byPresentity.get(watchers);
    group?.delete(subscription);
    if (group?.size === 0) this.#byPresentity.delete(watchers);
    if (subscription.expiry !== undefined) this.#options.timers.cancel(subscription.expiry);
    await this.#options.table?.removed(subscription);
    return true;
  }

  async watching(presentityUri: string, event: string): Promise<readonly Subscription[]> {
    const group = this.#byPresentity.get(this.#presentityKey(presentityUri, event));
    return group === undefined ? [] : [...group].filter((subscription) => !this.#isExpired(subscription));
  }

  async hasWatchers(presentityUri: string, event: string): Promise<boolean> {
    return (await this.watching(presentityUri, event)).length > 0;
  }

  async flush(): Promise<void> {
    await this.#options.table?.flush();
  }

  /** Each subscription has its timer. */
  async sweep(): Promise<void> {}

  #place(subscription: Subscription, leastDelayMs = 0): void {
    const key = dialogKey(subscription);
    if (this.#byDialog.has(key)) return;
    this.#byDialog.set(key, subscription);
    const watchers = this.#presentityKey(subscription.presentityUri, subscription.event);
    const group = this.#byPresentity.get(watchers);
    if (group === undefined) this.#byPresentity.set(watchers, new Set([subscription]));
    else group.add(subscription);
    this.#watch(subscription, leastDelayMs);
  }

  #watch(subscription: Subscription, leastDelayMs = 0): void {
    const { timers, nowSec } = this.#options;
    if (subscription.expiry !== undefined) timers.cancel(subscription.expiry);
    // a second later: the last one belongs to the subscriber
    const delayMs = Math.min(maxDelayMs, (subscription.expiresSec - nowSec() + 1) * 1000);
    subscription.expiry = timers.schedule(
      Math.max(leastDelayMs, delayMs),
      (due) => this.#onTimer(due),
      subscription,
    );
  }

  #onTimer(subscription: Subscription): void {
    if (!this.#isExpired(subscription)) {
      this.#watch(subscription);
      return;
    }
    void this.remove(subscription);
    this.#options.onExpired(subscription);
  }

  #isExpired(subscription: Subscription): boolean {
    return subscription.expiresSec < this.#options.nowSec();
  }

  #presentityKey(uri: string, event: string): string {
    return `${this.#options.ignoresCase ? uri.toLowerCase() : uri}\n${event}`;
  }
}
