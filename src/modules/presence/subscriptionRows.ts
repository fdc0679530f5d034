import type { DbCondition, DbRow, DbValue } from '../../base/ports.ts';
import { Status } from './api.ts';
import { type Dialog, Subscription } from './subscription.ts';

/** Rows of `active_watchers`. */

/** What is read, in this order. */
export const subscriptionColumns: readonly string[] = [
  ...['id', 'presentity_uri', 'event', 'event_id', 'watcher_username', 'watcher_domain'],
  ...['to_user', 'to_domain', 'from_user', 'from_domain', 'callid', 'from_tag', 'to_tag'],
  ...['local_cseq', 'remote_cseq', 'contact', 'local_contact', 'record_route', 'expires'],
  ...['status', 'reason', 'version', 'socket_info', 'flags', 'user_agent'],
];

export const dialogColumns: readonly string[] = ['callid', 'to_tag', 'from_tag'];

export function ofDialog({ callId, toTag, fromTag }: Dialog): DbCondition[] {
  return [
    { column: 'callid', op: '=', value: callId },
    { column: 'to_tag', op: '=', value: toTag },
    { column: 'from_tag', op: '=', value: fromTag },
  ];
}

/** The columns that a SUBSCRIBE in the dialog or a NOTIFY changes. */
export function changingColumns(subscription: Subscription): Record<string, DbValue> {
  return {
    local_cseq: Math.max(0, subscription.lastCseq - 1),
    remote_cseq: subscription.remoteCseq,
    contact: subscription.contact,
    local_contact: subscription.localContact,
    expires: subscription.expiresSec,
    status: subscription.status,
    reason: subscription.reason || null,
    version: subscription.version,
    socket_info: subscription.socketText,
  };
}

export function rowOf(subscription: Subscription, updated = -1): Record<string, DbValue> {
  return {
    presentity_uri: subscription.presentityUri,
    watcher_username: subscription.watcherUser,
    watcher_domain: subscription.watcherDomain,
    to_user: subscription.toUser,
    to_domain: subscription.toDomain,
    event: subscription.event,
    event_id: subscription.eventId || null,
    to_tag: subscription.toTag,
    from_tag: subscription.fromTag,
    callid: subscription.callId,
    record_route: subscription.recordRoute || null,
    from_user: subscription.fromUser,
    from_domain: subscription.fromDomain,
    updated,
    updated_winfo: -1,
    flags: subscription.flags,
    user_agent: subscription.userAgent,
    ...changingColumns(subscription),
  };
}

/** A row with `subscriptionColumns`. */
export function subscriptionOf(row: DbRow): Subscription {
  const at = (name: string): DbValue => row[columnIndex[name] ?? -1] ?? null;
  const text = (name: string): string => textOf(at(name));
  return new Subscription({
    presentityUri: text('presentity_uri'),
    event: text('event'),
    eventId: text('event_id'),
    watcherUser: text('watcher_username'),
    watcherDomain: text('watcher_domain'),
    toUser: text('to_user'),
    toDomain: text('to_domain'),
    fromUser: text('from_user'),
    fromDomain: text('from_domain'),
    callId: text('callid'),
    fromTag: text('from_tag'),
    toTag: text('to_tag'),
    lastCseq: Number(at('local_cseq')) + 1,
    remoteCseq: Number(at('remote_cseq')),
    contact: text('contact'),
    localContact: text('local_contact'),
    recordRoute: text('record_route'),
    expiresSec: Number(at('expires')),
    status: statusOf(at('status')),
    reason: text('reason'),
    version: Number(at('version')),
    socketText: text('socket_info'),
    flags: Number(at('flags')),
    userAgent: text('user_agent'),
  });
}

const columnIndex: Readonly<Record<string, number>> = Object.fromEntries(
  subscriptionColumns.map((name, index) => [name, index]),
);

/** Text as the driver gives it: blobs come as bytes. One character a byte, as in messages. */
export function textOf(value: DbValue | undefined): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return '';
  return value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : `${value}`;
}

/** A document: text of the database is Unicode, in messages one character is a byte. */
export function documentTextOf(value: DbValue | undefined): string {
  return typeof value === 'string' ? Buffer.from(value, 'utf8').toString('latin1') : textOf(value);
}

export function statusOf(value: DbValue | undefined): Status {
  const number = Number(value);
  if (number === Status.active || number === Status.terminated || number === Status.waiting) return number;
  return Status.pending;
}
