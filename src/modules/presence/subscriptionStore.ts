import type { Dialog, Subscription } from './subscription.ts';

/** Where subscriptions live (`subs_db_mode`). Promises reject with a `DatabaseError` or `ServerError`. */
export interface SubscriptionStore {
  /** Before the first message: loads what is there. */
  start(): Promise<void>;
  find(dialog: Dialog): Promise<Subscription | undefined>;
  add(subscription: Subscription): Promise<void>;
  /** After a SUBSCRIBE or NOTIFY has changed it. */
  save(subscription: Subscription): Promise<void>;
  /** False when it was gone already: somebody else deals with it. */
  remove(subscription: Subscription): Promise<boolean>;
  /** Those that have not expired. */
  watching(presentityUri: string, event: string): Promise<readonly Subscription[]>;
  hasWatchers(presentityUri: string, event: string): Promise<boolean>;
  /** Writes what waits to be written. */
  flush(): Promise<void>;
  /** Tells of those that have expired and that no timer watches. */
  sweep(): Promise<void>;
}

/** Told of a subscription that has expired and is no longer in the store. */
export type OnExpired = (subscription: Subscription) => void;
