import { errorText } from '../../base/errors.ts';
import { aliasUri, findAlias } from '../../sip/contactAlias.ts';
import type { LocalRequest, LocalResult } from '../tm/api.ts';
import { type EventPackage, Status } from './api.ts';
import { nameAddrsIn } from './nameAddrs.ts';
import { NotifyReplies } from './notifyReplies.ts';
import type { Parts } from './parts.ts';
import type { Subscription } from './subscription.ts';
import { statusName } from './watcherInfo.ts';

/** Sends NOTIFY requests (RFC 6665 §4.2.2) and deals with their answers. */
export class NotifyRequests {
  readonly #parts: Parts;
  readonly #replies: NotifyReplies;
  /** Those without a final answer, by Call-ID and CSeq: `$subs` in tm:local-request. */
  readonly #pending = new Map<string, Subscription>();

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#replies = new NotifyReplies(parts);
  }

  /** Sends one; `ending` is the reason when it is the last. Resolves when the new CSeq is stored; never rejects. */
  async send(subscription: Subscription, event: EventPackage, body: string, ending = ''): Promise<void> {
    const { host, config, tm } = this.#parts;
    subscription.lastCseq++;
    subscription.version++;
    const request = this.#requestOf(subscription, event, body, ending);
    const key = pendingKey(subscription.callId, subscription.lastCseq);
    this.#pending.set(key, subscription);
    const sent = tm.request(request, (result) => {
      if (result.status < 200) return;
      this.#pending.delete(key);
      this.#onResult(subscription, request, result);
    });
    if (sent === undefined) {
      this.#pending.delete(key);
      host.log.error(`no NOTIFY can be made for ${subscription.watcherUri} at ${subscription.contact}`);
      return;
    }
    host.log.record({
      level: config.local_log_level,
      component: 'presence',
      text: `NOTIFY ${subscription.watcherUri} via ${subscription.contact} on behalf of sip:${subscription.toUser}@${subscription.toDomain} for event ${event.name} : ${subscription.callId}`,
      facility: config.local_log_facility || undefined,
    });
    if (ending === '' && subscription.status !== Status.terminated) await this.#save(subscription);
  }

  /** The subscription whose NOTIFY this is, as long as it has no final answer. */
  find(callId: string, cseq: number): Subscription | undefined {
    return this.#pending.get(pendingKey(callId, cseq));
  }

  #requestOf(subscription: Subscription, event: EventPackage, body: string, ending: string): LocalRequest {
    const routes = nameAddrsIn(subscription.recordRoute);
    const id = subscription.eventId === '' ? '' : `;id=${subscription.eventId}`;
    const way = wayTo(subscription.contact);
    return {
      method: 'NOTIFY',
      requestUri: way.requestUri,
      nextHop: routes[0]?.uri ?? way.nextHop,
      socket: this.#parts.host.transport.findSocket(subscription.socketText),
      to: `<sip:${accountText(subscription.fromUser, subscription.fromDomain)}>;tag=${subscription.fromTag}`,
      from: `<sip:${accountText(subscription.toUser, subscription.toDomain)}>;tag=${subscription.toTag}`,
      callId: subscription.callId,
      cseq: subscription.lastCseq,
      routes: routes.length === 0 ? [] : [routes.map(({ text }) => text).join(', ')],
      maxForwards: 0,
      headers:
        `Max-Forwards: 70\r\nEvent: ${event.name}${id}\r\nContact: <${subscription.localContact}>\r\n` +
        `Subscription-State: ${this.#stateText(subscription, ending)}\r\n`,
      body,
      ...(body === '' ? {} : { contentType: event.contentType }),
    };
  }

  #stateText(subscription: Subscription, ending: string): string {
    if (ending !== '' || subscription.status === Status.terminated)
      return `terminated;reason=${ending || subscription.reason || 'timeout'}`;
    return `${statusName(subscription.status)};expires=${subscription.leftSec(this.#parts.nowSec())}`;
  }

  #onResult(subscription: Subscription, request: LocalRequest, result: LocalResult): void {
    const ended = this.#endsSubscription(result);
    const finish = (isUnwanted: boolean): void => {
      if (ended || isUnwanted) this.#remove(subscription);
    };
    const asked = this.#replies.tell(subscription, request, result);
    if (typeof asked === 'boolean') finish(asked);
    else void asked.then(finish);
  }

  /** RFC 6665 §4.2.2: 404 and 481 end it, silence does when configured so. */
  #endsSubscription({ status }: LocalResult): boolean {
    return status === 404 || status === 481 || (status === 408 && this.#parts.config.timeout_rm_subs !== 0);
  }

  #remove(subscription: Subscription): void {
    this.#parts.stores.subscriptions.remove(subscription).catch((error: unknown) => {
      this.#parts.host.log.error(`cannot remove a subscription: ${errorText(error)}`);
    });
  }

  async #save(subscription: Subscription): Promise<void> {
    try {
      await this.#parts.stores.subscriptions.save(subscription);
    } catch (error) {
      this.#parts.host.log.error(`cannot save a subscription: ${errorText(error)}`);
    }
  }
}

/** A Contact behind a NAT may say in `;alias=` where it really is; that is for us only. */
function wayTo(contact: string): { readonly requestUri: string; readonly nextHop: string } {
  const alias = findAlias(contact, 'alias', false);
  const nextHop = alias === undefined ? undefined : aliasUri(alias.value, true);
  if (alias === undefined || nextHop === undefined) return { requestUri: contact, nextHop: '' };
  return { requestUri: alias.rest, nextHop };
}

function accountText(user: string, domain: string): string {
  return user === '' ? domain : `${user}@${domain}`;
}

function pendingKey(callId: string, cseq: number): string {
  return `${cseq} ${callId}`;
}
