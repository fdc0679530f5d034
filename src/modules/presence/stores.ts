import { ServerError } from '../../base/errors.ts';
import type { Database } from '../../base/ports.ts';
import type { Host } from '../../module/host.ts';
import { DatabaseDocuments } from './databaseDocuments.ts';
import { DatabaseSubscriptions } from './databaseSubscriptions.ts';
import type { DocumentStore, PublishedDocument } from './documentStore.ts';
import { MemoryDocuments } from './memoryDocuments.ts';
import { MemorySubscriptions } from './memorySubscriptions.ts';
import type { PresenceConfig } from './params.ts';
import type { Stores } from './parts.ts';
import type { OnExpired, SubscriptionStore } from './subscriptionStore.ts';
import { SubscriptionTable } from './subscriptionTable.ts';
import { DatabaseWatcherStates, MemoryWatcherStates } from './watcherStates.ts';

/** `subs_db_mode`. */
const DbMode = { none: 0, writeThrough: 1, writeBack: 2, only: 3 } as const;

/** Versions of the tables that kamdbctl makes. */
const versions = { presentity: 5, activeWatchers: 12, watchers: 3 } as const;

interface StoreOptions {
  readonly host: Host;
  readonly config: PresenceConfig;
  readonly database: Database | undefined;
  readonly nowSec: () => number;
  readonly onExpired: OnExpired;
}

/** Makes and loads what the parameters ask for. */
export async function makeStores(options: StoreOptions): Promise<Stores> {
  const { config, database, nowSec } = options;
  if (database !== undefined) await checkVersions(database, config);
  const watchers =
    database === undefined
      ? new MemoryWatcherStates(nowSec)
      : new DatabaseWatcherStates(database, config.watchers_table, nowSec);
  const stores = { subscriptions: subscriptionStore(options), documents: documentStore(options), watchers };
  await stores.subscriptions.start();
  await stores.documents.start();
  return stores;
}

async function checkVersions(database: Database, config: PresenceConfig): Promise<void> {
  await checkVersion(database, config.presentity_table, versions.presentity);
  await checkVersion(database, config.active_watchers_table, versions.activeWatchers);
  await checkVersion(database, config.watchers_table, versions.watchers);
}

/** Refuses a table that another version of the scripts has made. */
async function checkVersion(database: Database, table: string, expected: number): Promise<void> {
  const { rows } = await database.query({
    table: 'version',
    columns: ['table_version'],
    where: [{ column: 'table_name', op: '=', value: table }],
  });
  const found = Number(rows[0]?.[0] ?? 0);
  if (found !== expected)
    throw new ServerError(
      'PRESENCE_TABLE_VERSION',
      `table ${table} has version ${found}, expected ${expected}: see 'olelo db create'`,
    );
}

function subscriptionStore(options: StoreOptions): SubscriptionStore {
  const { host, config, database, nowSec, onExpired } = options;
  const mode = database === undefined ? DbMode.none : config.subs_db_mode;
  const name = config.active_watchers_table;
  const fetchRows = config.fetch_rows;
  if (database !== undefined && mode === DbMode.only)
    return new DatabaseSubscriptions({ database, name, fetchRows, nowSec, onExpired });
  const isThrough = mode === DbMode.writeThrough;
  return new MemorySubscriptions({
    timers: host.timers,
    nowSec,
    onExpired,
    ignoresCase: config.sip_uri_match === 1,
    table:
      database === undefined || mode === DbMode.none
        ? undefined
        : new SubscriptionTable({ database, name, fetchRows, isThrough, log: host.log }),
  });
}

function documentStore({ config, database, nowSec }: StoreOptions): DocumentStore {
  if (database === undefined || config.publ_cache === 2) {
    const ignoresCase = config.sip_uri_match === 1;
    return new MemoryDocuments({ nowSec, ignoresCase, order: orderOf(config) });
  }
  return new DatabaseDocuments({
    database,
    name: config.presentity_table,
    fetchRows: config.fetch_rows,
    nowSec,
    orderBy: config.retrieve_order === 1 ? config.retrieve_order_by : undefined,
    hasIndex: config.publ_cache === 1,
  });
}

type Order = (a: PublishedDocument, b: PublishedDocument) => number;

/** `retrieve_order_by` for documents in memory; undefined for the order of the real server. */
function orderOf(config: PresenceConfig): Order | undefined {
  if (config.retrieve_order !== 1) return undefined;
  const keys = config.retrieve_order_by.split(',').map((part) => part.trim().split(/\s+/));
  return (a, b) => {
    for (const [column = '', direction = 'asc'] of keys) {
      const difference = numberAt(a, column) - numberAt(b, column);
      if (difference !== 0) return direction.toLowerCase() === 'desc' ? -difference : difference;
    }
    return 0;
  };
}

function numberAt(document: PublishedDocument, column: string): number {
  switch (column) {
    case 'priority':
      return document.priority;
    case 'received_time':
      return document.receivedSec;
    case 'expires':
      return document.expiresSec;
    default:
      return 0;
  }
}
