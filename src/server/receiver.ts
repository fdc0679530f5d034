import { errorText } from '../base/errors.ts';
import type { Clock, Log } from '../base/ports.ts';
import { setIncoming } from '../module/wire.ts';
import { defaultPort, type Flow, type Transport } from '../proxy/transport.ts';
import type { RouteContext } from '../script/context.ts';
import { isWireError, parseMessage, type SipMessage, type WireError } from '../sip/message.ts';
import { reasonPhraseOf } from '../sip/reasonPhrases.ts';
import { buildResponse } from '../sip/response.ts';
import { validateOnReceipt } from '../sip/validate.ts';
import type { CoreCounters } from './coreCounters.ts';
import type { ServerHooks } from './hooks.ts';
import { Mailboxes } from './mailbox.ts';
import { ReceiveOptions } from './receiveOptions.ts';
import type { RouteRunner, RoutingScope } from './routes.ts';
import type { ServerSettings } from './settings.ts';

const parseErrorEvent = 'core:receive-parse-error';

export interface ReceiverParts {
  readonly log: Log;
  readonly clock: Clock;
  readonly counters: CoreCounters;
  readonly hooks: ServerHooks;
  readonly routes: RouteRunner;
  readonly settings: ServerSettings;
  readonly transport: Transport;
  /** Is told which message is being routed. */
  readonly logScope: RoutingScope;
  /** Forwards a response that nobody consumed along its Via (RFC 3261 §16.11); false when it cannot be. */
  readonly forwardResponse: (context: RouteContext) => boolean;
}

/** The way of a message from the transport into the routes: parse, check, wait for its turn, run. */
export class Receiver {
  readonly #parts: ReceiverParts;
  readonly #mailboxes: Mailboxes<RouteContext>;
  readonly #options: ReceiveOptions;

