/** Pings that keep NAT bindings open: empty datagrams, or SIP requests that are answered. */

import { addressOfHost } from '../../base/ip.ts';
import type { Host } from '../../module/host.ts';
import { type NextHop, nextHopOf } from '../../proxy/nextHop.ts';
import { defaultPort, type ListenSocket } from '../../proxy/transport.ts';
import type { SipMessage } from '../../sip/message.ts';
import { parseNameAddr } from '../../sip/nameAddr.ts';
import type { NathelperConfig } from './params.ts';

/** What of a registered contact is looked at (usrloc, which need not be loaded). */
interface Binding {
  readonly aor: string;
  readonly contact: string;
  readonly received: string;
  readonly path: string;
  readonly ruid: string;
  readonly branchFlags: number;
  readonly serverId: number;
  readonly socket: ListenSocket | undefined;
  readonly lastKeepaliveSec: number;
  readonly lastModifiedSec: number;
}

interface LocationDomain {
  isValid(binding: Binding, nowSec: number): boolean;
  forEach(visit: (binding: Binding) => void): Promise<void>;
  remove(binding: Binding): void | Promise<void>;
  noteKeepalive(ruid: string, roundTripMicros: number): boolean;
}

export interface Locations {
  readonly natBranchFlag: number;
  allDomains(): Iterable<LocationDomain>;
}

/** A datagram that no SIP stack takes for a message. */
const emptyPing = '\0\0\0\0';
/** Names that may be looked up at the same time; contacts with more wait for the next round. */
const maxLookups = 64;

export class Pings {
  readonly #host: Host;
  readonly #config: NathelperConfig;
  readonly #locations: Locations;
  readonly #callIdPrefix: string;
  readonly #forced: ListenSocket | undefined;
  #count = 0;
  #lookups = 0;
  /** Switched by RPC. */
  enabled = true;
  sent = 0;
  answered = 0;
  removed = 0;

