import type { Timer } from '../../base/timerQueue.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { Config } from '../../module/define.ts';
import type { Host } from '../../module/host.ts';
import type { HttpRequests } from '../../module/httpRequests.ts';
import type { StreamKind, StreamLink } from '../../proxy/streamKind.ts';
import { WebSocketCounters } from './counters.ts';
import { isCloseCode, messageFrame, Opcode } from './frames.ts';
import { judgeHandshake, type SubProtocol } from './handshake.ts';
import type { webSocketParams } from './parameters.ts';
import { WebSocketSession } from './session.ts';

const closedEvent = 'websocket:closed';
/** Why no time limit of the transport is needed beside the keep-alive: a margin, seconds. */
const lifetimeMarginSec = 10;

/** Connection id in event_route[websocket:closed]. */
const closedId = Symbol('closed websocket');

const Mechanism = { none: 0, ping: 1, pong: 2 } as const;
const SubProtocolBit = { sip: 1, msrp: 2 } as const;

/** WebSockets of this server (RFC 6455, RFC 7118): handshakes, keep-alives, closing, and what scripts and RPC do with them. */
export class WebSockets {
  readonly counters = new WebSocketCounters();
  readonly sessions = new Map<number, WebSocketSession>();
  /** `ws.disable` */
  enabled = true;
  readonly #host: Host;
  readonly #config: Config<typeof webSocketParams>;
  /** Sub-protocol of the handshake that is being completed. */
  #accepted: SubProtocol = 'sip';
  #keepAliveTimer: Timer | undefined;
  readonly #kinds: Readonly<Record<'ws' | 'wss', StreamKind>>;

  constructor(host: Host, config: Config<typeof webSocketParams>) {
    this.#host = host;
    this.#config = config;
    this.#kinds = { ws: this.#kind('ws'), wss: this.#kind('wss') };
  }

  get host(): Host {
    return this.#host;
  }

