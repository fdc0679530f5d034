import assert from 'node:assert/strict';
import type { Resolver } from '../../base/ports.ts';
import type { TestClock } from '../../base/testClock.ts';
import type { RouteKind } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { ResponseHandler } from '../../module/host.ts';
import {
  contextOf,
  type FakeHost,
  FakeTransport,
  fakeHost,
  ModuleUnderTest,
  requestText,
} from '../../module/testing.ts';
import { DnsCache } from '../../proxy/dnsCache.ts';
import { DnsLocation } from '../../proxy/dnsLocation.ts';
import { numericAddress, type ServerAddress, type ServerLocation } from '../../proxy/location.ts';
import type { NextHop } from '../../proxy/nextHop.ts';
import { StatelessProxy } from '../../proxy/stateless.ts';
import { HeaderKind } from '../../sip/headerKind.ts';
import { isWireError, parseMessage, type SipMessage } from '../../sip/message.ts';
import { buildResponse } from '../../sip/response.ts';
import tmModule from './index.ts';
import type { Tm } from './tm.ts';

/** Knows addresses only. */
class NumericOnly implements ServerLocation {
  locate(hop: NextHop): readonly ServerAddress[] {
    const address = numericAddress(hop);
    return address === undefined ? [] : [address];
  }
}

type Addresses = Readonly<Record<string, readonly string[]>>;

/** Location by DNS whose answers are written down here. */
export function tableResolver(records: { readonly a?: Addresses }): { readonly location: ServerLocation } {
  const none = async (): Promise<[]> => [];
  const resolver: Resolver = {
    naptr: none,
    srv: none,
    aaaa: none,
    txt: none,
    ptr: none,
    a: async (name) => (records.a?.[name] ?? []).map((address) => ({ address, ttlSec: 60 })),
  };
  const cacheSettings = { enabled: true, minTtlSec: 0, maxTtlSec: 3600, negativeTtlSec: 60, maxEntries: 100 };
  const entropy = { uint32: () => 0, bytes: (length: number) => new Uint8Array(length) };
  const settings = {
    tryNaptr: false,
    tryIpv4: true,
    tryIpv6: false,
    preferIpv6: false,
    balanceSrv: false,
    supports: () => true,
  };
  return { location: new DnsLocation(new DnsCache(resolver, cacheSettings, () => 0), entropy, settings) };
}

/** tm in a fake host: a client at 127.0.0.2:5070, servers wherever the requests go. */
export class Scene {
  readonly host: FakeHost;
  readonly clock: TestClock;
  readonly tm: Tm;
  readonly module: ModuleUnderTest;
  #onResponse: ResponseHandler = () => false;
  #afterRequest: (context: ScriptContext) => void = () => {};

  constructor(
    params: Record<string, number | string> = {},
    options: Partial<FakeHost> = {},
    sockets?: readonly string[],
  ) {
    const transport = new FakeTransport(sockets);
    const location = options.location ?? new NumericOnly();
    this.host = fakeHost({
      ...options,
      transport,
      stateless: new StatelessProxy(transport, location),
      hooks: {
        onRequest: () => {},
        beforeRequest: () => {},
        afterRequest: (handler) => {
          this.#afterRequest = handler;
        },
        onResponse: (handler) => {
          this.#onResponse = handler;
        },
        onConnectionClosed: () => {},
        onUnreachable: () => {},
        onStatelessReply: () => {},
        emitStatelessReply: () => {},
      },
      location,
    });
    this.clock = this.host.clock;
    this.module = new ModuleUnderTest(tmModule, this.host, params);
    this.tm = this.module.loaded.instance as Tm;
  }

  /** A request from the client, ready to be routed. */
  request(method: string, uri: string, headers = ''): ScriptContext {
    return contextOf(requestText(headers, { method, uri }));
  }

  call(name: string, context: ScriptContext, ...args: unknown[]): number | Promise<number> {
    return this.module.call(name, context, ...args);
  }

  /** The request script has ended. */
  ended(context: ScriptContext): void {
    this.#afterRequest(context);
  }

  /** A block that the config would have. */
  route(kind: RouteKind, name: string, run: (context: ScriptContext) => number): void {
    this.host.blocks.set(`${kind}:${name}`, (context) => {
      context.routeKind = kind;
      return run(context);
    });
  }

  /** The oldest message that was sent to an address and not yet taken. */
  take(address: string): string {
    const { sent } = this.host.transport;
    const at = sent.findIndex(({ destination }) => destination.address === address);
    assert.ok(at >= 0, `nothing was sent to ${address}`);
    return sent.splice(at, 1)[0]?.text ?? '';
  }

  /** How many messages wait to be taken. */
  get untaken(): number {
    return this.host.transport.sent.length;
  }

  /** The server that got `request` answers; true when tm consumed it. */
  async respond(request: string, status: number, reason: string, headers = ''): Promise<boolean> {
    const message = parsedMessage(request);
    const text = buildResponse(message, status, reason, { toTag: `to-${status}`, headers });
    const response = parsedMessage(text);
    const context = this.host.routes.contextFor(response, contextOf(requestText()).flow);
    context.message = response;
    return await this.#onResponse(response, context);
  }

  /** A response with its context, as the server would hand it over. */
  onResponse(context: ScriptContext): boolean | Promise<boolean> {
    return this.#onResponse(context.message, context);
  }

  assertNothingLeft(): void {
    assert.equal(this.tm.core.servers.size, 0, 'server transactions');
    assert.equal(this.tm.core.clients.size, 0, 'client transactions');
    assert.equal(this.host.timers.size, 0, 'timers');
    assert.equal(this.tm.counters.inUse, 0, 'transactions in use');
  }
}

export function parsedMessage(text: string): SipMessage {
  const message = parseMessage(text);
  assert.ok(!isWireError(message));
  return message;
}

export function branchOf(text: string): string {
  return parsedMessage(text).topmostVia?.branch ?? '';
}

export function cseqOf(text: string): string {
  return parsedMessage(text).value(HeaderKind.cseq) ?? '';
}
