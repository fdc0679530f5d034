import type { TransportProtocol } from '../../../base/ports.ts';
import type { Value } from '../../../lang/catalogue.ts';
import { parseNameAddr } from '../../../sip/nameAddr.ts';
import { endOfListElement } from '../../../sip/scan.ts';
import { splitUri, type UriParts } from '../../../sip/uriParts.ts';
import { protocolIds } from '../received.ts';
import { text as textOf } from '../values.ts';
import { anyText, integer, isInteger, onText, type Transformations, withOne, withTwo } from './makers.ts';
import { unquote } from './strings.ts';

/** `{uri...}`, `{nameaddr...}`, `{tobody...}`, `{param...}`, `{sock...}`, `{urialias...}`. */

const ofUri = (doc: string, part: (uri: UriParts) => string) =>
  onText(doc, (value) => {
    const uri = splitUri(value);
    return uri === undefined ? '' : part(uri);
  });

const param = (name: string, label = name) => ofUri(`parameter ${label}`, (uri) => uri.param(name) ?? '');

const portSuffix = (uri: UriParts): string => (uri.port === 0 ? '' : `:${uri.portText}`);

function transportSuffix(uri: UriParts): string {
  const transport = uri.param('transport');
  return transport === undefined ? '' : `;transport=${transport}`;
}

const userPrefix = (uri: UriParts): string => (uri.user === '' ? '' : `${uri.user}@`);

function withoutParam(value: string, name: string): string {
  const span = splitUri(value)?.paramSpan(name);
  return span === undefined ? value : value.slice(0, span.start - 1) + value.slice(span.end);
}

/** Without a port there is no socket, as in Kamailio. */
function toSocket(uri: UriParts): string {
  if (uri.port === 0) return '';
  return `${uri.param('transport')?.toLowerCase() || (uri.scheme === 'sips' ? 'tls' : 'udp')}:${uri.host}:${uri.portText}`;
}

interface NamedParam {
  readonly name: string;
  readonly value: string;
}

/** `a=1;b="2";c`: quotes taken off. The delimiter is one character. */
export function paramsOf(value: string, delimiter: Value): NamedParam[] {
  const mark = textOf(delimiter)[0] ?? ';';
  const list: NamedParam[] = [];
  for (const part of splitQuoted(value, mark)) {
    const written = part.trim();
    if (written === '') continue;
    const equals = written.indexOf('=');
    if (equals < 0) list.push({ name: written, value: '' });
    else
      list.push({ name: written.slice(0, equals).trim(), value: unquote(written.slice(equals + 1).trim()) });
  }
  return list;
}

function splitQuoted(value: string, mark: string): string[] {
  const parts: string[] = [];
  let quoted = false;
  let from = 0;
  for (let i = 0; i < value.length; i++) {
    if (value[i] === '"') quoted = !quoted;
    else if (value[i] === mark && !quoted) {
      parts.push(value.slice(from, i));
      from = i + 1;
    }
  }
  parts.push(value.slice(from));
  return parts;
}

function findParam(value: string, name: Value, delimiter: Value): NamedParam | undefined {
  const wanted = textOf(name).toLowerCase();
  return paramsOf(value, delimiter).find((entry) => entry.name.toLowerCase() === wanted);
}

function paramAt(value: string, index: Value, delimiter: Value): NamedParam | undefined {
  const at = integer(index);
  return at === undefined ? undefined : paramsOf(value, delimiter).at(at);
}

/** The first value of a list. */
const nameAddr = (value: string) => parseNameAddr(value, 0, endOfListElement(value, 0, value.length));

/** Without brackets all of it is the URI: parameters belong to it as well. */
function nameAddrUri(value: string): string {
  const parsed = nameAddr(value);
  if (parsed === undefined) return '';
  return value[parsed.uriEnd] === '>' ? parsed.uri : value.slice(parsed.start, parsed.end).trimEnd();
}

/** Length of name and URI with their brackets, without parameters. */
function nameAddrLength(value: string): number {
  const parsed = nameAddr(value);
  if (parsed === undefined) return 0;
  if (value[parsed.uriEnd] === '>') return parsed.uriEnd + 1 - parsed.start;
  return nameAddrUri(value).length;
}

/** As written, without the first `;`. */
function paramsBehind(value: string): string {
  const parsed = nameAddr(value);
  const semicolon = parsed === undefined ? -1 : value.indexOf(';', parsed.uriEnd);
  return parsed === undefined || semicolon < 0 || semicolon >= parsed.end
    ? ''
    : value.slice(semicolon + 1, parsed.end).trim();
}

/** Kamailio keeps the space between the name and the bracket. */
function writtenName(value: string): string {
  const parsed = nameAddr(value);
  if (parsed === undefined || parsed.displayName === '') return '';
  return value.slice(parsed.start, value.lastIndexOf('<', parsed.uriStart));
}

function toBodyUri(value: string): UriParts | undefined {
  const parsed = nameAddr(value);
  return parsed === undefined ? undefined : splitUri(parsed.uri);
}

interface SocketText {
  readonly proto: string;
  readonly host: string;
  readonly port: string;
}

