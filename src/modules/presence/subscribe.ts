import type { ScriptContext } from '../../module/context.ts';
import { HeaderKind } from '../../sip/headerKind.ts';
import { nameAddrsOf, numberOf } from '../../sip/headerValues.ts';
import { type EventPackage, Status } from './api.ts';
import { presentityUri } from './documentStore.ts';
import type { RequestedEvent } from './events.ts';
import { type Notifier, turnKey } from './notifier.ts';
import { subscriptionScratch } from './notifyReplies.ts';
import { type Account, accountOf, type Parts, refuse, refuseFor, uriIn } from './parts.ts';
import { refuseEvent } from './publish.ts';
import { Subscription } from './subscription.ts';
import type { WatcherPolicy } from './watcherPolicy.ts';

/** A SUBSCRIBE, understood. */
interface Asked extends RequestedEvent {
  readonly context: ScriptContext;
  readonly expiresSec: number;
  readonly contact: string;
  readonly watcher: Account;
  readonly presentityUri: string;
  readonly cseq: number;
}

/** The notifier's side of SUBSCRIBE (RFC 6665 §4.2.1). */
export class Subscriber {
  readonly #parts: Parts;
  readonly #notifier: Notifier;
  readonly #policy: WatcherPolicy;

  constructor(parts: Parts, notifier: Notifier, policy: WatcherPolicy) {
    this.#parts = parts;
    this.#notifier = notifier;
    this.#policy = policy;
  }

  /** `handle_subscribe`: answers in any case; 1 or -1. */
  async handle(context: ScriptContext, watcherUri: string): Promise<number> {
    const asked = this.#read(context, watcherUri);
    if (typeof asked === 'number') return asked;
    try {
      return context.message.toTag === '' ? await this.#begin(asked) : await this.#goOn(asked);
    } catch (error) {
      return refuseFor(this.#parts, context, 'cannot store a subscription', error);
    }
  }

  /** What is asked, or the return code when it has been refused. */
  #read(context: ScriptContext, watcherUri: string): Asked | number {
    const { message } = context;
    const requested = this.#parts.events.requestedBy(message);
    if (requested === undefined) return refuseEvent(this.#parts, context);
    const refusal = requested.event.checkSubscribe?.(context);
    if (refusal !== undefined) return refuse(this.#parts, context, refusal.status, refusal.reason);
    const expiresSec = this.#expiresOf(context, requested.event);
    if (expiresSec === undefined) return this.#tooBrief(context);
    const contact = nameAddrsOf(message, HeaderKind.contact)?.[0]?.uri;
    const watcher = accountOf(watcherUri === '' ? message.from?.uri : uriIn(watcherUri));
    const target = accountOf(requested.event.isBridgedLine ? contact : context.target.requestUri);
    const cseq = message.cseq?.number;
    if (contact === undefined || watcher === undefined || target === undefined || cseq === undefined)
      return refuse(this.#parts, context, 400, 'Bad Request');
    const uri = presentityUri(target);
    return { ...requested, context, expiresSec, contact, watcher, presentityUri: uri, cseq };
  }

  /** undefined when it is too brief. */
  #expiresOf({ message }: ScriptContext, event: EventPackage): number | undefined {
    const { min_expires, min_expires_action, max_expires } = this.#parts.config;
    const asked = numberOf(message, HeaderKind.expires) ?? event.defaultExpiresSec;
    if (asked === 0 || asked >= min_expires) return Math.min(asked, max_expires);
    return min_expires_action === 2 ? min_expires : undefined;
  }

  #tooBrief(context: ScriptContext): number {
    const headers = `Min-Expires: ${this.#parts.config.min_expires}\r\n`;
    return refuse(this.#parts, context, 423, 'Interval Too Brief', { headers });
  }

  // ---- a new subscription

  async #begin(asked: Asked): Promise<number> {
    const key = turnKey(asked.presentityUri, asked.event.name);
    return await this.#parts.turns.inTurn(key, () => this.#create(asked));
  }

  async #create(asked: Asked): Promise<number> {
    const { context, event } = asked;
    const { subscriptions } = this.#parts.stores;
    const subscription = this.#make(asked);
    // the same request again, in a script without transactions: the answer got lost
    if ((await subscriptions.find(subscription)) !== undefined) return this.#accept(asked, subscription);
    Object.assign(subscription, await this.#policy.decide(subscription, event));
    const isLasting = asked.expiresSec > 0 && subscription.status !== Status.terminated;
    if (isLasting) await this.#add(subscription);
    const result = this.#accept(asked, subscription);
    if (this.#parts.config.pres_subs_mode !== 0) context.scratch.set(subscriptionScratch, subscription);
    if (asked.expiresSec > 0) await this.#notifier.tellWatcherInfo(asked.presentityUri, event, subscription);
    if (isLasting) await this.#notifier.tellFirst(subscription, event);
    else await this.#notifier.tell(subscription, event, endingOf(subscription));
    return result;
  }

  async #add(subscription: Subscription): Promise<void> {
    const { subscriptions } = this.#parts.stores;
    if (this.#parts.config.delete_same_subs !== 0) await this.#removeSame(subscription);
    await subscriptions.add(subscription);
    // as the real server counts: the first NOTIFY from memory has the CSeq 2
    if (this.#parts.config.subs_db_mode !== 3) subscription.lastCseq = 1;
  }

  async #removeSame({ presentityUri, event, callId }: Subscription): Promise<void> {
    const { subscriptions } = this.#parts.stores;
    for (const other of await subscriptions.watching(presentityUri, event))
      if (other.callId === callId) await subscriptions.remove(other);
  }

  #make(asked: Asked): Subscription {
    const { context, event, watcher } = asked;
    const { message, flow } = context;
    const routes = nameAddrsOf(message, HeaderKind.recordRoute) ?? [];
    const from = accountOf(message.from?.uri);
    const to = accountOf(message.to?.uri);
    return new Subscription({
      presentityUri: asked.presentityUri,
      event: event.name,
      eventId: asked.id,
      watcherUser: watcher.user,
      watcherDomain: watcher.domain,
      fromUser: from?.user ?? watcher.user,
      fromDomain: from?.domain ?? watcher.domain,
      toUser: to?.user ?? '',
      toDomain: to?.domain ?? '',
      callId: message.callId,
      fromTag: message.fromTag,
      toTag: this.#parts.sl.tagFor(context),
      remoteCseq: asked.cseq,
      contact: asked.contact,
      localContact: this.#localContact(context),
      recordRoute: routes.map((route) => message.text.slice(route.start, route.end)).join(','),
      expiresSec: this.#parts.nowSec() + asked.expiresSec,
      socketText: flow.socket.text,
      userAgent: message.value(HeaderKind.userAgent) ?? '',
    });
  }

  #localContact({ flow }: ScriptContext): string {
    const { server_address } = this.#parts.config;
    if (server_address !== '') return server_address;
    const { sentByHost, sentByPort, proto } = flow.socket;
    return `sip:${sentByHost}:${sentByPort};transport=${proto}`;
  }

