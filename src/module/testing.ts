/** Fakes for the tests of modules: a context around a message text, and a host without a server. */
import { ServerError } from '../base/errors.ts';
import type { Log, LogRecord } from '../base/ports.ts';
import { TestClock } from '../base/testClock.ts';
import { TimerWheel } from '../base/timerWheel.ts';
import type { PvSyntax, RouteKind, Value } from '../lang/catalogue.ts';
import { makeTarget } from '../proxy/target.ts';
import type { Destination, Flow, ListenSocket, Transport } from '../proxy/transport.ts';
import { isWireError, parseMessage, type SipMessage } from '../sip/message.ts';
import type { ScriptContext } from './context.ts';
import type { AnyModule, PvBinding, Result } from './define.ts';
import { GroupInstances } from './groupInstances.ts';
import type { Hooks, Host, RuntimeVariable, Statistics } from './host.ts';
import { functionsOf, LoadedModule } from './registry.ts';
import { type RpcArgument, RpcFault, type RpcMethod, type RpcReply } from './rpc.ts';
import { VariableStores } from './variables.ts';

/** A socket as `listen=proto:address:port` makes it. */
export function socketOf(text: string, extra: Partial<ListenSocket> = {}): ListenSocket {
  const [proto = 'udp', address = '127.0.0.1', port = '5060'] = text.split(':');
  return {
    index: 0,
    proto: proto as ListenSocket['proto'],
    address,
    port: Number(port),
    family: 4,
    sentByHost: address,
    sentByPort: Number(port),
    advertised: false,
    name: '',
    virtual: false,
    text,
    ...extra,
  };
}

export interface ContextOptions {
  readonly flow?: Partial<Flow>;
  readonly socket?: string;
  readonly routeKind?: RouteKind;
}

/** A context for a message text (`\n` or CRLF line ends; the empty line may be missing). */
export function contextOf(text: string, options: ContextOptions = {}): ScriptContext {
  const message = messageOf(text);
  const socket = socketOf(options.socket ?? 'udp:127.0.0.1:5060');
  return {
    returnCode: 1,
    exited: false,
    dropped: false,
    depth: 0,
    routeKind: options.routeKind ?? 'request',
    routeName: '',
    message,
    response: undefined,
    flow: { socket, proto: socket.proto, address: '127.0.0.2', port: 5070, connectionId: 0, ...options.flow },
    receivedWallMs: 1_700_000_000_000,
    messageId: 1,
    target: makeTarget(message.requestUri),
    uriChanged: false,
    branches: [],
    flags: 0,
    branchIndex: -1,
    variables: new VariableStores(),
    locals: new Map<string, Value>(),
    replyHeaders: '',
    replyBody: undefined,
    newBody: undefined,
    forceRport: false,
    addLocalRport: false,
    advertisedHost: '',
    advertisedPort: 0,
    transaction: undefined,
    scratch: new Map(),
  };
}

function messageOf(text: string): SipMessage {
  const lines = text.replace(/\r?\n/g, '\r\n');
  const whole = lines.includes('\r\n\r\n') ? lines : `${lines.replace(/(\r\n)*$/, '')}\r\n\r\n`;
  const message = parseMessage(whole);
  if (isWireError(message)) throw new ServerError('TEST_MESSAGE', message.reason);
  return message;
}

/** A request with the usual headers, and `headers` (lines) behind them. */
export function requestText(
  headers = '',
  options: { method?: string; uri?: string; toTag?: string; body?: string } = {},
): string {
  const { method = 'INVITE', uri = 'sip:bob@example.com', toTag = '', body = '' } = options;
  const to = toTag === '' ? '' : `;tag=${toTag}`;
  const extra = headers === '' || headers.endsWith('\n') ? headers : `${headers}\n`;
  return (
    `${method} ${uri} SIP/2.0\nVia: SIP/2.0/UDP 127.0.0.2:5070;branch=z9hG4bK1\n` +
    `From: <sip:alice@example.com>;tag=ft\nTo: <sip:bob@example.com>${to}\nCall-ID: c1\n` +
    `CSeq: 1 ${method}\n${extra}Content-Length: ${body.replace(/\r?\n/g, '\r\n').length}\n\n${body}`
  );
}

