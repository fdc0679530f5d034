import type { ServerSettings } from './settings.ts';
import type {
  AddressSpec,
  ListenDeclaration,
  TcpOptions,
  TransportOptions,
  UdpOptions,
} from './transport/index.ts';

/**
 * The transport's options as a live view of the global parameters. Command line and config add sockets and aliases
 * before the transport opens.
 */
export class TransportSettings implements TransportOptions {
  readonly listen: ListenDeclaration[] = [];
  readonly aliases: AddressSpec[] = [];
  readonly tcp: TcpOptions;
  readonly #settings: ServerSettings;

  constructor(settings: ServerSettings) {
    this.#settings = settings;
    this.tcp = new TcpSettings(settings);
  }

  get port(): number {
    return this.#settings.number('port', 5060);
  }
  get tlsPort(): number {
    return this.#settings.number('tls_port_no', 5061);
  }
  get tlsEnabled(): boolean {
    return this.#settings.number('enable_tls', 0) !== 0 && this.#settings.number('disable_tls', 0) === 0;
  }
  get autoAliases(): boolean {
    return this.#settings.number('auto_aliases', 1) !== 0;
  }
  get autoBindIpv6(): boolean {
    return this.#settings.number('auto_bind_ipv6', 0) !== 0;
  }
  get mhomed(): boolean {
    return this.#settings.number('mhomed', 0) !== 0;
  }
  get advertisedAddress(): string {
    return this.#settings.text('advertised_address', '');
  }
  get advertisedPort(): number {
    return this.#settings.number('advertised_port', 0);
  }

  get udp(): UdpOptions {
    const optional = (name: string): number | undefined => {
      const value = this.#settings.number(name, 0);
      return value > 0 ? value : undefined;
    };
    const receive = optional('maxbuffer');
    const send = optional('maxsndbuffer');
    return {
      enabled: true,
      receiveBufferBytes: receive === undefined ? undefined : receive * 2,
      sendBufferBytes: send === undefined ? undefined : send * 2,
      multicastInterface: this.#settings.text('mcast', '') || undefined,
      multicastLoopback: this.#settings.isSet('mcast_loopback')
        ? this.#settings.number('mcast_loopback', 0) !== 0
        : undefined,
      multicastTtl: optional('mcast_ttl'),
    };
  }
}

/** Read each time they are needed, so that `cfg.set` takes effect at once. */
class TcpSettings implements TcpOptions {
  readonly #settings: ServerSettings;

  constructor(settings: ServerSettings) {
    this.#settings = settings;
  }

  #on(name: string, otherwise: 0 | 1): boolean {
    return this.#settings.number(name, otherwise) !== 0;
  }

  get enabled() {
    return !this.#on('disable_tcp', 0);
  }
  get acceptAliases() {
    return this.#on('tcp_accept_aliases', 0);
  }
  get acceptIpLimit() {
    return this.#settings.number('tcp_accept_iplimit', 1024);
  }
  get acceptNoContentLength() {
    return this.#on('tcp_accept_no_cl', 0);
  }
  get acceptUnique() {
    return this.#on('tcp_accept_unique', 0);
  }
  get connectionLifetimeSec() {
    return this.#settings.number('tcp_connection_lifetime', 120);
  }
  get connectionMatch() {
    return this.#on('tcp_connection_match', 0);
  }
  get connectTimeoutSec() {
    return this.#settings.number('tcp_connect_timeout', 10);
  }
  get connectionQueueBytes() {
    return this.#settings.number('tcp_conn_wq_max', 32 * 1024);
  }
  get totalQueueBytes() {
    return this.#settings.number('tcp_wq_max', 10 * 1024 * 1024);
  }
  get crlfPing() {
    return this.#on('tcp_crlf_ping', 1);
  }
  get keepAlive() {
    return this.#on('tcp_keepalive', 1);
  }
  get keepIdleSec() {
    return this.#settings.number('tcp_keepidle', 0);
  }
  get listenBacklog() {
    return this.#settings.number('tcp_listen_backlog', 1024);
  }
  get maxConnections() {
    return this.#settings.number('tcp_max_connections', 2048);
  }
  get maxTlsConnections() {
    return this.#settings.number('tls_max_connections', 2048);
  }
  get dataTimeoutSec() {
    return this.#settings.number('tcp_msg_data_timeout', 20);
  }
  get readTimeoutSec() {
    return this.#settings.number('tcp_msg_read_timeout', 20);
  }
  get noConnect() {
    return this.#on('tcp_no_connect', 0);
  }
  get maxMessageBytes() {
    return this.#settings.isSet('tcp_rd_buf_size') ? this.#settings.number('tcp_rd_buf_size', 65535) : 65535;
  }
  get sendTimeoutSec() {
    return this.#settings.number('tcp_send_timeout', 10);
  }
  get sourceIpv4() {
    return this.#settings.text('tcp_source_ipv4', '');
  }
  get sourceIpv6() {
    return this.#settings.text('tcp_source_ipv6', '');
  }
}
