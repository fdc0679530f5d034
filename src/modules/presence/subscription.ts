import type { Timer } from '../../base/timerQueue.ts';
import { Status, type Watcher } from './api.ts';

/** What names a subscription (RFC 6665 §4.1.2.1): the dialog, as this server sees it, and the event id. */
export interface Dialog {
  readonly callId: string;
  /** Of the subscriber. */
  readonly fromTag: string;
  /** Ours. */
  readonly toTag: string;
}

export interface SubscriptionData {
  presentityUri: string;
  /** Name of the event package. */
  event: string;
  eventId: string;
  watcherUser: string;
  watcherDomain: string;
  toUser: string;
  toDomain: string;
  fromUser: string;
  fromDomain: string;
  callId: string;
  fromTag: string;
  toTag: string;
  /** CSeq of the last NOTIFY; the table has one less. */
  lastCseq: number;
  /** CSeq of the last SUBSCRIBE. */
  remoteCseq: number;
  /** Where NOTIFY goes. */
  contact: string;
  localContact: string;
  /** Route set as a comma list; '' for none. */
  recordRoute: string;
  /** Seconds since the epoch. */
  expiresSec: number;
  status: Status;
  reason: string;
  /** NOTIFY requests sent so far. */
  version: number;
  /** `proto:host:port` of the socket that took the SUBSCRIBE. */
  socketText: string;
  flags: number;
  userAgent: string;
}

/** One watcher of one presentity, for one event package (RFC 6665 §4). */
export class Subscription implements SubscriptionData, Dialog, Watcher {
  presentityUri = '';
  event = '';
  eventId = '';
  watcherUser = '';
  watcherDomain = '';
  toUser = '';
  toDomain = '';
  fromUser = '';
  fromDomain = '';
  callId = '';
  fromTag = '';
  toTag = '';
  lastCseq = 0;
  remoteCseq = 0;
  contact = '';
  localContact = '';
  recordRoute = '';
  expiresSec = 0;
  status: Status = Status.pending;
  reason = '';
  version = 0;
  socketText = '';
  flags = 0;
  userAgent = '';
  /** Ends it in time; only in stores in memory. */
  expiry: Timer | undefined = undefined;

  constructor(data: Partial<SubscriptionData>) {
    Object.assign(this, data);
  }

  get watcherUri(): string {
    return `sip:${this.watcherUser}@${this.watcherDomain}`;
  }

  /** Seconds left, 0 when it has expired. */
  leftSec(nowSec: number): number {
    return Math.max(0, this.expiresSec - nowSec);
  }
}

export function dialogKey({ callId, fromTag, toTag }: Dialog): string {
  return `${callId}\n${fromTag}\n${toTag}`;
}