/** The message as it would leave now, pending edits applied. */
export function rendered(context: ScriptContext): string {
  const { message } = context;
  return message.edits.render(message.text, 0, message.text.length);
}

/** Sockets that are there, and all that was sent. */
export class FakeTransport implements Transport {
  readonly sockets: ListenSocket[];
  readonly sent: { readonly text: string; readonly destination: Destination }[] = [];
  /** Further own names (`alias`). */
  readonly aliases = new Set<string>();

  constructor(sockets: readonly string[] = ['udp:127.0.0.1:5060', 'tcp:127.0.0.1:5060']) {
    this.sockets = sockets.map((text, index) => socketOf(text, { index }));
  }

  socketFor(proto: ListenSocket['proto']): ListenSocket | undefined {
    return this.sockets.find((socket) => socket.proto === proto);
  }
  findSocket(text: string): ListenSocket | undefined {
    return this.sockets.find(
      (socket) => socket.text === text || (socket.name !== '' && socket.name === text),
    );
  }
  send(text: string, destination: Destination): boolean {
    this.sent.push({ text, destination });
    return true;
  }
  isLocal(host: string, port: number, proto: ListenSocket['proto'] | undefined): boolean {
    if (this.aliases.has(host)) return true;
    return this.sockets.some(
      (socket) =>
        (socket.address === host || socket.sentByHost === host) &&
        (port === 0 || socket.port === port) &&
        (proto === undefined || socket.proto === proto),
    );
  }
  closeConnection(): boolean {
    return false;
  }
  isConnected(): boolean {
    return false;
  }
}

/** Keeps what was logged. */
export class FakeLog implements Log {
  readonly lines: string[] = [];
  readonly records: LogRecord[] = [];
  level = 3;

  enabled(level: number): boolean {
    return level <= this.level;
  }
  write(level: number, text: string): void {
    if (this.enabled(level)) this.lines.push(text);
  }
  record(record: LogRecord): void {
    if (!this.enabled(record.level)) return;
    this.records.push(record);
    this.lines.push(record.text);
  }
  error(text: string): void {
    this.write(-1, text);
  }
  warn(text: string): void {
    this.write(0, text);
  }
  notice(text: string): void {
    this.write(1, text);
  }
  info(text: string): void {
    this.write(2, text);
  }
  debug(text: string): void {
    this.write(3, text);
  }
}

class FakeStatistics implements Statistics {
  readonly entries = new Map<
    string,
    { group: string; name: string; read: () => number; reset?: () => void }
  >();

  register(group: string, name: string, read: () => number, reset?: () => void): void {
    this.entries.set(`${group}:${name}`, { group, name, read, ...(reset === undefined ? {} : { reset }) });
  }
  unregister(group: string, name: string): void {
    this.entries.delete(`${group}:${name}`);
  }
  read(name: string, group?: string): number | undefined {
    return this.#find(name, group)?.read();
  }
  reset(name: string, group?: string): boolean {
    const entry = this.#find(name, group);
    entry?.reset?.();
    return entry?.reset !== undefined;
  }
  list(group?: string): readonly { group: string; name: string; value: number }[] {
    const all = [...this.entries.values()].filter((entry) => group === undefined || entry.group === group);
    return all.map((entry) => ({ group: entry.group, name: entry.name, value: entry.read() }));
  }
  #find(name: string, group?: string) {
    return [...this.entries.values()].find(
      (entry) => entry.name === name && (group === undefined || entry.group === group),
    );
  }
}

