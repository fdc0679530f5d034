import { errorText } from '../base/errors.ts';
import type { Clock, Log } from '../base/ports.ts';
import type { RouteKind } from '../lang/catalogue.ts';
import type { ScriptContext } from '../module/context.ts';
import { markAsFake } from '../module/fakeMessage.ts';
import type { Routes, Site } from '../module/host.ts';
import type { Flow } from '../proxy/transport.ts';
import { RouteContext } from '../script/context.ts';
import type { StackTraces } from '../script/stackTrace.ts';
import { isWireError, parseMessage, type SipMessage } from '../sip/message.ts';
import type { CoreCounters } from './coreCounters.ts';

export type RouteFunction = (context: ScriptContext) => number | Promise<number>;

/** Compiled blocks of one configuration, by kind and name ('' for the default one). */
export interface RouteTable {
  find(kind: RouteKind, name: string): RouteFunction | undefined;
}

/** Where it is told which message is being routed in this turn. */
export interface RoutingScope {
  context: ScriptContext | undefined;
}

const noRoutes: RouteTable = { find: () => undefined };

/** A request for event routes that have none of their own. */
const standInRequest =
  'OPTIONS sip:you@localhost SIP/2.0\r\n' +
  'Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKolelo\r\n' +
  'From: <sip:olelo@localhost>;tag=olelo\r\nTo: <sip:you@localhost>\r\n' +
  'Call-ID: stand-in@localhost\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n';

/** Runs compiled blocks. Nothing that a script does gets out of here as an exception. */
export class RouteRunner implements Routes {
  #table: RouteTable = noRoutes;
  #traces: StackTraces | undefined;
  #nextMessageId = 1;
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #counters: CoreCounters;
  readonly #localFlow: () => Flow;
  readonly #logScope: RoutingScope;

  constructor(
    log: Log,
    clock: Clock,
    counters: CoreCounters,
    localFlow: () => Flow,
    logScope: RoutingScope = { context: undefined },
  ) {
    this.#log = log;
    this.#clock = clock;
    this.#counters = counters;
    this.#localFlow = localFlow;
    this.#logScope = logScope;
  }

  /** Where in the config the running function was called; undefined outside of a route. */
  currentSite(): Site | undefined {
    return this.#traces?.siteOf(new Error().stack ?? '');
  }

  /** Puts the blocks of a (new) configuration in force; runs under way end in the old ones. */
  use(table: RouteTable, traces?: StackTraces): void {
    this.#table = table;
    this.#traces = traces;
  }

  /** The next message is number 1 again. */
  resetMessageIds(): void {
    this.#nextMessageId = 1;
  }

  has(kind: RouteKind, name: string): boolean {
    return this.#table.find(kind, name) !== undefined;
  }

  run(kind: RouteKind, name: string, context: ScriptContext): number | Promise<number> {
    const route = this.#table.find(kind, name);
    if (route === undefined) return 1;
    const { routeKind, routeName } = context;
    context.routeKind = kind;
    context.routeName = name;
    context.exited = false;
    context.dropped = false;
    context.depth = 0;
    const scope = this.#logScope;
    const outer = scope.context;
    scope.context = context;
    try {
      const result = route(context);
      scope.context = outer;
      if (typeof result !== 'number') return this.#settle(result, context, routeKind, routeName);
      context.routeKind = routeKind;
      context.routeName = routeName;
      return result;
    } catch (error) {
      const code = this.#failed(error, context, routeKind, routeName);
      scope.context = outer;
      return code;
    }
  }

  call(name: string, context: ScriptContext): number | Promise<number> | undefined {
    return this.#table.find('route', name)?.(context);
  }

  async #settle(
    result: Promise<number>,
    context: ScriptContext,
    routeKind: RouteKind,
    routeName: string,
  ): Promise<number> {
    try {
      const code = await result;
      context.routeKind = routeKind;
      context.routeName = routeName;
      return code;
    } catch (error) {
      return this.#failed(error, context, routeKind, routeName);
    }
  }

  #failed(error: unknown, context: ScriptContext, routeKind: RouteKind, routeName: string): number {
    this.#counters.scriptErrors++;
    const where = `${context.routeKind} route${context.routeName === '' ? '' : ` [${context.routeName}]`}`;
    const stack = error instanceof Error && error.stack !== undefined ? error.stack : errorText(error);
    const trace = this.#traces?.mapped(stack) ?? stack;
    this.#log.error(`${where} failed on ${context.message.method} ${context.message.callId}: ${trace}`);
    context.routeKind = routeKind;
    context.routeName = routeName;
    return -1;
  }

  contextFor(message: SipMessage, flow: Flow): RouteContext {
    return new RouteContext(message, flow, this.#clock.wallMs(), this.#nextMessageId++);
  }

  fakeContext(): ScriptContext {
    const message = parseMessage(standInRequest);
    if (isWireError(message)) throw new Error(message.reason);
    const context = this.contextFor(message, this.#localFlow());
    markAsFake(context);
    return context;
  }
}
