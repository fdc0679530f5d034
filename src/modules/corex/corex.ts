import type { TransportProtocol } from '../../base/ports.ts';
import { type Soon, soon } from '../../base/soon.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { Host } from '../../module/host.ts';
import { type NextHop, nextHopOf, nextHopOfText, protocolOf } from '../../proxy/nextHop.ts';
import { makeTarget } from '../../proxy/target.ts';
import type { ListenSocket } from '../../proxy/transport.ts';
import { addDnsRecords } from './dnsRecords.ts';
import { addSubdomains } from './subdomains.ts';

export interface CorexConfig {
  readonly alias_subdomains: readonly string[];
  readonly dns_cache: readonly string[];
  readonly nio_intercept: number;
  readonly nio_min_msg_len: number;
  readonly nio_msg_avp: string;
}

/** The instance of module corex. */
export class Corex {
  readonly host: Host;
  readonly config: CorexConfig;

  constructor(host: Host, config: CorexConfig) {
    this.host = host;
    this.config = config;
  }

  start(): void {
    addSubdomains(this.host, this.config.alias_subdomains);
    addDnsRecords(this.host, this.config.dns_cache);
  }

  /** Appends a branch; without a URI that of the Request-URI. `q` from 0 to 1000, undefined for none. */
  appendBranch(context: ScriptContext, uri: string, q: number | undefined): number {
    const { target, branches } = context;
    if (branches.length >= this.host.settings.maxBranches - 1) {
      this.host.log.error(`no more than ${this.host.settings.maxBranches} branches (max_branches)`);
      return -1;
    }
    branches.push({
      ...makeTarget(uri === '' ? target.requestUri : uri),
      nextHop: target.nextHop,
      path: target.path,
      socket: target.socket,
      branchFlags: target.branchFlags,
      q: q ?? target.q,
    });
    return 1;
  }

  /** Sends the request as it was received, without our Via. */
  sendReceived(context: ScriptContext, proto: TransportProtocol, to: string | undefined): Soon<number> {
    const { target, message } = context;
    const uri = target.nextHop === '' ? target.requestUri : target.nextHop;
    const hop = to === undefined ? nextHopOf(uri) : nextHopOfText(to);
    return hop === undefined ? -1 : this.send({ ...hop, proto }, message.text, target.socket);
  }

  /** Sends any text to a URI. */
  sendData(uri: string, text: string, socket?: ListenSocket): Soon<number> {
    const hop = nextHopOf(uri);
    return hop === undefined ? -1 : this.send(hop, text, socket);
  }

  /** To the first address of a next hop that takes it. */
  send(hop: NextHop, text: string, asked: ListenSocket | undefined): Soon<number> {
    const { transport, location } = this.host;
    return soon(location.locate(hop), (addresses) => {
      for (const { proto, address, port, host } of addresses) {
        const socket = asked?.proto === proto ? asked : transport.socketFor(proto, address);
        if (socket === undefined) continue;
        if (transport.send(text, { proto, address, port, socket, connectionId: 0, host })) return 1;
      }
      return -1;
    });
  }

  socketNamed(name: string): ListenSocket | undefined {
    return name === '' ? undefined : this.host.transport.sockets.find((socket) => socket.name === name);
  }

  /** `[proto:]address:port` as the new source of the message; false when it is none. */
  setSource(context: ScriptContext, text: string): boolean {
    const colon = text.indexOf(':');
    const proto = colon < 0 ? undefined : protocolOf(text.slice(0, colon));
    const rest = proto === undefined ? text : text.slice(colon + 1);
    const portColon = rest.lastIndexOf(':');
    const port = Number(rest.slice(portColon + 1));
    if (portColon <= 0 || !(port > 0 && port <= 65535)) return false;
    const address = rest.slice(0, portColon).replace(/^\[|\]$/g, '');
    context.flow = { ...context.flow, address, port, connectionId: 0 };
    return true;
  }
}
