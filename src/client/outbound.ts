import type { TransportProtocol } from '../base/ports.ts';
import { DnsCache } from '../proxy/dnsCache.ts';
import { DnsLocation } from '../proxy/dnsLocation.ts';
import type { ServerAddress } from '../proxy/location.ts';
import { type NextHop, nextHopOf } from '../proxy/nextHop.ts';
import type { Agent } from './agent.ts';
import { ClientFailure } from './failure.ts';
import type { ClientPorts, Link, Way } from './link.ts';
import { type LinkOptions, openLink } from './openLink.ts';
import type { Target } from './target.ts';

export interface OutboundOptions extends Omit<LinkOptions, 'path'> {
  /** 4 or 6; undefined for either. */
  readonly family: 4 | 6 | undefined;
  /** Ask DNS again before each request. */
  readonly relocate: boolean;
}

const protocols: readonly TransportProtocol[] = ['udp', 'tcp', 'tls', 'ws', 'wss'];

/** How an agent's requests reach their target: location of servers (RFC 3263), and the links opened so far. */
export class Outbound {
  readonly #agent: Agent;
  readonly #target: Target;
  readonly #options: OutboundOptions;
  readonly #links: Link[] = [];
  readonly #closed = new Set<Link>();
  #current: Way | undefined;

  constructor(agent: Agent, target: Target, options: OutboundOptions) {
    this.#agent = agent;
    this.#target = target;
    this.#options = options;
  }

  /** The way to the target, opened at the first call; with `relocate`, wherever its name leads now. */
  async way(): Promise<Way> {
    const current = this.#current;
    if (current !== undefined && !this.#options.relocate && !this.#closed.has(current.link)) return current;
    this.#current = await this.#firstUsable(await this.#locate(this.#target.hop));
    return this.#current;
  }

  /** The way for a request whose next hop is this URI (route or remote target); that to the target if it is unclear. */
  async wayTo(uri: string): Promise<Way> {
    const way = await this.way();
    const hop = nextHopOf(uri);
    if (hop === undefined || way.link.proto === 'ws' || way.link.proto === 'wss') return way;
    const places: readonly ServerAddress[] = await this.#locate(hop).catch(() => []);
    if (places.length === 0) return way;
    if (places.some((place) => isPeer(way, place))) return way;
    return this.#firstUsable(places);
  }

  close(): void {
    for (const link of this.#links) link.close();
    this.#links.length = 0;
    this.#current = undefined;
  }

  #locate(hop: NextHop): Promise<Places> {
    return locateServers(this.#agent.ports, hop, this.#options.family);
  }

  /** RFC 3263 §4.3: the first address that can be connected to. */
  async #firstUsable(places: readonly ServerAddress[]): Promise<Way> {
    let failure: unknown;
    for (const place of places) {
      try {
        return { link: await this.#linkTo(place), to: { address: place.address, port: place.port } };
      } catch (error) {
        failure ??= error;
        const where = `${place.proto}:${place.address}:${place.port}`;
        if (places.length > 1)
          this.#agent.note(`${where} cannot be used, trying the next address`, 'warning');
      }
    }
    throw failure;
  }

  async #linkTo(place: ServerAddress): Promise<Link> {
    const known = this.#links.find((link) => !this.#closed.has(link) && reaches(link, place));
    if (known !== undefined) return known;
    const link = await openLink(
      this.#agent.ports,
      place,
      { ...this.#options, path: this.#target.path },
      {
        onText: (text, from, link) => this.#agent.onText(text, from, link),
        onTrouble: (error, troubled) => this.#agent.onTrouble(error, troubled),
        onEnd: (error, ended) => {
          this.#closed.add(ended);
          this.#agent.onEnd(error, ended);
        },
      },
    );
    this.#links.push(link);
    if (link.security !== '')
      this.#agent.note(`${place.proto}:${place.address}:${place.port} is ${link.security}`);
    return link;
  }
}

/** A socket of UDP reaches every peer of its family, unless it is connected to one. */
function reaches(link: Link, place: ServerAddress): boolean {
  if (link.proto !== place.proto) return false;
  if (link.remote.address === place.address && link.remote.port === place.port) return true;
  return (
    link.proto === 'udp' && !link.isConnected && familyOf(link.local.address) === familyOf(place.address)
  );
}

function isPeer({ link, to }: Way, place: ServerAddress): boolean {
  return link.proto === place.proto && to.address === place.address && to.port === place.port;
}

function familyOf(address: string): 4 | 6 {
  return address.includes(':') ? 6 : 4;
}

/** At least one. */
export type Places = readonly [ServerAddress, ...ServerAddress[]];

/** Location of servers (RFC 3263), asked anew each time. Throws an `unknownHost` failure rather than finding nothing. */
export async function locateServers(
  ports: ClientPorts,
  hop: NextHop,
  family: 4 | 6 | undefined,
): Promise<Places> {
  const noCache = { enabled: false, minTtlSec: 0, maxTtlSec: 0, negativeTtlSec: 0, maxEntries: 1 };
  const cache = new DnsCache(ports.resolver, noCache, () => ports.clock.nowMs());
  const location = new DnsLocation(cache, ports.entropy, {
    tryNaptr: true,
    tryIpv4: family !== 6,
    tryIpv6: family !== 4,
    preferIpv6: false,
    balanceSrv: true,
    supports: (proto) => protocols.includes(proto),
  });
  const found = await location.locate(hop);
  const [first, ...others] = found.filter(
    ({ address }) => family === undefined || familyOf(address) === family,
  );
  if (first !== undefined) return [first, ...others];
  const kind = family === undefined ? 'address' : `IPv${family} address`;
  throw new ClientFailure('unknownHost', `no ${kind} for ${hop.host}: DNS knows none, or did not answer`);
}