  // ---- within a subscription

  async #goOn(asked: Asked): Promise<number> {
    const { context } = asked;
    const { callId, fromTag, toTag } = context.message;
    const found = await this.#parts.stores.subscriptions.find({ callId, fromTag, toTag });
    if (found === undefined || found.event !== asked.event.name || found.eventId !== asked.id)
      return refuse(this.#parts, context, 481, 'Subscription does not exist');
    if (asked.cseq + this.#parts.config.cseq_offset <= found.remoteCseq)
      return refuse(this.#parts, context, 400, 'Bad request');
    const key = turnKey(found.presentityUri, found.event);
    return await this.#parts.turns.inTurn(key, () => this.#refresh(asked, found));
  }

  async #refresh(asked: Asked, subscription: Subscription): Promise<number> {
    const { context, event, expiresSec } = asked;
    const { subscriptions } = this.#parts.stores;
    subscription.contact = asked.contact;
    subscription.remoteCseq = asked.cseq;
    subscription.expiresSec = this.#parts.nowSec() + expiresSec;
    if (this.#parts.config.pres_subs_mode !== 0) context.scratch.set(subscriptionScratch, subscription);
    if (expiresSec === 0) {
      await subscriptions.remove(subscription);
      const result = this.#accept(asked, subscription);
      await this.#notifier.tellWatcherInfo(subscription.presentityUri, event);
      await this.#notifier.tell(subscription, event, endingOf(subscription));
      return result;
    }
    Object.assign(subscription, await this.#policy.decide(subscription, event));
    const isOver = subscription.status === Status.terminated;
    if (isOver) await subscriptions.remove(subscription);
    else await subscriptions.save(subscription);
    const result = this.#accept(asked, subscription);
    await this.#notifier.tellWatcherInfo(subscription.presentityUri, event, subscription);
    if (isOver) await this.#notifier.tell(subscription, event, endingOf(subscription));
    else await this.#notifier.tellFirst(subscription, event);
    return result;
  }

  #accept({ context, expiresSec }: Asked, subscription: Subscription): number {
    const headers = `Expires: ${expiresSec}\r\nContact: <${subscription.localContact}>\r\n`;
    const status = this.#parts.config.subs_respond_200 === 0 ? 202 : 200;
    const { toTag } = subscription;
    return this.#parts.sl.reply(context, status, 'OK', { headers, toTag }) ? 1 : -1;
  }
}

function endingOf({ status, reason }: Subscription): string {
  return status === Status.terminated && reason !== '' ? reason : 'timeout';
}
