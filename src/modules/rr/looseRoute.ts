import type { ScriptContext } from '../../module/context.ts';
import type { Host } from '../../module/host.ts';
import { HeaderKind } from '../../sip/headerKind.ts';
import type { HeaderValue } from '../../sip/headerValues.ts';
import type { SipMessage } from '../../sip/message.ts';
import { splitUri, type UriParts } from '../../sip/uriParts.ts';
import type { OutboundTokens } from './api.ts';
import { isOwnUri, socketOfUri } from './ownUri.ts';
import { appendRoute, removeFirstRoutes, removeLastRoute, routeUri, routeValues } from './routeHeader.ts';
import { isFromStrictRouter, keepOutcome, paramsText } from './routeParams.ts';

/** Results of `loose_route`. */
export const routed = 1;
export const routedByToken = 2;
export const notRouted = -1;
export const tokenTampered = -2;
export const preloadedOnly = -3;

export interface LooseRouteOptions {
  /** Two own Routes with `r2` are taken at once. */
  readonly takesDouble: boolean;
  /** Send from the socket of the own Route also when there is only one. */
  readonly forcesSocket: boolean;
  /** Do not look whether a strict router sent the request. */
  readonly looseOnly: boolean;
}

/** Route processing of a proxy: RFC 3261 §16.4, §16.6 step 6, §16.12. */
export class LooseRouter {
  readonly #host: Host;
  readonly #handlers: ((context: ScriptContext, params: string) => void)[] = [];
  outbound: OutboundTokens | undefined;

  constructor(host: Host) {
    this.#host = host;
  }

  onRoute(handler: (context: ScriptContext, params: string) => void): void {
    this.#handlers.push(handler);
  }

  route(context: ScriptContext, options: LooseRouteOptions): number {
    const { message } = context;
    if (!message.isRequest || !message.has(HeaderKind.route)) return notRouted;
    const routes = routeValues(message);
    if (routes.length === 0) return notRouted;
    const inDialog = message.toTag !== '';
    if (inDialog && !options.looseOnly) {
      const requestUri = splitUri(context.target.requestUri);
      if (requestUri !== undefined && isFromStrictRouter(this.#host.transport, requestUri))
        return this.#fromStrictRouter(context, requestUri, routes, options);
    }
    return this.#fromLooseRouter(context, routes, options, inDialog);
  }

  /** §16.12.1.2: the Request-URI is our own Record-Route, the real one is the last Route. */
  #fromStrictRouter(
    context: ScriptContext,
    requestUri: UriParts,
    routes: readonly HeaderValue[],
    options: LooseRouteOptions,
  ): number {
    const { message, target } = context;
    const params = paramsText(requestUri);
    keepOutcome(context, { params, hasNextHop: false });
    let taken = 0;
    if (options.takesDouble && has(requestUri, 'r2')) taken = this.#takeSecond(context, routes[0]);
    const next = this.#parsed(message, routes[taken]);
    const last = routeUri(message, routes[routes.length - 1]);
    if (next === undefined || last === undefined) return notRouted;
    if (has(next, 'lr')) {
      target.nextHop = next.text;
      if (taken + 1 === routes.length) removeFirstRoutes(message, routes, taken + 1);
      else {
        removeFirstRoutes(message, routes, taken);
        removeLastRoute(message, routes);
      }
      this.#setRequestUri(context, last);
    } else {
      removeFirstRoutes(message, routes, taken + 1);
      this.#setRequestUri(context, next.text);
    }
    this.#tell(context, params);
    return routed;
  }

  /** 1 when the first Route is the other half of our double Record-Route in the Request-URI. */
  #takeSecond(context: ScriptContext, route: HeaderValue | undefined): number {
    const text = routeUri(context.message, route);
    const uri = text === undefined ? undefined : splitUri(text);
    if (uri === undefined || !has(uri, 'r2')) return 0;
    this.#forceSocket(context, uri);
    return 1;
  }

