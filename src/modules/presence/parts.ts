import { errorText, ServerError } from '../../base/errors.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { Host } from '../../module/host.ts';
import { XavpNode } from '../../module/variables.ts';
import { splitUri } from '../../sip/uriParts.ts';
import type { SlApi, SlReplyOptions } from '../sl/api.ts';
import type { TmApi } from '../tm/api.ts';
import { type DocumentStore, presentityUri } from './documentStore.ts';
import type { Events } from './events.ts';
import type { PresenceConfig } from './params.ts';
import type { SubscriptionStore } from './subscriptionStore.ts';
import type { Turns } from './turns.ts';
import type { WatcherStates } from './watcherStates.ts';

/** What the parts of the module work with. */
export interface Parts {
  readonly host: Host;
  readonly config: PresenceConfig;
  readonly events: Events;
  readonly turns: Turns;
  readonly stores: Stores;
  readonly tm: TmApi;
  readonly sl: SlApi;
  nowSec(): number;
}

export interface Stores {
  readonly subscriptions: SubscriptionStore;
  readonly documents: DocumentStore;
  readonly watchers: WatcherStates;
}

/** User and domain of a URI, as the tables have them. */
export interface Account {
  readonly user: string;
  readonly domain: string;
}

/** undefined for what is no SIP URI with a host. */
export function accountOf(uri: string | undefined): Account | undefined {
  const parts = uri === undefined ? undefined : splitUri(uri);
  if (parts === undefined || (parts.scheme !== 'sip' && parts.scheme !== 'sips')) return undefined;
  return { user: parts.user, domain: parts.host };
}

/** A URI as the tables have it: without port and parameters. */
export function plainUri(uri: string): string {
  const account = accountOf(uri);
  return account === undefined ? uri : presentityUri(account);
}

/** Answers and logs what is wrong; gives the return code of the function. */
export function refuse(
  parts: Parts,
  context: ScriptContext,
  status: number,
  reason: string,
  options?: SlReplyOptions,
): number {
  parts.sl.reply(context, status, reason, options);
  return -1;
}

/** Answers a request that could not be dealt with: 503 when too many wait, else 500. */
export function refuseFor(parts: Parts, context: ScriptContext, what: string, error: unknown): number {
  parts.host.log.error(`${what}: ${errorText(error)}`);
  const isBusy = error instanceof ServerError && error.code === 'PRESENCE_BUSY';
  if (isBusy) return refuse(parts, context, 503, 'Service Unavailable');
  return refuse(parts, context, 500, 'Server Internal Error');
}

/** The URI of `"Name" <uri>` or `uri`; undefined when it is none. */
export function uriIn(text: string): string | undefined {
  const open = text.indexOf('<');
  const uri = open < 0 ? text.trim() : text.slice(open + 1, text.indexOf('>', open));
  return splitUri(uri) === undefined ? undefined : uri;
}

/** A field of the xavp of `xavp_cfg` as a number; undefined when it is not there. */
export function xavpNumber(parts: Parts, context: ScriptContext, name: string): number | undefined {
  const { xavp_cfg: root } = parts.config;
  const node = root === '' ? null : context.variables.xavps.get(root);
  const value = node instanceof XavpNode ? node.get(name) : null;
  return typeof value === 'number' ? value : undefined;
}
