import type { ScriptContext } from '../../module/context.ts';
import type { Host } from '../../module/host.ts';
import type { NameAddr } from '../../sip/nameAddr.ts';
import { SipUri } from '../../sip/uri.ts';
import type { OutboundTokens } from './api.ts';
import { isOwnUri, socketOfUri } from './ownUri.ts';
import { appendRoute, removeFirstRoutes, removeLastRoute, routesOf } from './routeHeader.ts';
import { isFromStrictRouter, keepOutcome } from './routeParams.ts';

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
    if (!message.isRequest) return notRouted;
    const routes = routesOf(message);
    if (routes === undefined) {
      this.#host.log.error('malformed Route header');
      return notRouted;
    }
    if (routes.length === 0) return notRouted;
    const inDialog = message.toTag !== '';
    if (inDialog && !options.looseOnly) {
      const requestUri = SipUri.parse(context.target.requestUri);
      if (requestUri !== undefined && isFromStrictRouter(this.#host.transport, requestUri))
        return this.#fromStrictRouter(context, requestUri, routes, options);
    }
    return this.#fromLooseRouter(context, routes, options, inDialog);
  }

  /** §16.12.1.2: the Request-URI is our own Record-Route, the real one is the last Route. */
  #fromStrictRouter(
    context: ScriptContext,
    requestUri: SipUri,
    routes: readonly NameAddr[],
    options: LooseRouteOptions,
  ): number {
    const { message, target } = context;
    const params = requestUri.params.toString();
    keepOutcome(context, { params, hasNextHop: false });
    let taken = 0;
    if (options.takesDouble && requestUri.params.has('r2')) taken = this.#takeSecond(context, routes[0]);
    const next = routes[taken];
    if (next === undefined) {
      this.#host.log.error('request of a strict router without a Route of the next hop');
      return notRouted;
    }
    const nextUri = this.#parsed(next);
    if (nextUri === undefined) return notRouted;
    removeFirstRoutes(message, isLoose(nextUri) ? taken : taken + 1);
    if (isLoose(nextUri)) {
      target.nextHop = next.uri;
      removeLastRoute(message);
    }
    this.#setRequestUri(context, isLoose(nextUri) ? (routes[routes.length - 1] as NameAddr).uri : next.uri);
    this.#tell(context, params);
    return routed;
  }

  /** 1 when the first Route is the other half of our double Record-Route in the Request-URI. */
  #takeSecond(context: ScriptContext, route: NameAddr | undefined): number {
    const uri = route?.parsedUri;
    if (uri === undefined || !uri.params.has('r2')) return 0;
    this.#forceSocket(context, uri);
    return 1;
  }

  #fromLooseRouter(
    context: ScriptContext,
    routes: readonly NameAddr[],
    options: LooseRouteOptions,
    inDialog: boolean,
  ): number {
    const first = routes[0] as NameAddr;
    const uri = this.#parsed(first);
    if (uri === undefined) return notRouted;
    if (!isOwnUri(this.#host.transport, uri)) return this.#toNextHop(context, routes, 0, false);
    const byToken = this.#followToken(context, uri);
    if (byToken === tokenTampered) return tokenTampered;
    const taken = this.#takeOwn(context, uri, routes, options, byToken === routedByToken);
    const params = uri.params.toString();
    keepOutcome(context, { params, hasNextHop: routes.length > taken });
    const result = this.#leave(context, routes, taken, byToken, inDialog);
    // last, so that a handler (path) can send the request elsewhere
    this.#tell(context, params);
    return result;
  }

  #leave(
    context: ScriptContext,
    routes: readonly NameAddr[],
    taken: number,
    byToken: number,
    inDialog: boolean,
  ): number {
    if (byToken !== routedByToken && routes.length > taken)
      return this.#toNextHop(context, routes, taken, true);
    removeFirstRoutes(context.message, taken);
    if (byToken === routedByToken) return routedByToken;
    return inDialog ? routed : preloadedOnly;
  }

  /** How many leading Routes are ours and done with. */
  #takeOwn(
    context: ScriptContext,
    uri: SipUri,
    routes: readonly NameAddr[],
    options: LooseRouteOptions,
    keepSocket: boolean,
  ): number {
    const second = routes[1];
    if (options.takesDouble && uri.params.has('r2') && second !== undefined) {
      const secondUri = second.parsedUri;
      if (secondUri === undefined || !isOwnUri(this.#host.transport, secondUri))
        this.#host.log.warn(`the second Route of a double one is not ours: ${second.uri}`);
      else if (!keepSocket) this.#forceSocket(context, secondUri);
      return 2;
    }
    if (options.forcesSocket && !keepSocket) this.#forceSocket(context, uri);
    return 1;
  }

  /** The topmost Route that is left says where to go; without `lr` it is a strict router (§16.6 step 6). */
  #toNextHop(context: ScriptContext, routes: readonly NameAddr[], taken: number, ownTaken: boolean): number {
    const next = routes[taken] as NameAddr;
    const uri = this.#parsed(next);
    if (uri === undefined) return notRouted;
    const { message, target } = context;
    if (isLoose(uri)) {
      removeFirstRoutes(message, taken);
      target.nextHop = next.uri;
    } else {
      removeFirstRoutes(message, taken + 1);
      appendRoute(message, target.requestUri);
      this.#setRequestUri(context, next.uri);
    }
    if (!ownTaken) keepOutcome(context, { params: '', hasNextHop: false });
    return routed;
  }

  #followToken(context: ScriptContext, uri: SipUri): number {
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

  #forceSocket(context: ScriptContext, uri: SipUri): void {
    const socket = socketOfUri(this.#host.transport, uri);
    if (socket === undefined) this.#host.log.warn(`no socket fits the own Route ${uri}`);
    else context.target.socket = socket;
  }

  #setRequestUri(context: ScriptContext, uri: string): void {
    context.target.requestUri = uri;
    context.uriChanged = true;
  }

  #parsed(route: NameAddr): SipUri | undefined {
    const uri = route.parsedUri;
    if (uri === undefined) this.#host.log.error(`malformed URI in Route: ${route.uri}`);
    return uri;
  }
}

function isLoose(uri: SipUri): boolean {
  return uri.params.has('lr');
}
