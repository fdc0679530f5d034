import type { Database, DbCondition, DbQuery } from '../../base/ports.ts';
import type { Dialog, Subscription } from './subscription.ts';
import {
  changingColumns,
  dialogColumns,
  ofDialog,
  rowOf,
  subscriptionColumns,
  subscriptionOf,
} from './subscriptionRows.ts';
import type { OnExpired, SubscriptionStore } from './subscriptionStore.ts';

/** Watchers of one presentity that are told at once: more is an attack or a mistake. */
const maxWatchers = 10_000;

export interface DatabaseSubscriptionsOptions {
  readonly database: Database;
  readonly name: string;
  readonly fetchRows: number;
  readonly nowSec: () => number;
  readonly onExpired: OnExpired;
}

/** Subscriptions in the database alone (subs_db_mode 3): several servers may share them. */
export class DatabaseSubscriptions implements SubscriptionStore {
  readonly #options: DatabaseSubscriptionsOptions;

  constructor(options: DatabaseSubscriptionsOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {}

  async find(dialog: Dialog): Promise<Subscription | undefined> {
    return (await this.#query([...ofDialog(dialog), this.#alive()], 1))[0];
  }

  async add(subscription: Subscription): Promise<void> {
    const { database, name } = this.#options;
    await database.upsert(name, dialogColumns, rowOf(subscription));
  }

  async save(subscription: Subscription): Promise<void> {
    const { database, name } = this.#options;
    await database.update(name, changingColumns(subscription), ofDialog(subscription));
  }

  async remove(subscription: Subscription): Promise<boolean> {
    const { database, name } = this.#options;
    return (await database.delete(name, ofDialog(subscription))) > 0;
  }

  async watching(presentityUri: string, event: string): Promise<readonly Subscription[]> {
    return await this.#query([...ofPresentity(presentityUri, event), this.#alive()], maxWatchers);
  }

  async hasWatchers(presentityUri: string, event: string): Promise<boolean> {
    return (await this.#query([...ofPresentity(presentityUri, event), this.#alive()], 1)).length > 0;
  }

  async flush(): Promise<void> {}

  /** Who deletes the row tells the watcher: of several servers, one. */
  async sweep(): Promise<void> {
    const { nowSec, fetchRows, onExpired } = this.#options;
    const expired = { column: 'expires', op: '<', value: nowSec() } as const;
    for (const subscription of await this.#query([expired], fetchRows))
      if (await this.remove(subscription)) onExpired(subscription);
  }

  /** Puts a mark on all watchers of a presentity: the notifier tells them (`Notifier`). */
  async mark(presentityUri: string, event: string, slot: number): Promise<void> {
    const { database, name } = this.#options;
    await database.update(name, { updated: slot }, ofPresentity(presentityUri, event));
  }

  async markOne(dialog: Dialog, slot: number): Promise<void> {
    const { database, name } = this.#options;
    await database.update(name, { updated: slot }, ofDialog(dialog));
  }

  /** Those with this mark, which is taken off; who takes it off has to tell them. */
  async takeMarked(slot: number): Promise<readonly Subscription[]> {
    const { database, name, fetchRows } = this.#options;
    const marked: DbCondition = { column: 'updated', op: '=', value: slot };
    const mine: Subscription[] = [];
    for (const subscription of await this.#query([marked], fetchRows)) {
      const taken = await database.update(name, { updated: -1 }, [...ofDialog(subscription), marked]);
      if (taken > 0) mine.push(subscription);
    }
    return mine;
  }

  #alive(): DbCondition {
    return { column: 'expires', op: '>=', value: this.#options.nowSec() };
  }

  async #query(where: readonly DbCondition[], limit: number): Promise<Subscription[]> {
    const { database, name } = this.#options;
    const query: DbQuery = { table: name, columns: subscriptionColumns, where, limit, orderBy: 'id' };
    return (await database.query(query)).rows.map(subscriptionOf);
  }
}

function ofPresentity(presentityUri: string, event: string): DbCondition[] {
  return [
    { column: 'presentity_uri', op: '=', value: presentityUri },
    { column: 'event', op: '=', value: event },
  ];
}
