import type { Database, DbCondition } from '../../base/ports.ts';
import { type Decision, Status } from './api.ts';
import { statusOf, textOf } from './subscriptionRows.ts';

/** Watchers of one presentity that are looked at. */
const maxWatchers = 10_000;
/** Entries in memory at most; the oldest go first. */
const maxInMemory = 500_000;
/** Pending states are forgotten after this time without a decision. */
const pendingLifeSec = 3 * 24 * 3600;

/** A watcher of a presentity, whether it is subscribed now or not (RFC 3857). */
export interface KnownWatcher extends Decision {
  readonly watcherUser: string;
  readonly watcherDomain: string;
}

export interface WatcherKey {
  readonly presentityUri: string;
  readonly event: string;
  readonly watcherUser: string;
  readonly watcherDomain: string;
}

/** What has been decided about watchers; outlives their subscriptions. */
export interface WatcherStates {
  find(key: WatcherKey): Promise<Decision | undefined>;
  set(key: WatcherKey, decision: Decision): Promise<void>;
  list(presentityUri: string, event: string): Promise<readonly KnownWatcher[]>;
  /** Forgets what has been pending for days. */
  clean(): Promise<void>;
}

/** The table `watchers`. */
export class DatabaseWatcherStates implements WatcherStates {
  readonly #database: Database;
  readonly #name: string;
  readonly #nowSec: () => number;

  constructor(database: Database, name: string, nowSec: () => number) {
    this.#database = database;
    this.#name = name;
    this.#nowSec = nowSec;
  }

  async find(key: WatcherKey): Promise<Decision | undefined> {
    const { rows } = await this.#database.query({
      table: this.#name,
      columns: ['status', 'reason'],
      where: conditionsOf(key),
      limit: 1,
    });
    const row = rows[0];
    return row === undefined ? undefined : { status: statusOf(row[0]), reason: textOf(row[1]) };
  }

  async set(key: WatcherKey, decision: Decision): Promise<void> {
    await this.#database.upsert(
      this.#name,
      ['presentity_uri', 'watcher_username', 'watcher_domain', 'event'],
      {
        presentity_uri: key.presentityUri,
        watcher_username: key.watcherUser,
        watcher_domain: key.watcherDomain,
        event: key.event,
        status: decision.status,
        reason: decision.reason,
        inserted_time: this.#nowSec(),
      },
    );
  }

  async list(presentityUri: string, event: string): Promise<readonly KnownWatcher[]> {
    const { rows } = await this.#database.query({
      table: this.#name,
      columns: ['watcher_username', 'watcher_domain', 'status', 'reason'],
      where: [
        { column: 'presentity_uri', op: '=', value: presentityUri },
        { column: 'event', op: '=', value: event },
      ],
      limit: maxWatchers,
    });
    return rows.map((row) => ({
      watcherUser: textOf(row[0]),
      watcherDomain: textOf(row[1]),
      status: statusOf(row[2]),
      reason: textOf(row[3]),
    }));
  }

  async clean(): Promise<void> {
    await this.#database.delete(this.#name, [
      { column: 'inserted_time', op: '<', value: this.#nowSec() - pendingLifeSec },
      { column: 'status', op: '=', value: Status.pending },
    ]);
  }
}

function conditionsOf(key: WatcherKey): DbCondition[] {
  return [
    { column: 'presentity_uri', op: '=', value: key.presentityUri },
    { column: 'watcher_username', op: '=', value: key.watcherUser },
    { column: 'watcher_domain', op: '=', value: key.watcherDomain },
    { column: 'event', op: '=', value: key.event },
  ];
}

interface Entry extends KnownWatcher {
  readonly sinceSec: number;
}

/** In memory, where there is no database. */
export class MemoryWatcherStates implements WatcherStates {
  readonly #nowSec: () => number;
  readonly #groups = new Map<string, Map<string, Entry>>();
  #count = 0;

  constructor(nowSec: () => number) {
    this.#nowSec = nowSec;
  }

  async find(key: WatcherKey): Promise<Decision | undefined> {
    return this.#groups.get(groupKey(key.presentityUri, key.event))?.get(memberKey(key));
  }

  async set(key: WatcherKey, { status, reason }: Decision): Promise<void> {
    const { watcherUser, watcherDomain } = key;
    const name = groupKey(key.presentityUri, key.event);
    if (this.#groups.get(name)?.has(memberKey(key)) !== true) this.#makeRoom();
    const group = this.#groups.get(name) ?? new Map<string, Entry>();
    this.#groups.set(name, group);
    group.set(memberKey(key), { watcherUser, watcherDomain, status, reason, sinceSec: this.#nowSec() });
  }

  async list(presentityUri: string, event: string): Promise<readonly KnownWatcher[]> {
    return [...(this.#groups.get(groupKey(presentityUri, event))?.values() ?? [])];
  }

  async clean(): Promise<void> {
    const before = this.#nowSec() - pendingLifeSec;
    for (const [name, group] of this.#groups) {
      for (const [key, entry] of group)
        if (entry.status === Status.pending && entry.sinceSec < before) this.#forget(group, key);
      if (group.size === 0) this.#groups.delete(name);
    }
  }

  /** Counts one more; the presentity that has been known longest is forgotten when there are too many. */
  #makeRoom(): void {
    this.#count++;
    if (this.#count <= maxInMemory) return;
    for (const [name, group] of this.#groups) {
      this.#groups.delete(name);
      this.#count -= group.size;
      return;
    }
  }

  #forget(group: Map<string, Entry>, key: string): void {
    if (group.delete(key)) this.#count--;
  }
}

function groupKey(presentityUri: string, event: string): string {
  return `${presentityUri}\n${event}`;
}

function memberKey({
  watcherUser,
  watcherDomain,
}: Pick<WatcherKey, 'watcherUser' | 'watcherDomain'>): string {
  return `${watcherUser}@${watcherDomain}`;
}