  start(): void {
    const { log, transport, timers } = this.#host;
    const { event_callback, keepalive_interval, keepalive_mechanism } = this.#config;
    if (event_callback !== '')
      log.warn(`event callback (${event_callback}) needs a scripting engine, which Olelo does not have yet`);
    if (this.#protocols().length === 0)
      log.error('sub_protocols: msrp needs module msrp, which is not loaded');
    transport.streams?.add(this.#kinds.ws);
    transport.streams?.add(this.#kinds.wss);
    if (keepalive_mechanism !== Mechanism.none)
      this.#keepAliveTimer = timers.every(keepalive_interval * 1000, () => this.#keepAlive());
  }

  stop(): void {
    if (this.#keepAliveTimer !== undefined) this.#host.timers.cancel(this.#keepAliveTimer);
  }

  // ---- functions

  /** `ws_handle_handshake`: 1 when the connection is a WebSocket now; 0 (the route ends) when it was refused. */
  handshake(context: ScriptContext): number {
    const requests = this.#host.api<HttpRequests>('xhttp');
    if (requests?.isHttp(context) !== true) {
      this.#host.log.error('ws_handle_handshake: there is no HTTP request (module xhttp)');
      return -1;
    }
    if (!this.enabled) return this.#refuse(context, requests, 503, 'Service Unavailable', []);
    const request = { header: (name: string) => requests.header(context, name) };
    const outcome = judgeHandshake(request, {
      protocols: this.#protocols(),
      corsMode: this.#config.cors_mode,
    });
    if (!outcome.accepted) {
      this.#host.log.warn(`handshake with ${context.flow.address} refused: ${outcome.why}`);
      return this.#refuse(context, requests, outcome.status, outcome.reason, outcome.headers);
    }
    this.#accepted = outcome.protocol;
    const kind = context.flow.proto === 'tls' ? this.#kinds.wss : this.#kinds.ws;
    if (requests.upgrade(context, outcome.headers, kind)) return 1;
    this.counters.failed_handshakes++;
    return -1;
  }

  /** `ws_close`: 1, or -1 when there is no such connection or the status is none. */
  close(context: ScriptContext, code: number, reason: string, id: number | undefined): number {
    if (!isCloseCode(code)) {
      this.#host.log.error(`ws_close: ${code} is no status that a server may send`);
      return -1;
    }
    const session = this.sessions.get(id ?? context.flow.connectionId);
    return session?.close(code, reason) === true ? 1 : -1;
  }

  /** `$ws_conid`. */
  closedConnection(context: ScriptContext): number | null {
    return (context.scratch.get(closedId) as number | undefined) ?? null;
  }

  // ---- RPC

  control(id: number, opcode: typeof Opcode.ping | typeof Opcode.pong): boolean | undefined {
    return this.sessions.get(id)?.sendControl(opcode, this.#pingData());
  }

  // ---- connections

  #refuse(
    context: ScriptContext,
    requests: HttpRequests,
    status: number,
    reason: string,
    headers: Parameters<HttpRequests['upgrade']>[1],
  ): number {
    this.counters.failed_handshakes++;
    requests.reply(context, {
      status,
      reason,
      contentType: '',
      body: '',
      headers: [...headers, ['Connection', 'close']],
    });
    return 0;
  }

  #protocols(): readonly SubProtocol[] {
    const msrp = this.#host.isModuleLoaded('msrp');
    const wanted = this.#config.sub_protocols;
    return (['sip', 'msrp'] as const).filter(
      (each) => (wanted & SubProtocolBit[each]) !== 0 && (each === 'sip' || msrp),
    );
  }

  #kind(proto: 'ws' | 'wss'): StreamKind {
    return {
      proto,
      listen: (_net, address, port) =>
        Promise.reject(
          new Error(`listen=${proto}:${address}:${port}: WebSockets begin on tcp and tls sockets`),
        ),
      framer: ({ maxMessageBytes }, link) => this.#open(link, maxMessageBytes),
      encode: messageFrame,
      pong: messageFrame('\r\n'),
      lifetimeSec: () => this.#lifetimeSec(),
    };
  }

  /** Idle clients are found by pings; the transport only helps when these are off. */
  #lifetimeSec(): number {
    const { keepalive_mechanism, keepalive_timeout, keepalive_interval } = this.#config;
    if (keepalive_mechanism === Mechanism.none)
      return Number(this.#host.settings.get('tcp_connection_lifetime') ?? 120);
    return keepalive_timeout * 2 + keepalive_interval + lifetimeMarginSec;
  }

  #open(link: StreamLink, maxMessageBytes: number): WebSocketSession {
    const { timers } = this.#host;
    const session = new WebSocketSession(link, this.#accepted, {
      counters: this.counters,
      maxMessageBytes: Math.min(maxMessageBytes, this.#config.max_message_size),
      nowMs: () => timers.nowMs,
      after: (delayMs, fire) => {
        const timer = timers.schedule(delayMs, fire, undefined);
        return () => timers.cancel(timer);
      },
      closingMs: () => this.#config.rm_delay_interval * 1000,
      onClosed: (closed) => this.#closed(closed),
    });
    this.sessions.set(link.connectionId, session);
    this.counters.opened(session.protocol);
    return session;
  }

  #closed({ link }: WebSocketSession): void {
    this.sessions.delete(link.connectionId);
    const { routes } = this.#host;
    if (!routes.has('event', closedEvent)) return;
    const context = routes.fakeContext();
    context.flow = link.flow;
    context.scratch.set(closedId, link.connectionId);
    void routes.run('event', closedEvent, context);
  }

  /** A client that is idle is pinged; one that has not answered until the next time is gone. */
  #keepAlive(): void {
    const { keepalive_timeout, keepalive_mechanism, verbose_list } = this.#config;
    const idleSinceMs = this.#host.timers.nowMs - keepalive_timeout * 1000;
    for (const session of this.sessions.values()) {
      if (session.lastUsedMs > idleSinceMs) continue;
      if (verbose_list !== 0) this.#host.log.debug(`keep-alive of connection ${session.link.connectionId}`);
      if (session.awaitsPong) session.giveUp();
      else
        session.sendControl(
          keepalive_mechanism === Mechanism.ping ? Opcode.ping : Opcode.pong,
          this.#pingData(),
        );
    }
  }

  #pingData(): string {
    return this.#config.ping_application_data || this.#host.settings.serverHeader.replace(/^[^:]*: */, '');
  }
}