  constructor(parts: ReceiverParts) {
    this.#parts = parts;
    this.#options = new ReceiveOptions(parts.settings);
    this.#mailboxes = new Mailboxes(
      (context) => this.#handle(context),
      (context) => this.#shed(context),
      () => parts.clock.nowMs(),
    );
  }

  /** Calls with a message under way. */
  get busyCalls(): number {
    return this.#mailboxes.busy;
  }

  get waitingMessages(): number {
    return this.#mailboxes.waiting;
  }

  drained(): Promise<void> {
    return this.#mailboxes.drained();
  }

  /** One message as text (latin1), as the transport framed it. Never throws. */
  receive(text: string, flow: Flow): void {
    const options = this.#options.refresh();
    if (text.length > options.maxMessageBytes) {
      this.#tooLong(text, flow);
      return;
    }
    const message = parseMessage(text);
    if (isWireError(message)) {
      this.#malformed(text, message, flow);
      return;
    }
    const { counters, routes } = this.#parts;
    // What no script could handle goes no further, as in Kamailio; all else is the script's business (sanity module).
    const fault = validateOnReceipt(message);
    if (fault !== undefined) {
      this.#malformed(text, fault, flow);
      return;
    }
    if (message.isRequest) counters.countRequest(message.method);
    else counters.countReply(message.statusCode, message.method);
    if (options.checkVia && !message.isRequest && !this.#hasOurVia(message, flow)) return;
    const context = routes.contextFor(message, flow);
    context.forceRport = options.forceRport;
    context.addLocalRport = options.localRport;
    this.#mailboxes.deliver(message.callId, context);
  }

  #tooLong(text: string, flow: Flow): void {
    const { counters, log } = this.#parts;
    counters.badMessages++;
    const from = `${flow.proto}:${flow.address}:${flow.port}`;
    log.error(`message of ${text.length} bytes from ${from} dropped: more than msg_recv_max_size`);
  }

  /** `check_via`: did we send the request that this response answers? */
  #hasOurVia(message: SipMessage, flow: Flow): boolean {
    const { counters, log, transport } = this.#parts;
    const via = message.topmostVia;
    if (via === undefined) return false;
    if (transport.isLocal(via.host, via.port || defaultPort(flow.proto), flow.proto)) return true;
    counters.droppedReplies++;
    log.info(`response dropped: its topmost Via ${via.host}:${via.port} is not ours`);
    return false;
  }

  /** Runs a block, and logs how long it took where somebody wants to know (`latency_cfg_log`). */
  #timed(kind: 'request' | 'reply', context: RouteContext): number | Promise<number> {
    const { log, routes, clock } = this.#parts;
    const level = this.#options.routeTimeLevel;
    if (!log.enabled(level)) return routes.run(kind, '', context);
    const startedMs = clock.nowMs();
    const tell = (code: number): number => {
      log.write(level, `${kind}-route executed in: ${Math.round((clock.nowMs() - startedMs) * 1000)} usec`);
      return code;
    };
    const result = routes.run(kind, '', context);
    return typeof result === 'number' ? tell(result) : result.then(tell);
  }

  #handle(context: RouteContext): void | Promise<void> {
    const { logScope } = this.#parts;
    logScope.context = context;
    try {
      return context.message.isRequest ? this.#request(context) : this.#response(context);
    } catch (error) {
      this.#escaped(error, context);
      return undefined;
    } finally {
      logScope.context = undefined;
    }
  }

  #request(context: RouteContext): void | Promise<void> {
    const prepared = this.#parts.hooks.prepareRequest(context);
    if (prepared === undefined) return this.#routeRequest(context);
    return prepared.then(() => this.#routeRequest(context));
  }

  #routeRequest(context: RouteContext): void | Promise<void> {
    const { hooks, routes } = this.#parts;
    if (routes.has('event', 'core:pre-routing')) {
      const ran = routes.run('event', 'core:pre-routing', context);
      if (typeof ran !== 'number') return ran.then(() => this.#routeAfter(context));
      if (context.dropped) return undefined;
    }
    if (!hooks.emitRequest(context)) return undefined;
    const result = this.#timed('request', context);
    if (typeof result === 'number') {
      this.#requestEnded(context);
      return undefined;
    }
    return result.then(() => this.#requestEnded(context));
  }

  /** Goes on behind a pre-routing block that had to wait. */
  #routeAfter(context: RouteContext): void | Promise<void> {
    const { hooks } = this.#parts;
    if (context.dropped || !hooks.emitRequest(context)) return undefined;
    const result = this.#timed('request', context);
    if (typeof result !== 'number') return result.then(() => this.#requestEnded(context));
    this.#requestEnded(context);
    return undefined;
  }

  #requestEnded(context: RouteContext): void {
    try {
      this.#parts.hooks.emitAfterRequest(context);
    } catch (error) {
      this.#escaped(error, context);
    }
  }

  #response(context: RouteContext): void | Promise<void> {
    const { routes } = this.#parts;
    context.response = context.message;
    if (!routes.has('reply', '')) return this.#deliverResponse(context);
    const ran = this.#timed('reply', context);
    if (typeof ran !== 'number') return ran.then(() => this.#deliverUnlessDropped(context));
    return this.#deliverUnlessDropped(context);
  }

  #deliverUnlessDropped(context: RouteContext): void | Promise<void> {
    if (!context.dropped) return this.#deliverResponse(context);
    this.#parts.counters.droppedReplies++;
    return undefined;
  }

  #deliverResponse(context: RouteContext): void | Promise<void> {
    const consumed = this.#parts.hooks.emitResponse(context.message, context);
    if (typeof consumed === 'boolean') {
      if (!consumed) this.#forwardStateless(context);
      return undefined;
    }
    return consumed.then(
      (taken) => {
        if (!taken) this.#forwardStateless(context);
      },
      (error: unknown) => this.#escaped(error, context),
    );
  }

  #forwardStateless(context: RouteContext): void {
    const { counters, forwardResponse } = this.#parts;
    if (forwardResponse(context)) counters.forwardedReplies++;
    else counters.errorReplies++;
  }

  #malformed(text: string, error: WireError, flow: Flow): void {
    const { counters, log } = this.#parts;
    counters.badMessages++;
    const start = JSON.stringify(text.slice(0, 120));
    this.#runParseError(text, flow);
    log.error(
      `malformed message from ${flow.proto}:${flow.address}:${flow.port} at byte ${error.offset}: ${error.reason}; it begins ${start}`,
    );
  }

  /** event_route[core:receive-parse-error]: with a stand-in message, `$mb` and `$si` tell what came from where. */
  #runParseError(text: string, flow: Flow): void {
    const { routes } = this.#parts;
    if (!routes.has('event', parseErrorEvent)) return;
    const context = routes.fakeContext();
    context.flow = flow;
    setIncoming(context, { text, flow });
    void routes.run('event', parseErrorEvent, context);
  }

  #shed(context: RouteContext): void {
    this.#parts.counters.shedMessages++;
    const { message, flow } = context;
    if (message.isRequest && message.method !== 'ACK')
      this.#answer(message, flow, 503, reasonPhraseOf(503), 'Retry-After: 5');
  }

  #answer(message: SipMessage, flow: Flow, status: number, reason: string, header: string): void {
    const { transport } = this.#parts;
    const text = buildResponse(message, status, reason, {
      toTag: 'olelo',
      headers: header === '' ? '' : `${header}\r\n`,
      source: flow,
    });
    transport.send(text, {
      proto: flow.proto,
      address: flow.address,
      port: flow.port,
      socket: flow.socket,
      connectionId: flow.connectionId,
      host: '',
    });
  }

  #escaped(error: unknown, context: RouteContext): void {
    this.#parts.counters.scriptErrors++;
    const detail = error instanceof Error && error.stack !== undefined ? error.stack : errorText(error);
    this.#parts.log.error(`processing ${context.message.method} ${context.message.callId} failed: ${detail}`);
  }
}
