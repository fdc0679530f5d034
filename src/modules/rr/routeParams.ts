import type { ScriptContext } from '../../module/context.ts';
import type { Transport } from '../../proxy/transport.ts';
import { HeaderKind } from '../../sip/headerKind.ts';
import { parseParams } from '../../sip/params.ts';
import { splitUri, type UriParts } from '../../sip/uriParts.ts';
import { isOwnUri } from './ownUri.ts';
import { topmostRouteUri } from './routeHeader.ts';

/** What `loose_route` leaves behind for the functions that are called after it. */
export interface RouteOutcome {
  /** `;lr;ftag=...` of the own Route (or of the Request-URI from a strict router); '' for none. */
  readonly params: string;
  /** A Route of the next hop stands behind the own one. */
  readonly hasNextHop: boolean;
}

const outcomeKey = Symbol('rr.outcome');

export function keepOutcome(context: ScriptContext, outcome: RouteOutcome): void {
  context.scratch.set(outcomeKey, outcome);
}

export function outcomeOf(context: ScriptContext): RouteOutcome | undefined {
  return context.scratch.get(outcomeKey) as RouteOutcome | undefined;
}

/** Parameter text of the own Route, also in routes that run later than the one that called `loose_route`. */
export function routeParamsOf(context: ScriptContext, transport: Transport): string {
  return outcomeOf(context)?.params ?? paramsOfMessage(context, transport);
}

function paramsOfMessage({ message }: ScriptContext, transport: Transport): string {
  if (!message.isRequest || !message.has(HeaderKind.route)) return '';
  if (message.toTag !== '') {
    const uri = splitUri(message.requestUri);
    if (uri !== undefined && isFromStrictRouter(transport, uri)) return paramsText(uri);
  }
  const route = topmostRouteUri(message);
  const uri = route === undefined ? undefined : splitUri(route);
  return uri !== undefined && isOwnUri(transport, uri) ? paramsText(uri) : '';
}

/** All parameters, each with its `;`. */
export function paramsText(uri: UriParts): string {
  const { params } = uri;
  return params === '' ? '' : `;${params}`;
}

/** RFC 3261 §16.4: a strict router has put our own Record-Route into the Request-URI. A GRUU is no such thing. */
export function isFromStrictRouter(transport: Transport, requestUri: UriParts): boolean {
  return requestUri.paramSpan('gr') === undefined && isOwnUri(transport, requestUri);
}

/** Value of one parameter of a parameter text. */
export function paramOf(params: string, name: string): string | undefined {
  return params === '' ? undefined : parseParams(params, 0, params.length)?.get(name);
}

/** Without an `ftag` a request is taken for one of the caller. */
export function directionOf(context: ScriptContext, transport: Transport): 'downstream' | 'upstream' {
  const tag = paramOf(routeParamsOf(context, transport), 'ftag');
  return tag === undefined || tag === '' || tag === context.message.fromTag ? 'downstream' : 'upstream';
}
