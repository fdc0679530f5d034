import type { XavpNode } from '../../module/variables.ts';
import type { ListenSocket } from '../../proxy/transport.ts';
import type { Binding, BindingData } from './api.ts';
import { detached, type StringPool } from './strings.ts';

/** What the database knows of a binding (`State` in `ul.dump`). */
export const BindingState = { new: 0, sync: 1, dirty: 2 } as const;
export type BindingState = (typeof BindingState)[keyof typeof BindingState];

const stateNames: readonly string[] = ['CS_NEW', 'CS_SYNC', 'CS_DIRTY'];

/**
 * One binding in memory. There may be hundreds of thousands: one hidden class, no closures, numbers as small
 * integers where they can be, repeated strings shared.
 */
export class StoredBinding implements Binding {
  readonly aor: string;
  readonly ruid: string;
  contact = '';
  expiresSec = 0;
  q = -1;
  callId = '';
  cseq = 0;
  flags = 0;
  branchFlags = 0;
  userAgent = '';
  received = '';
  path = '';
  socketText = '';
  socket: ListenSocket | undefined = undefined;
  methods = -1;
  instance = '';
  regId = 0;
  serverId = 0;
  connectionId = 0;
  lastModifiedSec = 0;
  attributes: XavpNode | undefined = undefined;
  lastKeepaliveSec = 0;
  roundTripMicros = 0;
  dbState: BindingState = BindingState.new;
  /** Set when it is taken out, so that a write that is on its way does not bring it back. */
  removed = false;

  constructor(aor: string, ruid: string) {
    this.aor = aor;
    this.ruid = ruid;
  }

  get state(): string {
    return stateNames[this.dbState] ?? 'CS_UNKNOWN';
  }

  /** Takes over all that a registration says. */
  assign(data: BindingData, pool: StringPool): void {
    this.contact = own(this.contact, data.contact);
    this.expiresSec = data.expiresSec;
    this.q = data.q;
    this.callId = own(this.callId, data.callId);
    this.cseq = data.cseq;
    this.flags = data.flags;
    this.branchFlags = data.branchFlags;
    this.userAgent = pool.share(data.userAgent);
    this.received = own(this.received, data.received);
    this.path = pool.share(data.path);
    this.socketText = pool.share(data.socketText);
    this.socket = data.socket;
    this.methods = data.methods;
    this.instance = own(this.instance, data.instance);
    this.regId = data.regId;
    this.serverId = data.serverId;
    this.connectionId = data.connectionId;
    this.lastModifiedSec = data.lastModifiedSec;
    this.attributes = data.attributes;
  }
}

/** Keeps the old copy when nothing changed: most REGISTERs are refreshes. */
function own(before: string, after: string): string {
  return before === after ? before : detached(after);
}

export function isValidAt(binding: Binding, nowSec: number): boolean {
  return binding.expiresSec === 0 || binding.expiresSec > nowSec;
}
