import type { SocketAddress } from './ast.ts';
import { isIpv4 } from './lexemes.ts';
import type { TokenReader } from './tokenReader.ts';

const protocols = new Set(['udp', 'tcp', 'tls', 'sctp', 'ws', 'wss']);

const MAX_PORT = 65535;

/** `[proto:]host[:port[-port]]`; a host is a quoted string, a name, an IPv4 or IPv6 address, or `*`. */
export function parseSocketAddress(reader: TokenReader): SocketAddress {
  const protocol = parseProtocol(reader);
  const host = parseHost(reader);
  return { protocol, host, ...parsePorts(reader) };
}

/** As above, but the host may be a list in parentheses: one address for each. */
export function parseSocketAddresses(reader: TokenReader): SocketAddress[] {
  const protocol = parseProtocol(reader);
  const hosts = reader.isSymbol('(') ? parseHostList(reader) : [parseHost(reader)];
  const ports = parsePorts(reader);
  return hosts.map((host) => ({ protocol, host, ...ports }));
}

function parseProtocol(reader: TokenReader): string | undefined {
  const token = reader.peek();
  const name = token.text.toLowerCase();
  if (token.kind !== 'word' || !protocols.has(name) || !reader.isSymbol(':', 1)) return undefined;
  reader.next();
  reader.next();
  return name;
}

function parseHostList(reader: TokenReader): string[] {
  const hosts: string[] = [];
  reader.expectSymbol('(', 'before the list');
  do hosts.push(parseHost(reader));
  while (reader.takeSymbol(','));
  reader.expectSymbol(')', 'after the list');
  return hosts;
}

export function parseHost(reader: TokenReader): string {
  const token = reader.peek();
  if (token.kind === 'string') return unbracket(reader.next().text);
  if (reader.takeSymbol('[')) {
    const address =
      reader.peek().kind === 'ipv6' ? reader.next().text : reader.failExpecting('an IPv6 address');
    reader.expectSymbol(']', 'after the IPv6 address');
    return address;
  }
  if (token.kind === 'ipv6' || reader.isSymbol('*')) return reader.next().text;
  return parseHostName(reader);
}

/** Words, digits, dots and hyphens that stand together without a space. */
function parseHostName(reader: TokenReader): string {
  const first = reader.peek();
  const named = first.kind === 'word' || first.kind === 'number';
  if (!named || reader.atRouteStart || reader.isSymbol('=', 1)) {
    reader.failExpecting('a host name or IP address');
  }
  let name = reader.next().text;
  for (let token = reader.peek(); !token.spaced; token = reader.peek()) {
    const joins = token.kind === 'symbol' && (token.text === '.' || token.text === '-');
    if (!joins && token.kind !== 'word' && token.kind !== 'number') break;
    name += reader.next().text;
  }
  if (/^[\d.]+$/.test(name) && !isIpv4(name)) {
    reader.diagnostics.error('OL0201', first.span, `'${name}' is not an IPv4 address`);
  }
  return name;
}

function parsePorts(reader: TokenReader): { port: number | undefined; lastPort: number | undefined } {
  if (!reader.isSymbol(':')) return { port: undefined, lastPort: undefined };
  reader.next();
  const port = parsePort(reader);
  const lastPort = reader.takeSymbol('-') ? parsePort(reader) : undefined;
  return { port, lastPort };
}

function parsePort(reader: TokenReader): number {
  const token = reader.peek();
  const port = token.kind === 'number' || token.kind === 'string' ? Number(token.text) : Number.NaN;
  if (!Number.isInteger(port) || port < 0 || port > MAX_PORT) reader.failExpecting('a port number');
  reader.next();
  return port;
}

function unbracket(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
}

const addressText =
  /^(?:(udp|tcp|tls|sctp|ws|wss):)?(\[[0-9a-f:.]+\]|[^:[\]\s/]+)(?::(\d{1,5})(?:-(\d{1,5}))?)?$/i;

/** The same from one piece of text, e.g. a quoted `listen` value or `-l` on the command line. */
export function socketAddressOf(text: string): SocketAddress | undefined {
  const match = addressText.exec(text);
  if (!match) return undefined;
  const port = match[3] === undefined ? undefined : Number(match[3]);
  const lastPort = match[4] === undefined ? undefined : Number(match[4]);
  if ((port ?? 0) > MAX_PORT || (lastPort ?? 0) > MAX_PORT) return undefined;
  return { protocol: match[1]?.toLowerCase(), host: unbracket(match[2]!), port, lastPort };
}
