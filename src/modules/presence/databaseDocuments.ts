import type { Database, DbCondition, DbRow, DbValue } from '../../base/ports.ts';
import type { DocumentChange, DocumentStore, Presentity, PublishedDocument } from './documentStore.ts';
import { PublisherIndex } from './publisherIndex.ts';
import { documentTextOf, textOf } from './subscriptionRows.ts';

/** Documents of one presentity that are looked at: more is an attack or a mistake. */
const maxDocuments = 200;

/** When there are too many, the newest are wanted. */
const newestFirst = 'received_time DESC, id DESC';

const columns = [
  ...[
    'username',
    'domain',
    'event',
    'etag',
    'expires',
    'received_time',
    'body',
    'sender',
    'priority',
    'ruid',
  ],
] as const;

export interface DatabaseDocumentsOptions {
  readonly database: Database;
  readonly name: string;
  readonly fetchRows: number;
  readonly nowSec: () => number;
  /** Columns, the document that counts most last; undefined for the time of publication. */
  readonly orderBy: string | undefined;
  /** Keep in memory who has published (publ_cache 1)? */
  readonly hasIndex: boolean;
}

/** Documents in the table `presentity`. */
export class DatabaseDocuments implements DocumentStore {
  readonly #options: DatabaseDocumentsOptions;
  readonly #index: PublisherIndex | undefined;
  readonly inMemory: Iterable<PublishedDocument> = [];

  constructor(options: DatabaseDocumentsOptions) {
    this.#options = options;
    this.#index = options.hasIndex ? new PublisherIndex() : undefined;
  }

  async start(): Promise<void> {
    await this.#index?.load(this.#options);
  }

  async list(presentity: Presentity): Promise<readonly PublishedDocument[]> {
    if (this.#index?.has(presentity) === false) return [];
    const { database, name, orderBy } = this.#options;
    const { rows } = await database.query({
      table: name,
      columns,
      where: [...ofPresentity(presentity), this.#alive()],
      orderBy: orderBy ?? newestFirst,
      limit: maxDocuments,
    });
    const documents = rows.map(documentOf);
    return orderBy === undefined ? documents.reverse() : documents;
  }

  async add(document: PublishedDocument): Promise<void> {
    const { database, name } = this.#options;
    await database.insert(name, rowOf(document));
    this.#index?.add(document);
  }

  async change(presentity: Presentity, etag: string, change: DocumentChange): Promise<boolean> {
    const { database, name } = this.#options;
    const where = [...ofPresentity(presentity), ofEtag(etag), this.#alive()];
    return (await database.update(name, changedColumns(change), where)) > 0;
  }

  async remove(presentity: Presentity, etag: string): Promise<boolean> {
    const { database, name } = this.#options;
    const removed = await database.delete(name, [...ofPresentity(presentity), ofEtag(etag)]);
    if (removed > 0) this.#index?.remove(presentity);
    return removed > 0;
  }

  async takeExpired(limit: number): Promise<readonly PublishedDocument[]> {
    const { database, name, nowSec } = this.#options;
    const { rows } = await database.query({
      table: name,
      columns,
      where: [
        { column: 'expires', op: '<', value: nowSec() },
        { column: 'expires', op: '>', value: 0 },
      ],
      orderBy: 'expires',
      limit,
    });
    const expired: PublishedDocument[] = [];
    // of several servers on one table, the one that deletes the row tells the watchers
    for (const document of rows.map(documentOf))
      if (await this.remove(document, document.etag)) expired.push(document);
    return expired;
  }

  #alive(): DbCondition {
    return { column: 'expires', op: '>=', value: this.#options.nowSec() };
  }
}

function ofPresentity({ user, domain, event }: Presentity): DbCondition[] {
  return [
    { column: 'username', op: '=', value: user },
    { column: 'domain', op: '=', value: domain },
    { column: 'event', op: '=', value: event },
  ];
}

function ofEtag(etag: string): DbCondition {
  return { column: 'etag', op: '=', value: etag };
}

function rowOf(document: PublishedDocument): Record<string, DbValue> {
  return {
    username: document.user,
    domain: document.domain,
    event: document.event,
    ruid: document.ruid,
    ...changedColumns(document),
  };
}

function changedColumns(change: DocumentChange): Record<string, DbValue> {
  const row: Record<string, DbValue> = {};
  if (change.etag !== undefined) row.etag = change.etag;
  if (change.expiresSec !== undefined) row.expires = change.expiresSec;
  if (change.receivedSec !== undefined) row.received_time = change.receivedSec;
  if (change.body !== undefined) row.body = Buffer.from(change.body, 'latin1');
  if (change.sender !== undefined) row.sender = change.sender;
  if (change.priority !== undefined) row.priority = change.priority;
  return row;
}

function documentOf(row: DbRow): PublishedDocument {
  return {
    user: textOf(row[0]),
    domain: textOf(row[1]),
    event: textOf(row[2]),
    etag: textOf(row[3]),
    expiresSec: Number(row[4]),
    receivedSec: Number(row[5]),
    body: documentTextOf(row[6]),
    sender: textOf(row[7]),
    priority: Number(row[8]),
    ruid: textOf(row[9]),
  };
}
