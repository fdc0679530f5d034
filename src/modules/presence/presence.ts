import { errorText, ServerError } from '../../base/errors.ts';
import type { Database } from '../../base/ports.ts';
import type { Timer } from '../../base/timerQueue.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { Host } from '../../module/host.ts';
import type { SlApi } from '../sl/api.ts';
import type { TmApi } from '../tm/api.ts';
import { type EventPackage, type PresenceApi, Status } from './api.ts';
import { presentityUri } from './documentStore.ts';
import { Events } from './events.ts';
import { type HardStateFile, setHardState } from './hardState.ts';
import { Notifier, turnKey } from './notifier.ts';
import { subscriptionScratch } from './notifyReplies.ts';
import type { PresenceConfig } from './params.ts';
import { accountOf, type Parts, plainUri, type Stores } from './parts.ts';
import { Publisher } from './publish.ts';
import { makeStores } from './stores.ts';
import { Subscriber } from './subscribe.ts';
import type { Subscription } from './subscription.ts';
import { Turns } from './turns.ts';
import { WatcherPolicy } from './watcherPolicy.ts';

/** Return code of pres_auth_status for a watcher who is let in but sees nothing. */
const politelyBlocked = 5;
/** The parts that work once the databases are open. */
interface Running {
  readonly parts: Parts;
  readonly notifier: Notifier;
  readonly policy: WatcherPolicy;
  readonly publisher: Publisher;
  readonly subscriber: Subscriber;
}

/** The presence server: event state compositor (RFC 3903) and notifier (RFC 6665) for any event package. */
export class Presence implements PresenceApi {
  readonly host: Host;
  readonly config: PresenceConfig;
  readonly #events = new Events();
  readonly #timers: Timer[] = [];
  #running: Running | undefined;

  constructor(host: Host, config: PresenceConfig) {
    this.host = host;
    this.config = config;
    if (config.enable_dmq !== 0)
      throw new ServerError('PRESENCE_DMQ', 'enable_dmq needs module dmq, which is not there');
  }

  // ---- for other modules

  addEvent(event: EventPackage): void {
    this.#events.add(event);
  }

  findEvent(name: string): EventPackage | undefined {
    return this.#events.find(name);
  }

  get eventNames(): readonly string[] {
    return this.#events.names;
  }

  async updateWatchers(uri: string, eventName: string): Promise<boolean> {
    const event = this.#events.find(eventName);
    if (event === undefined || this.#running === undefined) return false;
    return await this.#running.policy.update(plainUri(uri), event);
  }

  async bodyFor(uri: string, eventName: string): Promise<string | undefined> {
    const event = this.#events.find(eventName);
    const account = accountOf(uri);
    if (event === undefined || account === undefined || this.#running === undefined) return undefined;
    return await this.#running.notifier.bodyFor({ ...account, event: event.name }, event);
  }

  // ---- life

  get isLibrary(): boolean {
    const { db_url, subs_db_mode, publ_cache } = this.config;
    return db_url === '' && !(subs_db_mode === 0 && publ_cache === 2);
  }

  /** Opens the database; the packages of other modules come after it. */
  async start(): Promise<void> {
    const { config, host } = this;
    if (this.isLibrary) return;
    const tm = host.api<TmApi>('tm');
    const sl = host.api<SlApi>('sl');
    if (tm === undefined || sl === undefined)
      throw new ServerError('PRESENCE_MODULES', 'presence needs the modules tm and sl');
    const database: Database | undefined =
      config.db_url === '' ? undefined : await host.database(config.db_url);
    const nowSec = (): number => Math.floor(host.clock.wallMs() / 1000);
    const onExpired = (subscription: Subscription): void => this.#running?.notifier.tellExpired(subscription);
    const stores = await makeStores({ host, config, database, nowSec, onExpired });
    const parts: Parts = { host, config, events: this.#events, turns: new Turns(), stores, tm, sl, nowSec };
    const notifier = new Notifier(parts);
    const policy = new WatcherPolicy(parts, notifier);
    this.#running = {
      parts,
      notifier,
      policy,
      publisher: new Publisher(parts, notifier),
      subscriber: new Subscriber(parts, notifier, policy),
    };
  }

  /** All packages are there: what is stored may be loaded, and what has expired be told. */
  async ready(): Promise<void> {
    const { config, host } = this;
    const running = this.#running;
    if (running === undefined) return;
    const { clean_period, db_update_period, notifier_poll_rate } = config;
    if (clean_period > 0) this.#every(clean_period * 1000, 'clean', () => this.clean());
    if (db_update_period > 0) this.#every(db_update_period * 1000, 'flush', () => this.flush());
    if (running.notifier.isBuffered)
      this.#every(1000 / notifier_poll_rate, 'poll', () => running.notifier.poll());
    host.log.debug(`events: ${this.#events.names.join(', ')}`);
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) this.host.timers.cancel(timer);
    await this.#running?.parts.turns.idle();
    await this.#running?.parts.stores.subscriptions.flush();
  }

  #every(intervalMs: number, name: string, work: () => Promise<void>): void {
    const guarded = async (): Promise<void> => {
      try {
        await work();
      } catch (error) {
        this.host.log.error(`cannot ${name}: ${errorText(error)}`);
      }
    };
    this.#timers.push(this.host.timers.every(intervalMs, guarded));
  }

