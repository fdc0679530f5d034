import { addressOfHost, hostOfAddress } from '../base/ip.ts';
import type { TransportProtocol } from '../base/ports.ts';
import { type NextHop, nextHopOf, protocolOf } from '../proxy/nextHop.ts';
import { parseUint } from '../sip/scan.ts';
import { ClientFailure } from './failure.ts';

/** Where requests go to, as the user wrote it. */
export interface Target {
  /** Input of RFC 3263. For ws and wss with a URL, the port is always there. */
  readonly hop: NextHop;
  /** The SIP URI that was given as target; undefined for a proxy's address. */
  readonly uri: string | undefined;
  /** Path and query of a WebSocket URL. */
  readonly path: string;
}

/** What sipexer sends to when no target is given. */
const defaultTarget = 'udp:127.0.0.1:5060';

/**
 * A target in any of its forms: a SIP URI, `proto:host[:port]`, a ws or wss URL, `host[:port]`, or as two or three
 * arguments `host port`, `proto host`, `proto host port`. Throws a `usage` failure.
 */
export function parseTarget(args: readonly string[]): Target {
  const [first = defaultTarget, second, third, ...rest] = args;
  if (rest.length > 0) throw wrong(args.join(' '), 'at most three words: proto host port');
  if (second === undefined) return targetOf(first);
  if (third !== undefined) return socketTarget(protocol(first), second, third, args.join(' '));
  const proto = protocolOf(first);
  if (proto !== undefined) return targetOf(`${first}:${second}`);
  return socketTarget(undefined, first, second, args.join(' '));
}

function targetOf(text: string): Target {
  if (/^wss?:\/\//i.test(text)) return webSocketTarget(text);
  if (/^sips?:/i.test(text)) {
    const hop = nextHopOf(text);
    if (hop === undefined) throw wrong(text, 'no valid SIP URI');
    return { hop, uri: text, path: '/' };
  }
  const colon = text.indexOf(':');
  const proto = colon < 0 ? undefined : protocolOf(text.slice(0, colon));
  const rest = proto === undefined ? text : text.slice(colon + 1).replace(/^\/\//, '');
  if (addressOfHost(rest) !== undefined) return socketTarget(proto, rest, undefined, text);
  const portAt = /:(\d*)$/.exec(rest);
  return portAt === null
    ? socketTarget(proto, rest, undefined, text)
    : socketTarget(proto, rest.slice(0, portAt.index), portAt[1] ?? '', text);
}

function webSocketTarget(text: string): Target {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw wrong(text, 'no valid WebSocket URL');
  }
  const proto = url.protocol === 'wss:' ? 'wss' : 'ws';
  const port = url.port === '' ? (proto === 'wss' ? 443 : 80) : Number(url.port);
  const hop: NextHop = { host: url.hostname, port, proto, secure: false };
  return { hop, uri: undefined, path: `${url.pathname}${url.search}` };
}

function socketTarget(
  proto: TransportProtocol | undefined,
  host: string,
  portText: string | undefined,
  whole: string,
): Target {
  const port = portText === undefined ? 0 : parseUint(portText, 0, portText.length, 65535);
  if (port < 0 || portText === '' || portText === '0') throw wrong(whole, `"${portText}" is no port`);
  const address = addressOfHost(host);
  const written = address === undefined ? host : hostOfAddress(address);
  if (nextHopOf(`sip:${written}`) === undefined) throw wrong(whole, `"${host}" is no host`);
  return { hop: { host: written, port, proto, secure: false }, uri: undefined, path: '/' };
}

function protocol(text: string): TransportProtocol {
  const proto = protocolOf(text);
  if (proto === undefined) throw wrong(text, 'the transports are udp, tcp, tls, ws, wss');
  return proto;
}

function wrong(text: string, why: string): ClientFailure {
  return new ClientFailure('usage', `target "${text}": ${why}`);
}

/** The Request-URI for a target that is no URI itself: `sip:[user@]host[:port][;transport=...]`. */
export function requestUriFor(target: Target, user: string): string {
  const { host, port, proto } = target.hop;
  const transport =
    proto === undefined || proto === 'udp' ? '' : `;transport=${proto === 'wss' ? 'ws' : proto}`;
  return `sip:${user === '' ? '' : `${user}@`}${host}${port === 0 ? '' : `:${port}`}${transport}`;
}
