/** `;alias=address~port~protocol`: where a Contact really is, carried in its URI. */

import type { TransportProtocol } from '../base/ports.ts';
import { splitUri } from './uriParts.ts';

/** Numbers of the protocols, by place. */
const protocols: readonly (TransportProtocol | '')[] = ['', 'udp', 'tcp', 'tls', 'sctp', 'ws', 'wss'];

export interface Endpoint {
  /** As it is to be written. */
  readonly address: string;
  readonly port: number;
  readonly proto: TransportProtocol;
}

export function aliasText({ address, port, proto }: Endpoint): string {
  return `${address}~${port}~${protocols.indexOf(proto)}`;
}

/** A URI that leads there; `named` tells whether udp is written, too. */
function uriOf(host: string, port: string, proto: TransportProtocol, named: boolean): string {
  const transport = proto === 'wss' ? 'ws' : proto;
  const bracketed = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  return `sip:${bracketed}:${port}${transport === 'udp' && !named ? '' : `;transport=${transport}`}`;
}

/** The URI that an alias means; undefined when it is malformed. */
export function aliasUri(alias: string, named: boolean): string | undefined {
  const [host = '', port = '', number = '', ...more] = alias.split('~');
  const proto = /^[1-6]$/.test(number) ? protocols[Number(number)] : undefined;
  if (proto === undefined || proto === '' || more.length > 0) return undefined;
  if (host === '' || !/^\d+$/.test(port)) return undefined;
  return uriOf(host, port, proto, named);
}

export interface FoundAlias {
  readonly value: string;
  /** The URI without it. */
  readonly rest: string;
}

/** The first or last parameter of that name with a value; undefined when there is none. */
export function findAlias(uri: string, name: string, last: boolean): FoundAlias | undefined {
  const parts = splitUri(uri);
  if (parts === undefined) return undefined;
  let found: FoundAlias | undefined;
  for (let at = parts.paramsStart; at < parts.paramsEnd; ) {
    const semicolon = uri.indexOf(';', at);
    const end = semicolon < 0 || semicolon > parts.paramsEnd ? parts.paramsEnd : semicolon;
    if (uri.slice(at, at + name.length + 1).toLowerCase() === `${name.toLowerCase()}=`) {
      const rest = uri.slice(0, at - 1) + uri.slice(end);
      found = { value: uri.slice(at + name.length + 1, end), rest };
      if (!last) return found;
    }
    at = end + 1;
  }
  return found;
}

/** Takes every parameter of that name away. */
export function withoutAlias(uri: string, name: string): string {
  let text = uri;
  for (let found = findAlias(text, name, false); found !== undefined; found = findAlias(text, name, false))
    text = found.rest;
  return text;
}

/** Puts the parameter right behind host and port, before all others. */
export function withLeadingAlias(uri: string, param: string): string | undefined {
  const parts = splitUri(uri);
  if (parts === undefined || parts.hostEnd === parts.hostStart) return undefined;
  const at = parts.portEnd > parts.portStart ? parts.portEnd : parts.hostEnd;
  return `${uri.slice(0, at)};${param}${uri.slice(at)}`;
}
