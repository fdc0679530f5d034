import { unbracketed } from './addresses.ts';
import type { AddressSpec, ListenDeclaration } from './options.ts';

const protocols: ReadonlySet<string> = new Set(['udp', 'tcp', 'tls', 'sctp', 'ws', 'wss']);
const host = String.raw`(\[[0-9a-fA-F:.%]+\]|[^\s:()[\],/]+)`;
const argument = new RegExp(
  String.raw`^(?:([a-z]+):)?(?:\(\s*([^()]+?)\s*\)|${host})(?::(\d{1,5}))?(?:/${host}(?::(\d{1,5}))?)?$`,
);

/**
 * `-l [proto:]addr_lst[:port][/advaddr[:port]]`, where `addr_lst` is one address or `(a, b, ...)`.
 * undefined when the text is nothing of the kind.
 */
export function parseListenArgument(text: string): ListenDeclaration | undefined {
  const match = argument.exec(text.trim());
  if (match === null) return undefined;
  const [, protocol, list, single, portText, advertisedHost, advertisedPort] = match;
  if (protocol !== undefined && !protocols.has(protocol)) return undefined;
  const port = portOf(portText);
  const hosts = list === undefined ? [single ?? ''] : list.split(/\s*,\s*/);
  if (port === -1 || hosts.some((each) => each === '')) return undefined;
  const advertisePort = portOf(advertisedPort);
  if (advertisePort === -1) return undefined;
  const advertise = advertisedHost === undefined ? undefined : spec(undefined, advertisedHost, advertisePort);
  return {
    addresses: hosts.map((each) => spec(protocol, each, port)),
    advertise,
    name: undefined,
    virtual: false,
  };
}

/** `--alias=[proto:]host[:port]`. */
export function parseAliasArgument(text: string): AddressSpec | undefined {
  const listen = parseListenArgument(text);
  return listen?.advertise === undefined && listen?.addresses.length === 1 ? listen.addresses[0] : undefined;
}

function spec(protocol: string | undefined, name: string, port: number | undefined): AddressSpec {
  return { protocol, host: unbracketed(name), port, lastPort: undefined };
}

/** -1 when it is none. */
function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  return port <= 65535 ? port : -1;
}