/** What a fake host remembers, and what a test puts there before. */
export interface FakeHost extends Host {
  readonly log: FakeLog;
  readonly clock: TestClock;
  readonly transport: FakeTransport;
  /** APIs that `host.api(name)` finds. */
  readonly apis: Map<string, unknown>;
  readonly runtimeVariables: RuntimeVariable[];
  readonly rpcMethods: Map<string, RpcMethod>;
  /** Global parameters that `settings.get` finds. */
  readonly globals: Map<string, number | string>;
  /** Blocks that `routes.has` and `routes.run` find, under `kind:name`. */
  readonly blocks: Map<string, (context: ScriptContext) => number>;
}

const noHooks: Hooks = {
  onRequest() {},
  beforeRequest() {},
  afterRequest() {},
  onResponse() {},
  onConnectionClosed() {},
  onUnreachable() {},
  onStatelessReply() {},
  emitStatelessReply() {},
};

/** A host without a server: ports that were not given fail when they are used. */
export function fakeHost(options: Partial<Host> & { readonly sockets?: readonly string[] } = {}): FakeHost {
  const log = new FakeLog();
  const clock = new TestClock();
  const { sockets, ...given } = options;
  let seed = 1;
  const base = {
    log,
    clock,
    entropy: {
      uint32: () => (seed = (seed * 1664525 + 1013904223) >>> 0),
      bytes: (length: number) => new Uint8Array(length).fill(7),
    },
    timers: new TimerWheel(clock, 10),
    transport: new FakeTransport(sockets),
    statistics: new FakeStatistics(),
    hooks: noHooks,
    startId: 'test',
    startedSec: 1_700_000_000,
    logFieldsOf: () => ({}),
    isModuleLoaded: (name: string) => apis.has(name),
    api: (name: string) => apis.get(name),
    fail: (reason: string) => log.error(reason),
  };
  const apis = new Map<string, unknown>();
  const host = { ...base, ...registries(), apis, ...given };
  return new Proxy(host as unknown as FakeHost, {
    get(target, key, receiver) {
      if (typeof key === 'string' && !(key in target))
        throw new ServerError('TEST_HOST', `the fake host has no '${key}'`);
      return Reflect.get(target, key, receiver);
    },
  });
}

/** Settings, routes, RPC and runtime parameters, all empty and open to the test. */
function registries() {
  const runtimeVariables: RuntimeVariable[] = [];
  const rpcMethods = new Map<string, RpcMethod>();
  const globals = new Map<string, number | string>();
  const blocks = new Map<string, (context: ScriptContext) => number>();
  return {
    runtimeVariables,
    rpcMethods,
    globals,
    blocks,
    settings: {
      get: (name: string) => globals.get(name),
      serverHeader: 'Server: test',
      userAgentHeader: 'User-Agent: test',
      maxBranches: 12,
      custom: () => undefined,
    },
    routes: {
      has: (kind: RouteKind, name: string) => blocks.has(`${kind}:${name}`),
      run: (kind: RouteKind, name: string, context: ScriptContext) =>
        blocks.get(`${kind}:${name}`)?.(context) ?? 1,
      call: (name: string, context: ScriptContext) => blocks.get(`route:${name}`)?.(context),
      contextFor: (message: SipMessage, flow: Flow) => ({ ...contextOf(message.text), message, flow }),
      fakeContext: () => contextOf(requestText('', { method: 'OPTIONS' })),
    },
    rpc: {
      find: (name: string) => rpcMethods.get(name),
      names: () => [...rpcMethods.keys()].sort(),
      call: async (name: string, args: readonly RpcArgument[]): Promise<RpcReply> =>
        (await rpcMethods.get(name)?.run(args)) ?? new RpcFault(500, `command ${name} not found`),
    },
    runtimeConfig: {
      groups: () => [...new Set(runtimeVariables.map((variable) => variable.group))],
      variables: (group: string) => runtimeVariables.filter((variable) => variable.group === group),
      find: (group: string, name: string) =>
        runtimeVariables.find((variable) => variable.group === group && variable.name === name),
      instances: new GroupInstances(),
      isCustom: (group: string) => runtimeVariables.some((variable) => variable.group === group),
    },
  };
}

