/** What other modules may know of the location service (`host.api<LocationService>('usrloc')`). */
import type { XavpNode } from '../../module/variables.ts';
import type { ListenSocket } from '../../proxy/transport.ts';

/** At once where the store is in memory, a promise where a database is asked. */
export type Maybe<T> = T | Promise<T>;

/** Continues with a value, now if it is there. */
export function then<T, R>(value: Maybe<T>, next: (value: T) => Maybe<R>): Maybe<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/** What a registration says of one contact address (RFC 3261 §10.3, RFC 3327, RFC 5626, RFC 5627). */
export interface BindingData {
  /** Contact URI as registered. */
  contact: string;
  /** Seconds since the epoch; 0 for a permanent one. */
  expiresSec: number;
  /** 0 to 1000, -1 when unspecified. */
  q: number;
  callId: string;
  cseq: number;
  /** Internal flags of the record, not those of branches. */
  flags: number;
  branchFlags: number;
  userAgent: string;
  /** URI of the address that the REGISTER came from, when it differs from the contact; '' for none. */
  received: string;
  /** Route set to reach the contact, a comma list; '' for none. */
  path: string;
  /** Receiving socket as `proto:host:port`; '' for none. */
  socketText: string;
  socket: ListenSocket | undefined;
  /** Bit set of `methods.ts`; -1 when the client did not say. */
  methods: number;
  /** `+sip.instance` with its angle brackets, without quotes; '' for none. */
  instance: string;
  /** 0 for none. */
  regId: number;
  serverId: number;
  /** Connection that the REGISTER came on; 0 for none. */
  connectionId: number;
  lastModifiedSec: number;
  /** Attributes of `xavp_contact`; undefined for none. */
  attributes: XavpNode | undefined;
}

/** A stored contact address. Change it through `LocationDomain.update` only. */
export interface Binding extends Readonly<BindingData> {
  readonly aor: string;
  /** Record id, unique over servers and restarts. */
  readonly ruid: string;
  /** `CS_NEW`, `CS_SYNC` or `CS_DIRTY`: what the database knows of it. */
  readonly state: string;
  /** Seconds since the epoch of the last answered keepalive. */
  readonly lastKeepaliveSec: number;
  /** Round trip of the last keepalive; 0 when none was answered. */
  readonly roundTripMicros: number;
}

/** All bindings of one address of record, the most preferred first. */
export interface LocationRecord {
  readonly aor: string;
  readonly bindings: readonly Binding[];
}

export interface MatchKey {
  readonly contact: string;
  readonly callId: string;
  /** '' for none. */
  readonly path: string;
  readonly cseq: number;
  /** '' when the client gave none or it shall not count. */
  readonly instance: string;
  /** 0 to match on the instance alone. */
  readonly regId: number;
}

/** Outcome of looking for the binding that a REGISTER is about (RFC 3261 §10.3 step 7). */
export type Match =
  | { readonly kind: 'new' }
  | { readonly kind: 'update'; readonly binding: Binding }
  /** The same request again, within `cseq_delay`: answer it, change nothing. */
  | { readonly kind: 'retransmission'; readonly binding: Binding }
  /** Same Call-ID with a CSeq that is not higher. */
  | { readonly kind: 'out-of-order' };

export interface WriteOptions {
  /** Leave the database alone (`save` flag 1). */
  readonly memoryOnly?: boolean;
}

/**
 * One location table. In memory a failing database is logged, retried, and does not show here; in db_mode 3
 * promises reject with a `DatabaseError`.
 */
export interface LocationDomain {
  readonly name: string;
  /** undefined when nothing is registered. Expired bindings may still be in it: see `isValid`. */
  getRecord(aor: string): Maybe<LocationRecord | undefined>;
  getByRuid(ruid: string): Maybe<Binding | undefined>;
  insert(aor: string, data: BindingData, options?: WriteOptions): Maybe<Binding>;
  update(binding: Binding, data: BindingData, options?: WriteOptions): Maybe<void>;
  remove(binding: Binding, options?: WriteOptions): Maybe<void>;
  removeRecord(record: LocationRecord, options?: WriteOptions): Maybe<void>;
  removeByRuid(ruid: string): Maybe<boolean>;
  match(record: LocationRecord | undefined, key: MatchKey): Match;
  /** Runs `work`, which reads and then changes an AoR, when no other such work on it is under way. */
  exclusively<T>(aor: string, work: () => Maybe<T>): Maybe<T>;
  /** Not expired at this time, seconds since the epoch. */
  isValid(binding: Binding, nowSec: number): boolean;
  /** A keepalive was answered; false when there is no such binding, or the store does not keep track. */
  noteKeepalive(ruid: string, roundTripMicros: number): boolean;
  /** Walks over all bindings in slices that do not hold the loop. */
  forEach(visit: (binding: Binding) => void): Promise<void>;
  readonly userCount: number;
  readonly contactCount: number;
}

export type LocationEvent = 'insert' | 'update' | 'delete' | 'expire';
export type LocationListener = (
  event: LocationEvent,
  binding: Binding,
  domain: LocationDomain,
) => void | Promise<void>;

export interface LocationService {
  /** The table of that name, made when it is not there; waits while rows are being loaded. */
  registerDomain(name: string): Maybe<LocationDomain>;
  /** A table that is already known. */
  findDomain(name: string): LocationDomain | undefined;
  /** All tables that are known now. */
  allDomains(): Iterable<LocationDomain>;
  on(listener: LocationListener): void;
  /** Is the domain part of an AoR (`use_domain`)? */
  readonly useDomain: boolean;
  /** Branch flag number of NATed contacts; -1 for none. */
  readonly natBranchFlag: number;
  /** Name of the xavp that holds attributes of contacts; '' for none. */
  readonly xavpContact: string;
  readonly dbMode: number;
  /** May `registerDomain`, `getRecord` give a promise? */
  readonly readsWait: boolean;
  /** May `insert`, `update`, `remove` give a promise? */
  readonly writesWait: boolean;
}

/**
 * Hash of an address of record as Kamailio computes it: `HashID` of `ul.dump`, and part of the temporary
 * GRUUs that servers on one table must agree on.
 */
export function aorHash(text: string): number {
  let hash = 0;
  let position = 0;
  for (; position + 4 <= text.length; position += 4) {
    const word =
      (((text.charCodeAt(position) & 0xff) << 24) |
        ((text.charCodeAt(position + 1) & 0xff) << 16) |
        ((text.charCodeAt(position + 2) & 0xff) << 8) |
        (text.charCodeAt(position + 3) & 0xff)) >>>
      0;
    hash = (hash + ((word ^ (word >>> 3)) >>> 0)) >>> 0;
  }
  let rest = 0;
  for (; position < text.length; position++) rest = ((rest << 8) | (text.charCodeAt(position) & 0xff)) >>> 0;
  hash = (hash + ((rest ^ (rest >>> 3)) >>> 0)) >>> 0;
  return (hash + (hash >>> 11) + (hash >>> 13) + (hash >>> 23)) >>> 0;
}