/** `proto:host:port`; the port may be missing. */
function socketParts(value: string): SocketText | undefined {
  const colon = value.indexOf(':');
  if (colon <= 0) return undefined;
  const rest = value.slice(colon + 1);
  const portColon = rest.lastIndexOf(':');
  const hasPort = portColon > rest.lastIndexOf(']');
  return {
    proto: value.slice(0, colon),
    host: hasPort ? rest.slice(0, portColon) : rest,
    port: hasPort ? rest.slice(portColon + 1) : '',
  };
}

const ofSocket = (doc: string, part: (socket: SocketText) => string) =>
  onText(doc, (value) => {
    const socket = socketParts(value);
    return socket === undefined ? '' : part(socket);
  });

const protocolNames = new Map(Object.entries(protocolIds).map(([name, id]) => [String(id), name]));

/** `addr~port~protoid`. */
function encodeAlias(uri: UriParts): string {
  if (uri.host === '') return '';
  const proto = (uri.param('transport')?.toLowerCase() || 'udp') as TransportProtocol;
  const id = protocolIds[proto];
  return id === undefined ? '' : `${uri.host}~${uri.portText || '5060'}~${id}`;
}

function decodeAlias(value: string): string {
  const [host = '', port = '', id = ''] = value.split('~');
  const proto = protocolNames.get(id);
  if (host === '' || port === '' || proto === undefined) return '';
  return proto === 'udp' ? `sip:${host}:${port}` : `sip:${host}:${port};transport=${proto}`;
}

export const addressTransformations: Transformations = {
  'uri.user': ofUri('user', (uri) => uri.user),
  'uri.host': ofUri('host', (uri) => uri.host),
  'uri.domain': ofUri('host', (uri) => uri.host),
  'uri.passwd': ofUri('password', (uri) => uri.password),
  'uri.port': ofUri('port as written', (uri) => uri.portText),
  'uri.params': ofUri('all parameters', (uri) => uri.params),
  'uri.headers': ofUri('headers', (uri) => uri.headers),
  'uri.scheme': ofUri('scheme', (uri) => uri.scheme),
  'uri.param': withOne('a parameter', anyText, (value, name) => splitUri(value)?.param(textOf(name)) ?? ''),
  'uri.rmparam': withOne('without a parameter', anyText, (value, name) => withoutParam(value, textOf(name))),
  'uri.transport': param('transport'),
  'uri.ttl': param('ttl'),
  'uri.uparam': param('user'),
  'uri.maddr': param('maddr'),
  'uri.method': param('method'),
  'uri.lr': param('lr'),
  'uri.r2': param('r2'),
  'uri.tosocket': ofUri('as proto:host:port', toSocket),
  'uri.duri': ofUri(
    'scheme, host, port and transport',
    (uri) => `${uri.scheme}:${uri.host}${portSuffix(uri)}${transportSuffix(uri)}`,
  ),
  'uri.saor': ofUri('scheme, user and host', (uri) => `${uri.scheme}:${userPrefix(uri)}${uri.host}`),
  'uri.suri': ofUri(
    'scheme, user, host, port and transport',
    (uri) => `${uri.scheme}:${userPrefix(uri)}${uri.host}${portSuffix(uri)}${transportSuffix(uri)}`,
  ),
  'param.value': withTwo(
    'value of a parameter',
    [anyText, anyText],
    (value, name, delimiter) => findParam(value, name, delimiter)?.value ?? '',
    true,
  ),
  'param.in': withTwo(
    '1 when a parameter is there, else 0',
    [anyText, anyText],
    (value, name, delimiter) => (findParam(value, name, delimiter) === undefined ? 0 : 1),
    true,
  ),
  'param.valueat': withTwo(
    'value of a parameter by its index',
    [isInteger, anyText],
    (value, index, delimiter) => paramAt(value, index, delimiter)?.value ?? '',
    true,
  ),
  'param.name': withTwo(
    'name of a parameter by its index',
    [isInteger, anyText],
    (value, index, delimiter) => paramAt(value, index, delimiter)?.name ?? '',
    true,
  ),
  'param.count': withOne(
    'number of parameters',
    anyText,
    (value, delimiter) => paramsOf(value, delimiter).length,
    true,
  ),
  'nameaddr.name': onText('display name as written', writtenName),
  'nameaddr.uri': onText('URI', nameAddrUri),
  'nameaddr.len': onText('length of name and URI', nameAddrLength),
  'tobody.uri': onText('URI', (value) => nameAddr(value)?.uri ?? ''),
  'tobody.display': onText('display name as written', (value) => nameAddr(value)?.displayName ?? ''),
  'tobody.tag': onText('tag', (value) => nameAddr(value)?.params.get('tag') ?? ''),
  'tobody.user': onText('user of the URI', (value) => toBodyUri(value)?.user ?? ''),
  'tobody.host': onText('host of the URI', (value) => toBodyUri(value)?.host ?? ''),
  'tobody.params': onText('parameters behind the URI', paramsBehind),
  'sock.host': ofSocket('host', (socket) => socket.host),
  'sock.port': ofSocket('port', (socket) => socket.port),
  'sock.proto': ofSocket('transport', (socket) => socket.proto),
  'sock.touri': ofSocket(
    'as SIP URI',
    (socket) => `sip:${socket.host}${socket.port === '' ? '' : `:${socket.port}`};transport=${socket.proto}`,
  ),
  'urialias.encode': ofUri('as addr~port~protoid', encodeAlias),
  'urialias.decode': onText('SIP URI of addr~port~protoid', decodeAlias),
};