/** A module in a fake host, its functions callable by the name and arity that a config uses. */
export class ModuleUnderTest {
  readonly loaded: LoadedModule;
  readonly host: FakeHost;

  constructor(module: AnyModule, host: FakeHost = fakeHost(), params: Record<string, number | string> = {}) {
    this.host = host;
    this.loaded = new LoadedModule(module, () => host);
    for (const [name, value] of Object.entries(params)) {
      const error = this.loaded.assign(name, value);
      if (error !== undefined) throw new ServerError('TEST_PARAM', error);
    }
  }

  /** Calls a function as a config would; arguments as the declaration's `run` receives them. */
  call(name: string, context: ScriptContext, ...args: unknown[]): Result {
    const functions = functionsOf(this.loaded.declaration);
    const declaration =
      functions[name] ?? Object.values(functions).find((other) => other.aliases?.includes(name));
    const signature = declaration?.signatures.find(
      (candidate) =>
        args.length <= candidate.args.length &&
        args.length >= candidate.args.filter((argument) => !argument.optional).length,
    );
    if (signature === undefined) throw new ServerError('TEST_CALL', `no ${name}/${args.length}`);
    return signature.run(this.loaded.instance, context, ...(args as never[]));
  }

  /** Reads a simple pseudo-variable. */
  pv(name: string, context: ScriptContext): Value | undefined {
    return this.loaded.declaration.pvs?.[name]?.get?.(this.loaded.instance, context);
  }

  /** Binds a variable as a config writes it, with constant name and index: `$(hdr(X)[1])`. */
  bind(text: string): PvBinding {
    const match = /^\$\(?([^()[\]]+)(?:\(([^()]*(?:\([^()]*\))?)\))?(?:\[(\*|-?\d+)\])?\)?$/.exec(text);
    if (match === null) throw new ServerError('TEST_PV', `cannot read ${text}`);
    const [, name = '', inner, indexText] = match;
    const index = indexText === undefined || indexText === '*' ? indexText : Number(indexText);
    const syntax = { name, inner, innerParts: undefined, index, transformations: [], text } as const;
    const pv = this.loaded.declaration.pvs?.[name];
    if (pv === undefined) throw new ServerError('TEST_PV', `no $${name}`);
    const { get, set } = pv;
    const self = this.loaded.instance;
    const bound = pv.bind?.(self, {
      syntax: syntax as PvSyntax,
      inner,
      innerOf: () => inner ?? '',
      index: index as number | '*' | undefined,
      hasIndex: index !== undefined,
      indexOf: () => index as number | '*' | undefined,
    });
    if (bound !== undefined && 'message' in bound) throw new ServerError('TEST_PV', bound.message);
    return (
      bound ?? {
        get: (context) => get?.(self, context) ?? null,
        ...(set === undefined ? {} : { set: (context, value) => set(self, context, value) }),
      }
    );
  }

  /** Reads a variable as a config writes it. */
  read(text: string, context: ScriptContext): Value {
    return this.bind(text).get(context);
  }

  /** Assigns to a variable as a config writes it. */
  assign(text: string, context: ScriptContext, value: Value): void {
    const { set } = this.bind(text);
    if (set === undefined) throw new ServerError('TEST_PV', `${text} is read-only`);
    set(context, value, '=');
  }

  rpc(name: string, ...args: RpcArgument[]): RpcReply | Promise<RpcReply> {
    const method = this.loaded.declaration.rpc?.[name];
    if (method === undefined) throw new ServerError('TEST_RPC', `no RPC ${name}`);
    return method.run(this.loaded.instance, args);
  }
}
