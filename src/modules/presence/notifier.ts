import { coreHash } from '../../base/coreHash.ts';
import { errorText } from '../../base/errors.ts';
import { LoopSlices } from '../../base/loopSlices.ts';
import type { EventPackage, Rules } from './api.ts';
import { Status } from './api.ts';
import { DatabaseSubscriptions } from './databaseSubscriptions.ts';
import { type Presentity, presentityUri } from './documentStore.ts';
import { NotifyRequests } from './notifyRequests.ts';
import type { Parts } from './parts.ts';
import { accountOf } from './parts.ts';
import type { Subscription } from './subscription.ts';
import { type WatcherInfo, watcherInfoDocument } from './watcherInfo.ts';

/** Makes the bodies of NOTIFY requests and decides who gets them (RFC 6665 §4.2). */
export class Notifier {
  readonly requests: NotifyRequests;
  readonly #parts: Parts;
  #slot = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.requests = new NotifyRequests(parts);
  }

  /** NOTIFY requests wait in the database for `poll` (`notifier_processes` in subs_db_mode 3). */
  get isBuffered(): boolean {
    return this.#buffer !== undefined;
  }

  get #buffer(): DatabaseSubscriptions | undefined {
    const { config, stores } = this.#parts;
    const { subscriptions } = stores;
    return config.notifier_processes > 0 && subscriptions instanceof DatabaseSubscriptions
      ? subscriptions
      : undefined;
  }

  /**
   * Tells all watchers of a presentity. A document that is being taken back may be named: its state is shown as
   * gone. `sender` is the Contact of a watcher who knows already.
   */
  async tellAll(
    presentity: Presentity,
    event: EventPackage,
    options: { readonly leavingEtag?: string; readonly sender?: string } = {},
  ): Promise<void> {
    const uri = presentityUri(presentity);
    if (this.#buffer !== undefined) return await this.#buffer.mark(uri, event.name, this.#slotOf(uri));
    const watchers = await this.#parts.stores.subscriptions.watching(uri, event.name);
    const told = watchers.filter(({ contact }) => options.sender === undefined || contact !== options.sender);
    if (told.length === 0) return;
    const body = await this.#bodyOf(presentity, event, options.leavingEtag);
    const view = await this.#viewOf(presentity, event);
    await this.#sendAll(told, event, (watcher) => view(watcher, body));
  }

  /** Tells one watcher the whole state; `ending` is the reason when it is the last time. */
  async tell(subscription: Subscription, event: EventPackage, ending?: string): Promise<void> {
    const presentity = presentityOf(subscription.presentityUri, event.name);
    if (event.watchedPackage !== undefined) {
      const document = await this.#watcherInfoFor(subscription, event.watchedPackage);
      return await this.requests.send(subscription, event, document, ending);
    }
    const body = maySee(subscription) ? await this.#bodyOf(presentity, event) : undefined;
    const view = await this.#viewOf(presentity, event);
    await this.requests.send(subscription, event, view(subscription, body), ending);
  }

  /** The first word to a new watcher: all of it, or where that waits for its turn a NOTIFY without a body. */
  async tellFirst(subscription: Subscription, event: EventPackage): Promise<void> {
    const buffer = this.#buffer;
    if (buffer === undefined) return await this.tell(subscription, event);
    if (this.#parts.config.send_fast_notify !== 0) await this.requests.send(subscription, event, '');
    await buffer.markOne(subscription, this.#slotOf(subscription.callId));
  }

  /** A subscription has come to its end by itself. */
  tellExpired(subscription: Subscription): void {
    const event = this.#parts.events.find(subscription.event);
    if (event !== undefined) void this.requests.send(subscription, event, '', 'timeout');
  }

  /** Tells the watchers of the watcher information that one watcher has changed, or, without one, who is left. */
  async tellWatcherInfo(presentity: string, event: EventPackage, changed?: Subscription): Promise<void> {
    const info = this.#parts.events.watcherInfoOf(event);
    if (info === undefined) return;
    const { subscriptions } = this.#parts.stores;
    const readers = await subscriptions.watching(presentity, info.name);
    if (readers.length === 0) return;
    const watchers = changed === undefined ? await subscriptions.watching(presentity, event.name) : [changed];
    const document: WatcherInfo = {
      resource: presentity,
      package: event.name,
      isFull: changed === undefined,
      watchers,
    };
    await this.#sendAll(readers, info, ({ version }) => watcherInfoDocument(document, version + 1));
  }

  /** The state as a NOTIFY would give it, before rules. */
  async bodyFor(presentity: Presentity, event: EventPackage): Promise<string | undefined> {
    return await this.#bodyOf(presentity, event);
  }

  /** Sends what waits in the next slots of the buffer; called `notifier_poll_rate` times a second. */
  async poll(): Promise<void> {
    const buffer = this.#buffer;
    if (buffer === undefined) return;
    for (let i = 0; i < this.#parts.config.notifier_processes; i++) {
      this.#slot = (this.#slot + 1) % this.#slotCount;
      for (const subscription of await buffer.takeMarked(this.#slot)) await this.#tellMarked(subscription);
    }
  }

  async #tellMarked(subscription: Subscription): Promise<void> {
    const event = this.#parts.events.find(subscription.event);
    if (event === undefined) return;
    try {
      const key = turnKey(subscription.presentityUri, event.name);
      await this.#parts.turns.inTurn(key, () => this.tell(subscription, event));
    } catch (error) {
      this.#parts.host.log.error(`cannot notify ${subscription.watcherUri}: ${errorText(error)}`);
    }
  }

  get #slotCount(): number {
    const { waitn_time, notifier_poll_rate, notifier_processes } = this.#parts.config;
    return waitn_time * notifier_poll_rate * notifier_processes;
  }

  #slotOf(key: string): number {
    return coreHash(key) % this.#slotCount;
  }

  /** In slices: ten thousand watchers must not hold up calls. */
  async #sendAll(
    watchers: readonly Subscription[],
    event: EventPackage,
    bodyFor: (watcher: Subscription) => string,
  ): Promise<void> {
    const slices = new LoopSlices(this.#parts.host);
    const stored: Promise<void>[] = [];
    for (const watcher of watchers) {
      stored.push(this.requests.send(watcher, event, bodyFor(watcher)));
      const pause = slices.step();
      if (pause !== undefined) await pause;
    }
    await Promise.all(stored);
  }

  async #bodyOf(
    presentity: Presentity,
    event: EventPackage,
    leavingEtag?: string,
  ): Promise<string | undefined> {
    const documents = await this.#parts.stores.documents.list(presentity);
    const bodies = documents.map(({ body, etag }) => ({ body, isLeaving: etag === leavingEtag }));
    if (event.aggregate !== undefined) return event.aggregate(presentity.user, presentity.domain, bodies);
    return bodies.findLast(({ isLeaving }) => !isLeaving)?.body;
  }

  /** How each watcher may see a body, by rules that are asked for once. */
  async #viewOf(
    presentity: Presentity,
    event: EventPackage,
  ): Promise<(watcher: Subscription, body: string | undefined) => string> {
    const { authorization } = event;
    const isAsked = authorization?.isEnabled === true;
    const rules: Rules = isAsked ? await authorization.rules(presentity.user, presentity.domain) : undefined;
    const sphere = isAsked ? await this.sphereOf(presentity, event) : undefined;
    return (watcher, body) => {
      if (body === undefined || body === '' || !maySee(watcher)) return '';
      const seen = isAsked ? authorization.filter(body, watcher, rules, sphere) : body;
      return event.personalize?.(watcher, seen, watcher.version + 1) ?? seen;
    };
  }

  /** undefined when it is not asked for (`enable_sphere_check`) or unknown. */
  async sphereOf(presentity: Presentity, event: EventPackage): Promise<string | undefined> {
    if (this.#parts.config.enable_sphere_check === 0) return undefined;
    const documents = await this.#parts.stores.documents.list(presentity);
    for (const { body } of documents.slice().reverse()) {
      const sphere = event.authorization?.sphereOf?.(body);
      if (sphere !== undefined) return sphere;
    }
    return undefined;
  }

  async #watcherInfoFor(subscription: Subscription, watched: string): Promise<string> {
    const resource = subscription.presentityUri;
    const watchers = await this.#parts.stores.subscriptions.watching(resource, watched);
    const info: WatcherInfo = { resource, package: watched, isFull: true, watchers };
    return watcherInfoDocument(info, subscription.version + 1);
  }
}

/** Reason of a watcher who is let in but sees nothing (RFC 5025 §3.2.1.3). */
const politeBlock = 'polite-block';

function maySee({ status, reason }: Subscription): boolean {
  return status === Status.active && reason !== politeBlock;
}

/** Key of `Turns` for all that changes or shows the state of a presentity. */
export function turnKey(presentityUri: string, event: string): string {
  return `${event} ${presentityUri}`;
}

function presentityOf(uri: string, event: string): Presentity {
  return { user: '', domain: '', ...accountOf(uri), event };
}
