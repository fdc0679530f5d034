/** The nodes that the module commands, and their sets. */
import { addressOfHost } from '../../base/ip.ts';

export interface NodeAddress {
  readonly family: 4 | 6;
  /** A name or an address, without brackets. */
  readonly host: string;
  readonly port: number;
}

const defaultPort = 22222;

/** One media node. The same URL in two sets is two nodes, as it may have two weights. */
export class MediaNode {
  /** As the configuration names it, without weight. */
  readonly url: string;
  readonly setId: number;
  readonly index: number;
  readonly at: NodeAddress;
  weight: number;
  /** Resolved address; '' while the name could not be resolved. */
  address = '';
  enabled = true;
  /** By hand (RPC) or by the table; probes do not bring it back. */
  permanent = false;
  /** Gone from the table: not shown, calls may end. */
  hidden = false;
  /** Monotonic milliseconds from which on a disabled node may be tried again. */
  retryAtMs = 0;
  // counters since the start
  sent = 0;
  timeouts = 0;
  failures = 0;

  constructor(url: string, setId: number, index: number, at: NodeAddress, weight: number) {
    this.url = url;
    this.setId = setId;
    this.index = index;
    this.at = at;
    this.weight = weight;
  }

  get isUsable(): boolean {
    return this.enabled && this.weight > 0;
  }
}

export class NodeSet {
  readonly id: number;
  readonly nodes: MediaNode[] = [];

  constructor(id: number) {
    this.id = id;
  }
}

/** `udp:host:port`, `udp6:[address]:port`, `host:port`; an error text for what is none. */
export function parseNodeUrl(url: string): NodeAddress | string {
  if (/^wss?:/i.test(url)) return `${url}: WebSocket nodes are not there yet; use udp: or udp6:`;
  if (/^unix:|^\//i.test(url)) return `${url}: Unix sockets are not there; use udp: or udp6:`;
  const match = /^(?:(udp6?):)?(.*)$/i.exec(url);
  const family = match?.[1]?.toLowerCase() === 'udp6' ? 6 : 4;
  const rest = match?.[2] ?? '';
  const bracketed = /^\[([^\]]+)\](?::(\d+))?$/.exec(rest);
  const colon = rest.lastIndexOf(':');
  const [host, port] =
    bracketed !== null
      ? [bracketed[1] ?? '', bracketed[2]]
      : colon < 0
        ? [rest, undefined]
        : [rest.slice(0, colon), rest.slice(colon + 1)];
  const number = port === undefined ? defaultPort : Number(port);
  if (host === '' || !Number.isInteger(number) || number < 1 || number > 65_535)
    return `${url} is no address of a node (udp:host:port)`;
  return { family, host, port: number };
}

export interface NodeSpec {
  readonly setId: number;
  readonly url: string;
  readonly weight: number;
}

/** `[set ==] url[=weight] ...`; an error text for what is none. */
export function parseNodeList(text: string, defaultSet: number): NodeSpec[] | string {
  const match = /^\s*(?:(-?\d+)\s*==)?(.*)$/s.exec(text);
  const setId = match?.[1] === undefined ? defaultSet : Number(match[1]);
  const specs: NodeSpec[] = [];
  for (const item of (match?.[2] ?? '').trim().split(/[\s;]+/)) {
    if (item === '') continue;
    const equals = item.lastIndexOf('=');
    const url = equals < 0 ? item : item.slice(0, equals);
    const weight = equals < 0 ? 1 : Number(item.slice(equals + 1));
    if (!Number.isInteger(weight) || weight < 0) return `${item}: the weight is no number`;
    const at = parseNodeUrl(url);
    if (typeof at === 'string') return at;
    specs.push({ setId, url, weight });
  }
  return specs.length === 0 ? `'${text}' names no node` : specs;
}

/** All nodes by set, in the order of the configuration. */
export class NodeTable {
  readonly sets = new Map<number, NodeSet>();
  #count = 0;

  /** The node of this URL in this set, made when it is new; `weight` becomes its weight. */
  add({ setId, url, weight }: NodeSpec): MediaNode {
    const set = this.#setOf(setId);
    const known = set.nodes.find((node) => node.url === url);
    if (known !== undefined) {
      known.weight = weight;
      return known;
    }
    const at = parseNodeUrl(url);
    if (typeof at === 'string') throw new TypeError(at);
    const node = new MediaNode(url, setId, this.#count++, at, weight);
    node.address = addressOfHost(at.host) ?? '';
    set.nodes.push(node);
    return node;
  }

  *all(): IterableIterator<MediaNode> {
    for (const set of this.sets.values()) yield* set.nodes;
  }

  #setOf(id: number): NodeSet {
    const known = this.sets.get(id);
    if (known !== undefined) return known;
    const set = new NodeSet(id);
    this.sets.set(id, set);
    return set;
  }
}