  #fromLooseRouter(
    context: ScriptContext,
    routes: readonly HeaderValue[],
    options: LooseRouteOptions,
    inDialog: boolean,
  ): number {
    const { message } = context;
    const uri = this.#parsed(message, routes[0]);
    if (uri === undefined) return notRouted;
    if (!isOwnUri(this.#host.transport, uri)) {
      keepOutcome(context, { params: '', hasNextHop: false });
      return this.#toNextHop(context, routes, 0);
    }
    const byToken = this.#followToken(context, uri);
    if (byToken === tokenTampered) return tokenTampered;
    const isByToken = byToken === routedByToken;
    const taken = this.#takeOwn(context, uri, routes[1], options, isByToken);
    const params = paramsText(uri);
    const hasNextHop = routes.length > taken;
    keepOutcome(context, { params, hasNextHop });
    let result = inDialog ? routed : preloadedOnly;
    if (isByToken) result = routedByToken;
    if (hasNextHop && !isByToken) result = this.#toNextHop(context, routes, taken);
    else removeFirstRoutes(message, routes, taken);
    // last, so that a handler (path) can send the request elsewhere
    this.#tell(context, params);
    return result;
  }

  /** How many leading Routes are ours and done with. */
  #takeOwn(
    context: ScriptContext,
    uri: UriParts,
    second: HeaderValue | undefined,
    options: LooseRouteOptions,
    keepSocket: boolean,
  ): number {
    if (options.takesDouble && second !== undefined && has(uri, 'r2')) {
      const text = routeUri(context.message, second);
      const secondUri = text === undefined ? undefined : splitUri(text);
      if (secondUri === undefined || !isOwnUri(this.#host.transport, secondUri))
        this.#host.log.warn(`the second Route of a double one is not ours: ${text}`);
      else if (!keepSocket) this.#forceSocket(context, secondUri);
      return 2;
    }
    if (options.forcesSocket && !keepSocket) this.#forceSocket(context, uri);
    return 1;
  }

  /** The topmost Route that is left says where to go; without `lr` it is a strict router (§16.6 step 6). */
  #toNextHop(context: ScriptContext, routes: readonly HeaderValue[], taken: number): number {
    const { message, target } = context;
    const next = this.#parsed(message, routes[taken]);
    if (next === undefined) return notRouted;
    if (has(next, 'lr')) {
      removeFirstRoutes(message, routes, taken);
      target.nextHop = next.text;
    } else {
      removeFirstRoutes(message, routes, taken + 1);
      appendRoute(message, target.requestUri);
      this.#setRequestUri(context, next.text);
    }
    return routed;
  }

  #followToken(context: ScriptContext, uri: UriParts): number {
    if (this.outbound === undefined || uri.user === '') return notRouted;
    const flow = this.outbound.decode(uri.user);
    if (flow === undefined) return notRouted;
    if (flow === 'tampered') return tokenTampered;
    // only a request that comes from the other side goes down the flow (RFC 5626 §5.3)
    if (flow.connectionId !== 0 && flow.connectionId === context.flow.connectionId) return notRouted;
    context.target.nextHop = flow.nextHop;
    context.target.socket = flow.socket;
    context.target.connectionId = flow.connectionId;
    return routedByToken;
  }

  #tell(context: ScriptContext, params: string): void {
    for (let i = 0; i < this.#handlers.length; i++)
      (this.#handlers[i] as (context: ScriptContext, params: string) => void)(context, params);
  }

  #forceSocket(context: ScriptContext, uri: UriParts): void {
    const socket = socketOfUri(this.#host.transport, uri);
    if (socket === undefined) this.#host.log.warn(`no socket fits the own Route ${uri.text}`);
    else context.target.socket = socket;
  }

  #setRequestUri(context: ScriptContext, uri: string): void {
    context.target.requestUri = uri;
    context.uriChanged = true;
  }

  #parsed(message: SipMessage, route: HeaderValue | undefined): UriParts | undefined {
    const text = routeUri(message, route);
    const uri = text === undefined ? undefined : splitUri(text);
    if (uri === undefined) this.#host.log.error('a Route is missing or malformed');
    return uri;
  }
}

function has(uri: UriParts, param: string): boolean {
  return uri.paramSpan(param) !== undefined;
}