  /** Writes subscriptions back and ends those in the database that have expired. */
  async flush(): Promise<void> {
    const { subscriptions } = this.#stores;
    await subscriptions.flush();
    await subscriptions.sweep();
  }

  /** Takes expired documents out, tells their watchers, and forgets old authorisation states. */
  async clean(): Promise<void> {
    const { fetch_rows, force_delete } = this.config;
    const { documents, watchers } = this.#stores;
    for (;;) {
      const expired = await documents.takeExpired(fetch_rows);
      const told = new Set<string>();
      for (const document of expired) {
        const uri = presentityUri(document);
        const key = turnKey(uri, document.event);
        if (force_delete !== 0 || told.has(key)) continue;
        told.add(key);
        await this.#tellAll(uri, document.event);
      }
      if (expired.length < fetch_rows) break;
    }
    await watchers.clean();
  }

  // ---- for the script

  async handlePublish(context: ScriptContext, sender = ''): Promise<number> {
    return (await this.#running?.publisher.handle(context, sender)) ?? this.#unusable('handle_publish');
  }

  async handleSubscribe(context: ScriptContext, watcher = ''): Promise<number> {
    return (await this.#running?.subscriber.handle(context, watcher)) ?? this.#unusable('handle_subscribe');
  }

  async authStatus(watcherUri: string, presentity: string): Promise<number> {
    const event = this.#events.find('presence');
    const watcher = accountOf(watcherUri);
    if (event === undefined || watcher === undefined || this.#running === undefined) return -1;
    const { user: watcherUser, domain: watcherDomain } = watcher;
    const asked = { presentityUri: plainUri(presentity), watcherUser, watcherDomain, status: undefined };
    try {
      const decision = await this.#running.policy.ask(asked, event);
      if (decision === undefined) return -1;
      const isPolite = decision.status === Status.active && decision.reason === 'polite-block';
      return isPolite ? politelyBlocked : decision.status;
    } catch (error) {
      this.host.log.error(`pres_auth_status: ${errorText(error)}`);
      return -1;
    }
  }

  async hasSubscribers(uri: string, eventName: string): Promise<number> {
    const event = this.#events.find(eventName);
    if (event === undefined || this.#running === undefined) return -1;
    try {
      return (await this.#stores.subscriptions.hasWatchers(plainUri(uri), event.name)) ? 1 : -1;
    } catch (error) {
      this.host.log.error(`pres_has_subscribers: ${errorText(error)}`);
      return -1;
    }
  }

  /** `type`: 0 the rules have changed, 1 documents in the database have, 2 the pidf-manipulation document has. */
  async refreshWatchers(
    uri: string,
    eventName: string,
    type: number,
    file?: HardStateFile,
  ): Promise<boolean> {
    const event = this.#events.find(eventName);
    if (event === undefined || this.#running === undefined) return false;
    try {
      if (type === 0) return await this.#running.policy.update(plainUri(uri), event);
      if (type === 2)
        return file !== undefined && (await setHardState(this.#running, plainUri(uri), event, file));
      return await this.#tellAll(uri, event.name);
    } catch (error) {
      this.host.log.error(`cannot refresh the watchers of ${uri}: ${errorText(error)}`);
      return false;
    }
  }

  async update(uri: string, eventName: string): Promise<number> {
    try {
      return (await this.updateWatchers(uri, eventName)) ? 1 : -1;
    } catch (error) {
      this.host.log.error(`cannot update the watchers of ${uri}: ${errorText(error)}`);
      return -1;
    }
  }

  /** What `$subs` looks at: kept by handle_subscribe, or that of the NOTIFY which this context is about. */
  subscriptionOf(context: ScriptContext): Subscription | undefined {
    const kept = context.scratch.get(subscriptionScratch);
    if (kept !== undefined) return kept as Subscription;
    if (this.config.pres_subs_mode === 0 || context.message.method !== 'NOTIFY') return undefined;
    const { callId, cseq } = context.message;
    return this.#running?.notifier.requests.find(callId, cseq?.number ?? 0);
  }

  /** undefined while the module is only a library. */
  get stores(): Stores | undefined {
    return this.#running?.parts.stores;
  }

  async #tellAll(uri: string, eventName: string): Promise<boolean> {
    const running = this.#running;
    const event = this.#events.find(eventName);
    const account = accountOf(uri);
    if (running === undefined || event === undefined || account === undefined) return false;
    const presentity = { ...account, event: event.name };
    await running.parts.turns.inTurn(turnKey(plainUri(uri), event.name), () =>
      running.notifier.tellAll(presentity, event),
    );
    return true;
  }

  get #stores(): Stores {
    if (this.#running === undefined)
      throw new ServerError('PRESENCE_LIBRARY', 'presence has no db_url and works as a library only');
    return this.#running.parts.stores;
  }

  #unusable(name: string): number {
    this.host.log.error(`${name}: presence has no db_url and works as a library only`);
    return -1;
  }
}
