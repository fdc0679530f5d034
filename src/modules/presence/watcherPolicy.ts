import { type Decision, type EventPackage, Status, type Watcher } from './api.ts';
import type { Notifier } from './notifier.ts';
import { turnKey } from './notifier.ts';
import { type Account, accountOf, type Parts } from './parts.ts';
import type { Subscription } from './subscription.ts';
import type { KnownWatcher } from './watcherStates.ts';

const everybody: Decision = { status: Status.active, reason: '' };

/** Who may watch whom (RFC 3856 §6.6.2): asks the rules once and remembers what they said. */
export class WatcherPolicy {
  readonly #parts: Parts;
  readonly #notifier: Notifier;

  constructor(parts: Parts, notifier: Notifier) {
    this.#parts = parts;
    this.#notifier = notifier;
  }

  /** The decision on a subscriber: what was decided before, or what the rules say now. */
  async decide(subscription: Subscription, event: EventPackage): Promise<Decision> {
    if (event.authorization === undefined) return everybody;
    const { presentityUri, watcherUser, watcherDomain } = subscription;
    const key = { presentityUri, event: event.name, watcherUser, watcherDomain };
    const { watchers } = this.#parts.stores;
    const known = await watchers.find(key);
    if (known !== undefined) return known;
    const asked = await this.ask({ presentityUri, watcherUser, watcherDomain, status: undefined }, event);
    const decision = asked ?? { status: Status.pending, reason: '' };
    await watchers.set(key, decision);
    return decision;
  }

  /** What the rules say, whatever was decided before; undefined when they cannot be understood. */
  async ask(watcher: Watcher, event: EventPackage): Promise<Decision | undefined> {
    const { authorization } = event;
    if (authorization === undefined || !authorization.isEnabled) return everybody;
    const account = accountOf(watcher.presentityUri);
    if (account === undefined) return undefined;
    const presentity = { ...account, event: event.name };
    const rules = await authorization.rules(account.user, account.domain);
    return authorization.decide(watcher, rules, await this.#notifier.sphereOf(presentity, event));
  }

  /** Decides on all known watchers anew and tells those whose state changes; false when that cannot be done. */
  async update(presentityUri: string, event: EventPackage): Promise<boolean> {
    const { authorization } = event;
    const account = accountOf(presentityUri);
    if (authorization === undefined || !authorization.isEnabled || account === undefined) return false;
    return await this.#parts.turns.inTurn(turnKey(presentityUri, event.name), () =>
      this.#updateAll(presentityUri, account, event),
    );
  }

  async #updateAll(presentityUri: string, account: Account, event: EventPackage): Promise<boolean> {
    const { authorization } = event;
    if (authorization === undefined) return false;
    const rules = await authorization.rules(account.user, account.domain);
    const sphere = await this.#notifier.sphereOf({ ...account, event: event.name }, event);
    for (const known of await this.#parts.stores.watchers.list(presentityUri, event.name)) {
      const decision = authorization.decide({ ...known, presentityUri }, rules, sphere);
      if (decision === undefined) return false;
      const isSame = decision.status === known.status && decision.reason === known.reason;
      if (!isSame) await this.#change(presentityUri, event, known, decision);
    }
    return true;
  }

  async #change(
    presentityUri: string,
    event: EventPackage,
    known: KnownWatcher,
    decision: Decision,
  ): Promise<void> {
    const { subscriptions, watchers } = this.#parts.stores;
    const { watcherUser, watcherDomain } = known;
    await watchers.set({ presentityUri, event: event.name, watcherUser, watcherDomain }, decision);
    for (const subscription of await subscriptions.watching(presentityUri, event.name)) {
      if (subscription.watcherUser !== watcherUser || subscription.watcherDomain !== watcherDomain) continue;
      subscription.status = decision.status;
      subscription.reason = decision.reason;
      if (decision.status === Status.terminated) await subscriptions.remove(subscription);
      await this.#notifier.tell(subscription, event);
    }
  }
}
