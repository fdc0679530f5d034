/** What event packages (presence_xml ...) give to presence, and ask of it (`host.api<PresenceApi>('presence')`). */
import type { ScriptContext } from '../../module/context.ts';

/** States of a subscription (RFC 6665 §4.1.3, RFC 3857 §4.7.1), with the numbers of the tables. */
export const Status = { active: 1, pending: 2, terminated: 3, waiting: 4 } as const;
export type Status = (typeof Status)[keyof typeof Status];

export interface Decision {
  readonly status: Status;
  /** `rejected`, `probation;retry-after=30`, `polite-block`; '' for none. */
  readonly reason: string;
}

/** Whom a decision or a document is for. */
export interface Watcher {
  /** `sip:user@host` of the presentity. */
  readonly presentityUri: string;
  readonly watcherUser: string;
  readonly watcherDomain: string;
  /** As decided before; undefined the first time. */
  readonly status: Status | undefined;
}

/** A document of a presentity, as the package gets it to make the body of a NOTIFY. */
export interface PublishedBody {
  readonly body: string;
  /** It is being taken back or has just been: its state counts as gone. */
  readonly isLeaving: boolean;
}

/** The rules document of a presentity; undefined when it has none. */
export type Rules = string | undefined;

export interface Refusal {
  readonly status: number;
  readonly reason: string;
}

/** An event package (RFC 6665 §5). All methods but `rules` are pure and bounded in time. */
export interface EventPackage {
  /** With its template and parameters: `presence`, `presence.winfo`, `dialog;sla`. */
  readonly name: string;
  readonly contentType: string;
  readonly defaultExpiresSec: number;
  /** One entity tag for the whole life of a document, instead of a new one for each change. */
  readonly keepsEtag?: boolean;
  /** Subscribers are known by their Contact, not by the Request-URI (bridged lines). */
  readonly isBridgedLine?: boolean;
  /** The name of the package that this one informs about the watchers of. */
  readonly watchedPackage?: string;
  /** Without it everybody may watch. */
  readonly authorization?: Authorization;
  /** The body from all documents, oldest first; undefined for none. Without it the newest document is sent as it is. */
  aggregate?(user: string, domain: string, documents: readonly PublishedBody[]): string | undefined;
  /** The body for one watcher, e.g. with a version of its own. */
  personalize?(watcher: Watcher, body: string, version: number): string;
  /** A PUBLISH with a body that must not be taken. */
  checkPublish?(context: ScriptContext): Refusal | undefined;
  checkSubscribe?(context: ScriptContext): Refusal | undefined;
}

export interface Authorization {
  /** Are there rules at all? Without, everybody is active and nothing is asked. */
  readonly isEnabled: boolean;
  /** Rejects when nobody can tell. */
  rules(user: string, domain: string): Promise<Rules>;
  /** undefined when the rules cannot be understood. */
  decide(watcher: Watcher, rules: Rules, sphere: string | undefined): Decision | undefined;
  /** The body as these rules let the watcher see it. */
  filter(body: string, watcher: Watcher, rules: Rules, sphere: string | undefined): string;
  /** The sphere that a published document tells (RFC 4480 §3.10); undefined when it tells none. */
  sphereOf?(body: string): string | undefined;
  /** A document that stands for the presentity for good (pidf-manipulation); undefined when there is none. */
  hardState?(user: string, domain: string, fileUri: string): Promise<string | undefined>;
}

export interface PresenceApi {
  /** In `start` of the package's module. Throws a `ServerError` when the name is taken. */
  addEvent(event: EventPackage): void;
  findEvent(name: string): EventPackage | undefined;
  /** Names in the order of Allow-Events. */
  readonly eventNames: readonly string[];
  /** Decides anew on all watchers and tells those whose state has changed. */
  updateWatchers(presentityUri: string, event: string): Promise<boolean>;
  /** What a NOTIFY would say now, before rules; undefined for nothing. */
  bodyFor(presentityUri: string, event: string): Promise<string | undefined>;
}
