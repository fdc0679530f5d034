/** Settings of the transport layer, as the global parameters of the config have them. Times in seconds as there. */
export interface TransportOptions {
  readonly listen: readonly ListenDeclaration[];
  readonly aliases: readonly AddressSpec[];
  /** `port`: where nothing else is said. */
  readonly port: number;
  /** `tls_port_no`. */
  readonly tlsPort: number;
  /** `enable_tls`: TLS sockets are opened. */
  readonly tlsEnabled: boolean;
  /** `auto_aliases`: take the names of our addresses, by reverse lookup, for our own. */
  readonly autoAliases: boolean;
  /** `auto_bind_ipv6`: interfaces bring their IPv6 addresses too. */
  readonly autoBindIpv6: boolean;
  /** `mhomed`: send from the socket that the system would route through. */
  readonly mhomed: boolean;
  /** `advertised_address` and `advertised_port`, for sockets without an `advertise` of their own; '' and 0. */
  readonly advertisedAddress: string;
  readonly advertisedPort: number;
  readonly udp: UdpOptions;
  readonly tcp: TcpOptions;
}

/** `[proto:]host[:port[-lastPort]]`; a host is an address without brackets, a name, an interface, or `*`. */
export interface AddressSpec {
  readonly protocol: string | undefined;
  readonly host: string;
  readonly port: number | undefined;
  readonly lastPort: number | undefined;
}

/** One `listen` or `socket` of the config. */
export interface ListenDeclaration {
  readonly addresses: readonly AddressSpec[];
  readonly advertise: AddressSpec | undefined;
  readonly name: string | undefined;
  readonly virtual: boolean;
}

export interface UdpOptions {
  /** `disable_udp` is none of Kamailio's; tests switch it off. */
  readonly enabled: boolean;
  /** Twice `maxbuffer`, bytes. */
  readonly receiveBufferBytes: number | undefined;
  /** Twice `maxsndbuffer`, bytes. */
  readonly sendBufferBytes: number | undefined;
  /** `mcast`: address of the interface that joins a multicast group. */
  readonly multicastInterface: string | undefined;
  readonly multicastLoopback: boolean | undefined;
  readonly multicastTtl: number | undefined;
}

/** The `tcp_*` parameters. Read each time they are needed, so that `cfg.set` takes effect at once. */
export interface TcpOptions {
  /** False for `disable_tcp`. */
  enabled: boolean;
  acceptAliases: boolean;
  /** Connections from one address; 0 or less for no limit. */
  acceptIpLimit: number;
  acceptNoContentLength: boolean;
  acceptUnique: boolean;
  connectionLifetimeSec: number;
  /** Match local ports too when a connection is looked for. */
  connectionMatch: boolean;
  connectTimeoutSec: number;
  /** Bytes that may wait on one connection. */
  connectionQueueBytes: number;
  /** Bytes that may wait on all of them. */
  totalQueueBytes: number;
  crlfPing: boolean;
  keepAlive: boolean;
  /** 0: the system's default of two hours. */
  keepIdleSec: number;
  listenBacklog: number;
  maxConnections: number;
  /** Of them, over TLS. */
  maxTlsConnections: number;
  /** Until the first byte of an accepted connection; 0 for no limit. */
  dataTimeoutSec: number;
  /** From the first to the last byte of a message; 0 for no limit. */
  readTimeoutSec: number;
  noConnect: boolean;
  /** `tcp_rd_buf_size` where the config sets it: the longest message, bytes. */
  maxMessageBytes: number;
  sendTimeoutSec: number;
  /** '' for the system's choice. */
  sourceIpv4: string;
  sourceIpv6: string;
}

export function defaultTcpOptions(): TcpOptions {
  return {
    enabled: true,
    acceptAliases: false,
    acceptIpLimit: 1024,
    acceptNoContentLength: false,
    acceptUnique: false,
    connectionLifetimeSec: 120,
    connectionMatch: false,
    connectTimeoutSec: 10,
    connectionQueueBytes: 32 * 1024,
    totalQueueBytes: 10 * 1024 * 1024,
    crlfPing: true,
    keepAlive: true,
    keepIdleSec: 0,
    listenBacklog: 1024,
    maxConnections: 2048,
    maxTlsConnections: 2048,
    dataTimeoutSec: 20,
    readTimeoutSec: 20,
    noConnect: false,
    maxMessageBytes: 65535,
    sendTimeoutSec: 10,
    sourceIpv4: '',
    sourceIpv6: '',
  };
}

export function defaultTransportOptions(): TransportOptions {
  return {
    listen: [],
    aliases: [],
    port: 5060,
    tlsPort: 5061,
    tlsEnabled: false,
    autoAliases: true,
    autoBindIpv6: false,
    mhomed: false,
    advertisedAddress: '',
    advertisedPort: 0,
    udp: {
      enabled: true,
      receiveBufferBytes: undefined,
      sendBufferBytes: undefined,
      multicastInterface: undefined,
      multicastLoopback: undefined,
      multicastTtl: undefined,
    },
    tcp: defaultTcpOptions(),
  };
}