  constructor(host: Host, config: NathelperConfig, locations: Locations) {
    this.#host = host;
    this.#config = config;
    this.#locations = locations;
    this.#callIdPrefix = `${host.entropy.uint32().toString(16)}-`;
    this.#forced = this.#forcedSocket();
    host.hooks.onResponse((response) => this.#takeAnswer(response));
    host.timers.every(config.natping_interval * 1000, () => this.#round());
  }

  #forcedSocket(): ListenSocket | undefined {
    const name = this.#config.force_socket;
    if (name === '') return undefined;
    const { transport, log } = this.#host;
    const socket = transport.findSocket(/^[a-z]+:/i.test(name) ? name : `udp:${name}`);
    if (socket === undefined) log.warn(`force_socket: there is no socket ${name}`);
    return socket;
  }

  async #round(): Promise<void> {
    if (!this.enabled) return;
    for (const domain of this.#locations.allDomains()) {
      const silent: Binding[] = [];
      await domain.forEach((binding) => {
        if (!this.#wants(domain, binding)) return;
        if (this.#isSilent(binding)) silent.push(binding);
        else this.#ping(binding);
      });
      for (const binding of silent) {
        this.removed++;
        this.#host.log.info(`${binding.contact} of ${binding.aor} does not answer pings, removed`);
        await domain.remove(binding);
      }
    }
  }

  #wants(domain: LocationDomain, binding: Binding): boolean {
    const { ping_nated_only, natping_disable_bflag, filter_server_id } = this.#config;
    if (!domain.isValid(binding, Math.floor(this.#host.clock.wallMs() / 1000))) return false;
    if (hasFlag(binding, natping_disable_bflag)) return false;
    if (ping_nated_only !== 0 && !hasFlag(binding, this.#locations.natBranchFlag)) return false;
    return filter_server_id === 0 || binding.serverId === Number(this.#host.settings.get('server_id') ?? 0);
  }

  /** Has it left all pings of the last `keepalive_timeout` seconds unanswered? */
  #isSilent(binding: Binding): boolean {
    const limit = this.#config.keepalive_timeout;
    if (limit === 0 || !this.#isBySip(binding) || hopOf(binding) === undefined) return false;
    const heardSec = Math.max(binding.lastKeepaliveSec, binding.lastModifiedSec);
    return Math.floor(this.#host.clock.wallMs() / 1000) - heardSec > limit;
  }

  #isBySip(binding: Binding): boolean {
    const { sipping_from, sipping_bflag, ping_nated_only } = this.#config;
    if (sipping_from === '' || sipping_bflag < 0) return false;
    return ping_nated_only === 0 || hasFlag(binding, sipping_bflag);
  }

  #ping(binding: Binding): void {
    const hop = hopOf(binding);
    if (hop === undefined) return;
    const address = addressOfHost(hop.host);
    if (address !== undefined) this.#send(binding, address, hop.port || defaultPort('udp'));
    else if (this.#lookups < maxLookups) void this.#resolveAndSend(binding, hop);
  }

  async #resolveAndSend(binding: Binding, hop: NextHop): Promise<void> {
    this.#lookups++;
    try {
      const [first] = await this.#host.location.locate({ ...hop, proto: 'udp' });
      if (first !== undefined) this.#send(binding, first.address, first.port);
    } finally {
      this.#lookups--;
    }
  }

  #send(binding: Binding, address: string, port: number): void {
    const { transport } = this.#host;
    const socket = binding.socket ?? this.#forced ?? transport.socketFor('udp', address);
    if (socket === undefined || socket.proto !== 'udp') return;
    const text = this.#isBySip(binding) ? this.#request(binding, socket) : emptyPing;
    if (transport.send(text, { proto: 'udp', address, port, socket, connectionId: 0, host: '' })) this.sent++;
  }

  #request(binding: Binding, socket: ListenSocket): string {
    const { sipping_method: method, sipping_from: from } = this.#config;
    const serial = (++this.#count).toString(16);
    const id = `${this.#callIdPrefix}${serial}-${this.#host.entropy.uint32().toString(16)}`;
    const route = binding.path === '' ? '' : `Route: ${binding.path}\r\n`;
    return (
      `${method} ${binding.contact} SIP/2.0\r\n` +
      `Via: SIP/2.0/UDP ${socket.sentByHost}:${socket.sentByPort};branch=z9hG4bK${id}\r\n${route}` +
      `From: ${from};tag=${binding.ruid}-${serial}\r\nTo: ${binding.contact}\r\n` +
      `Call-ID: ${id}@${socket.sentByHost}\r\nCSeq: 1 ${method}\r\nContent-Length: 0\r\n\r\n`
    );
  }

  /** Answers go no further. */
  #takeAnswer(response: SipMessage): boolean {
    if (!response.callId.startsWith(this.#callIdPrefix)) return false;
    this.answered++;
    const tag = response.fromTag;
    const ruid = tag.slice(0, tag.lastIndexOf('-'));
    for (const domain of this.#locations.allDomains()) if (domain.noteKeepalive(ruid, 0)) break;
    return true;
  }
}

function hasFlag(binding: Binding, flag: number): boolean {
  return flag >= 0 && ((binding.branchFlags >>> flag) & 1) === 1;
}

/** Where the contact is: the first hop of its path, the address that it came from, or its URI; undefined unless by UDP. */
function hopOf(binding: Binding): NextHop | undefined {
  const hop = nextHopOf(
    firstHop(binding.path) ?? (binding.received === '' ? binding.contact : binding.received),
  );
  if (hop === undefined || hop.secure) return undefined;
  return hop.proto === undefined || hop.proto === 'udp' ? hop : undefined;
}

function firstHop(path: string): string | undefined {
  if (path === '') return undefined;
  const close = path.indexOf('>');
  return parseNameAddr(path, 0, close < 0 ? path.length : close + 1)?.uri;
}
