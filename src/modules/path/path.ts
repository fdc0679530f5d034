import type { ScriptContext } from '../../module/context.ts';
import type { Config } from '../../module/define.ts';
import type { Host } from '../../module/host.ts';
import type { ListenSocket } from '../../proxy/transport.ts';
import type { OutgoingHop } from '../../sip/editList.ts';
import { unescapeText } from '../../sip/escape.ts';
import { hostOfAddress, isIpAddress } from '../../sip/host.ts';
import { parseParams } from '../../sip/params.ts';
import { splitUri } from '../../sip/uriParts.ts';

export const params = {
  use_received: {
    type: 'int',
    default: 0,
    doc: 'Send requests whose own Route has a received parameter to that address (needs rr).',
  },
  received_format: {
    type: 'int',
    default: 0,
    min: 0,
    max: 1,
    doc: 'The received parameter is an escaped URI (0) or address~port~protocol number (1).',
  },
  received_name: { type: 'string', default: 'received', doc: 'Name of that parameter.' },
  enable_r2: { type: 'int', default: 0, doc: 'Write two Path headers, for the way out and the way in.' },
  sockname_mode: { type: 'int', default: 0, doc: 'Write the name of the socket as sn parameter.' },
} as const;

export type PathConfig = Config<typeof params>;

/** Protocol numbers of the `address~port~protocol` form. */
const protocolNumbers: readonly string[] = ['', 'udp', 'tcp', 'tls', 'sctp', 'ws', 'wss'];

/** What of rr is used. */
interface OwnRoutes {
  onLooseRoute(handler: (context: ScriptContext, params: string) => void): void;
}

/** What of outbound is used (RFC 5626 §5.1). */
interface Tokens {
  applies(context: ScriptContext): boolean;
  encode(context: ScriptContext): string;
}

/** Path of an intermediate proxy (RFC 3327). */
export class PathWriter {
  readonly #host: Host;
  readonly #config: PathConfig;

  constructor(host: Host, config: PathConfig) {
    this.#host = host;
    this.#config = config;
  }

  start(): void {
    if (this.#config.use_received === 0) return;
    const rr = this.#host.api<OwnRoutes>('rr');
    if (rr === undefined) this.#host.log.warn('use_received has no effect: rr is not loaded');
    else rr.onLooseRoute((context, routeParams) => this.#followReceived(context, routeParams));
  }

  /** Adds Path above those that are there; its socket is settled when the copy leaves. */
  add(context: ScriptContext, user: string, extra: string, withReceived: boolean): number {
    if (/[\0-\x1f\x7f<>"]/.test(user + extra)) {
      this.#host.log.error('add_path: user or parameters cannot stand in a URI');
      return -1;
    }
    const outbound = user === '' && extra === '' ? this.#host.api<Tokens>('outbound') : undefined;
    const isFlow = outbound?.applies(context) === true;
    const name = isFlow ? (outbound?.encode(context) ?? '') : user;
    const received = withReceived ? `;${this.#config.received_name}=${this.#receivedOf(context)}` : '';
    const tail = `;lr${received}${extra === '' ? '' : `;${extra}`}${isFlow ? ';ob' : ''}`;
    this.#insert(context, name === '' ? '' : `${name}@`, tail);
    return 1;
  }

  #insert(context: ScriptContext, prefix: string, tail: string): void {
    const { message, flow } = context;
    const { enable_r2, sockname_mode } = this.#config;
    const { sockets } = this.#host.transport;
    const above = message.findName('Path');
    const offset = above >= 0 ? message.headerStart(above) : message.headersEnd;
    const uriOf = (socket: ListenSocket) => prefix + socketPart(socket, sockname_mode !== 0);
    const text = (hop: OutgoingHop | undefined) => {
      const socket = hop === undefined ? flow.socket : socketOfHop(sockets, flow.socket, hop);
      const out = socket === undefined ? prefix + hopPart(hop as OutgoingHop) : uriOf(socket);
      if (enable_r2 === 0) return line(out + tail);
      return line(`${out}${tail};r2=on`) + line(`${uriOf(flow.socket)}${tail};r2=on`);
    };
    message.edits.insert(offset, text);
  }

  #receivedOf(context: ScriptContext): string {
    const { address, port, proto } = context.flow;
    const host = hostOfAddress(address);
    if (this.#config.received_format === 1) return `${host}~${port}~${protocolNumbers.indexOf(proto)}`;
    return `sip:${host}:${port}${proto === 'udp' ? '' : `%3Btransport%3D${proto}`}`;
  }

  /** The own Route names the address that the registration came from. */
  #followReceived(context: ScriptContext, routeParams: string): void {
    const named = parseParams(routeParams, 0, routeParams.length);
    const value = named?.get(this.#config.received_name);
    if (value === undefined || value === '') return;
    const uri = this.#config.received_format === 1 ? uriOfAlias(value) : unescapeText(value);
    if (uri !== undefined && splitUri(uri) !== undefined) context.target.nextHop = uri;
    else this.#host.log.warn(`malformed ${this.#config.received_name} in the own Route: ${value}`);
  }
}

/** `sip:address:port;transport=...` of `address~port~protocol`. */
function uriOfAlias(value: string): string | undefined {
  const [host = '', port = '', number = '', ...rest] = value.split('~');
  const proto = protocolNumbers[Number(number)];
  const isFit = rest.length === 0 && isIpAddress(host) && /^\d{1,5}$/.test(port) && /^\d$/.test(number);
  if (!isFit || proto === undefined || proto === '') return undefined;
  return `sip:${host}:${port}${proto === 'udp' ? '' : `;transport=${proto === 'wss' ? 'ws' : proto}`}`;
}

function line(uri: string): string {
  return `Path: <sip:${uri}>\r\n`;
}

function socketPart(socket: ListenSocket, withName: boolean): string {
  const name = withName && socket.name !== '' ? `;sn=${socket.name}` : '';
  return hostPart(socket.sentByHost, socket.sentByPort, socket.proto) + name;
}

function hopPart(hop: OutgoingHop): string {
  return hostPart(hop.sentByHost, hop.sentByPort, hop.proto);
}

function hostPart(host: string, port: number, proto: string): string {
  const transport = proto === 'udp' ? '' : `;transport=${proto === 'wss' ? 'ws' : proto}`;
  return `${host}${port === 0 || port === 5060 ? '' : `:${port}`}${transport}`;
}

/** The socket behind a hop; undefined when the script has overridden what it advertises. */
function socketOfHop(
  sockets: readonly ListenSocket[],
  inbound: ListenSocket,
  hop: OutgoingHop,
): ListenSocket | undefined {
  const isIt = (socket: ListenSocket) =>
    socket.proto === hop.proto &&
    socket.sentByPort === hop.sentByPort &&
    socket.sentByHost === hop.sentByHost;
  return isIt(inbound) ? inbound : sockets.find(isIt);
}
