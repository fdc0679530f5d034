import { TransportError } from '../../base/errors.ts';
import type { InterfaceAddress, Net, Resolver, TransportProtocol } from '../../base/ports.ts';
import { canonicalHost, familyOf, isIpAddress } from './addresses.ts';
import type { AddressSpec, ListenDeclaration, TransportOptions } from './options.ts';

/** A socket to be opened. */
export interface PlannedSocket {
  readonly proto: TransportProtocol;
  readonly address: string;
  /** 0: any free port. */
  readonly port: number;
  /** The host as the config wrote it, when it is a name; else ''. */
  readonly hostName: string;
  readonly advertisedHost: string;
  /** 0: the socket's own. */
  readonly advertisedPort: number;
  readonly name: string;
  readonly virtual: boolean;
}

const everywhere: ListenDeclaration = {
  addresses: [{ protocol: undefined, host: '*', port: undefined, lastPort: undefined }],
  advertise: undefined,
  name: undefined,
  virtual: false,
};

/** Without a protocol an address means these. */
const defaultProtocols: readonly TransportProtocol[] = ['udp', 'tcp', 'tls'];

/** Sockets are numbered protocol by protocol. */
const protocolOrder: readonly TransportProtocol[] = ['udp', 'tcp', 'tls', 'sctp', 'ws', 'wss'];

/**
 * Turns `listen` declarations into sockets: names and interfaces become addresses, lists and port ranges
 * become several sockets, a missing protocol means UDP, TCP and, where enabled, TLS one port higher, and no declaration at all means every interface
 * (IPv4 only, unless `auto_bind_ipv6`). What comes twice is opened once.
 * @throws TransportError LISTEN_UNKNOWN when a host is neither address nor interface nor resolvable.
 */
export async function planSockets(
  options: TransportOptions,
  net: Pick<Net, 'interfaces'>,
  resolver: Pick<Resolver, 'a' | 'aaaa'>,
): Promise<readonly PlannedSocket[]> {
  const planner = new Planner(options, net.interfaces(), resolver);
  for (const declaration of options.listen.length > 0 ? options.listen : [everywhere]) {
    await planner.add(declaration);
  }
  return planner.sockets();
}

class Planner {
  readonly #options: TransportOptions;
  readonly #interfaces: readonly InterfaceAddress[];
  readonly #resolver: Pick<Resolver, 'a' | 'aaaa'>;
  readonly #sockets = new Map<string, PlannedSocket>();

  constructor(
    options: TransportOptions,
    interfaces: readonly InterfaceAddress[],
    resolver: Pick<Resolver, 'a' | 'aaaa'>,
  ) {
    this.#options = options;
    this.#interfaces = interfaces;
    this.#resolver = resolver;
  }

  sockets(): readonly PlannedSocket[] {
    const all = [...this.#sockets.values()];
    return protocolOrder.flatMap((proto) => all.filter((socket) => socket.proto === proto));
  }

  async add(declaration: ListenDeclaration): Promise<void> {
    for (const spec of declaration.addresses) {
      const addresses = await this.#addressesOf(spec.host);
      const hostName =
        isIpAddress(spec.host) || this.#isInterface(spec.host) || spec.host === '*' ? '' : spec.host;
      for (const proto of this.#protocolsOf(spec)) {
        for (const address of addresses) this.#addPorts(declaration, spec, proto, address, hostName);
      }
    }
  }

  #protocolsOf(spec: AddressSpec): readonly TransportProtocol[] {
    const { udp, tcp, tlsEnabled } = this.#options;
    const wanted = spec.protocol === undefined ? defaultProtocols : [spec.protocol as TransportProtocol];
    const enabled: Partial<Record<TransportProtocol, boolean>> = {
      udp: udp.enabled,
      tcp: tcp.enabled,
      tls: tcp.enabled && tlsEnabled,
    };
    return wanted.filter((proto) => enabled[proto] ?? true);
  }

  #addPorts(
    declaration: ListenDeclaration,
    spec: AddressSpec,
    proto: TransportProtocol,
    address: string,
    hostName: string,
  ): void {
    // `listen=host:5060` for all protocols means 5061 for TLS: a port serves one of TCP and TLS
    const beside = proto === 'tls' && spec.protocol === undefined && spec.port !== 0 ? 1 : 0;
    const first = spec.port === undefined ? this.#defaultPort(proto) : spec.port + beside;
    const last = spec.lastPort === undefined ? first : spec.lastPort + beside;
    const advertise = declaration.advertise;
    for (let port = first; port <= last; port++) {
      const key = port === 0 ? `${this.#sockets.size}` : `${proto}:${address}:${port}`;
      if (this.#sockets.has(key)) continue;
      const name = declaration.name ?? '';
      this.#sockets.set(key, {
        proto,
        address,
        port,
        hostName,
        advertisedHost: advertise?.host ?? '',
        // A range of ports is advertised as a range, by its first port.
        advertisedPort: advertise?.port ? advertise.port + port - first : 0,
        name: name !== '' && spec.lastPort !== undefined ? `${name}${port}` : name,
        virtual: declaration.virtual,
      });
    }
  }

  #defaultPort(proto: TransportProtocol): number {
    return proto === 'tls' || proto === 'wss' ? this.#options.tlsPort : this.#options.port;
  }

  #isInterface(name: string): boolean {
    return this.#interfaces.some((candidate) => candidate.name === name);
  }

  async #addressesOf(host: string): Promise<readonly string[]> {
    if (isIpAddress(host)) return [canonicalHost(host)];
    if (host === '*') return this.#usable(this.#interfaces);
    if (this.#isInterface(host)) return this.#usable(this.#interfaces.filter(({ name }) => name === host));
    return [await this.#resolve(host)];
  }

  /** IPv6 only where asked for; link-local addresses mean nothing without their interface. */
  #usable(interfaces: readonly InterfaceAddress[]): readonly string[] {
    const { autoBindIpv6 } = this.#options;
    const addresses = interfaces
      .map(({ address }) => canonicalHost(address))
      .filter((address) => familyOf(address) === 4 || (autoBindIpv6 && !address.startsWith('fe80:')));
    return [...new Set(addresses)];
  }

  async #resolve(host: string): Promise<string> {
    const unknown = (cause?: unknown) =>
      new TransportError(
        'LISTEN_UNKNOWN',
        `listen: '${host}' is no address, no interface of this machine (${this.#interfaceNames()}), and does not resolve`,
        { cause },
      );
    try {
      const [record] = [...(await this.#resolver.a(host)), ...(await this.#resolver.aaaa(host))];
      if (record !== undefined) return canonicalHost(record.address);
    } catch (error) {
      throw unknown(error);
    }
    throw unknown();
  }

  #interfaceNames(): string {
    return [...new Set(this.#interfaces.map(({ name }) => name))].join(', ');
  }
}
