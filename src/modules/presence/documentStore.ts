/** A published document (RFC 3903 §4: event state). */
export interface PublishedDocument {
  readonly user: string;
  readonly domain: string;
  readonly event: string;
  readonly etag: string;
  /** Seconds since the epoch. */
  readonly expiresSec: number;
  readonly receivedSec: number;
  readonly body: string;
  /** Who is not to be told of it; '' for nobody. */
  readonly sender: string;
  readonly priority: number;
  /** Record id, unique over servers. */
  readonly ruid: string;
}

/** Whose state of which package. */
export interface Presentity {
  readonly user: string;
  readonly domain: string;
  readonly event: string;
}

/** What a further PUBLISH changes. */
export type DocumentChange = Partial<
  Pick<PublishedDocument, 'etag' | 'expiresSec' | 'receivedSec' | 'body' | 'sender' | 'priority'>
>;

/** Where documents live (`publ_cache`). Promises reject with a `DatabaseError` or `ServerError`. */
export interface DocumentStore {
  start(): Promise<void>;
  /** Those that have not expired; the one that counts most is the last. */
  list(presentity: Presentity): Promise<readonly PublishedDocument[]>;
  add(document: PublishedDocument): Promise<void>;
  /** False when there is no living document with this entity tag. */
  change(presentity: Presentity, etag: string, change: DocumentChange): Promise<boolean>;
  remove(presentity: Presentity, etag: string): Promise<boolean>;
  /** Takes expired documents out, `limit` at most, and tells whose they were. */
  takeExpired(limit: number): Promise<readonly PublishedDocument[]>;
  /** All that are in memory, for `presence.presentity_list`. */
  readonly inMemory: Iterable<PublishedDocument>;
}

export function presentityUri({ user, domain }: Pick<Presentity, 'user' | 'domain'>): string {
  return user === '' ? `sip:${domain}` : `sip:${user}@${domain}`;
}

export function presentityKey({ user, domain, event }: Presentity, ignoresCase: boolean): string {
  const key = `${user}\n${domain}\n${event}`;
  return ignoresCase ? key.toLowerCase() : key;
}
