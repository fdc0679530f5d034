import type { GlobalInfo } from '../lang/catalogue.ts';
import { syslogFacilities } from './settingValues.ts';

/** A global parameter of the core cookbook (6.1), with what it does here. */
export interface GlobalParameter extends GlobalInfo {
  readonly doc: string;
  /** Numbers for `int` and `bool` (0, 1). undefined: nothing set. */
  readonly default: number | string | undefined;
  readonly aliases: readonly string[];
  /** `cfg.*` may change it while running. */
  readonly runtime: boolean;
  /** The only texts that it takes; undefined for any. */
  readonly oneOf?: readonly string[] | undefined;
}

interface Extra {
  readonly aliases?: readonly string[];
  readonly runtime?: boolean;
  readonly min?: number;
  readonly max?: number;
  readonly oneOf?: readonly string[];
}

function parameter(
  type: GlobalInfo['type'],
  name: string,
  value: number | string | undefined,
  doc: string,
  extra: Extra = {},
): GlobalParameter {
  const { aliases = [], runtime = false, min, max, oneOf } = extra;
  return { name, type, default: value, doc, aliases, runtime, min, max, oneOf };
}

function int(name: string, value: number | undefined, doc: string, extra?: Extra): GlobalParameter {
  return parameter('int', name, value, doc, extra);
}
function bool(name: string, value: 0 | 1, doc: string, extra?: Extra): GlobalParameter {
  return parameter('bool', name, value, doc, extra);
}
function text(name: string, value: string, doc: string, extra?: Extra): GlobalParameter {
  return parameter('string', name, value, doc, extra);
}

/** Accepted; the reason why it changes nothing here is told as a notice. */
function without(
  because: string,
  type: GlobalInfo['type'],
  ...names: readonly (string | readonly string[])[]
): GlobalParameter[] {
  return names.map((entry) => {
    const [name, ...aliases] = typeof entry === 'string' ? [entry] : entry;
    return {
      name: name as string,
      type,
      default: undefined,
      doc: '',
      aliases,
      runtime: false,
      meaningless: because,
    };
  });
}

const processes = 'one process handles all sockets';
const memory = 'memory is not pooled';
const eventLoop = 'the event loop of Node decides';
const system = 'the resolver of the system decides';
const notYet = 'not supported yet';

export const globalParameters: readonly GlobalParameter[] = [
  // ---- the server
  text('description', '', 'Text about this server; only kept.', { aliases: ['descr', 'desc'] }),
  int('debug', 0, 'Log level: -5 alert to 3 debug, 4 and more for everything.', {
    runtime: true,
    min: -10,
    max: 20,
  }),
  bool('log_stderror', 0, 'Log to stderr instead of syslog.'),
  text('log_facility', 'LOG_DAEMON', 'Syslog facility.', { runtime: true, oneOf: syslogFacilities }),
  text('log_name', '', 'Name in syslog.'),
  text('log_prefix', '', 'Text with variables in front of messages logged while a message is routed.'),
  int('log_prefix_mode', 0, '1: `log_prefix` is evaluated anew for each log message.', { min: 0, max: 1 }),
  text('log_engine_type', '', 'Log engine: `json`.'),
  bool('fork', 1, 'Run as daemon.'),
  text('user', '', 'Run as this user.', { aliases: ['uid'] }),
  text('group', '', 'Run as this group.', { aliases: ['gid'] }),
  text('workdir', '', 'Working directory.', { aliases: ['wdir'] }),
  text('rundir', '/run/kamailio', 'Directory of control sockets.', { aliases: ['run_dir'] }),
  int('exit_timeout', 60, 'Longest time for the shutdown, s; 0 for no limit.', {
    aliases: ['ser_kill_timeout'],
  }),
  int('server_id', 0, 'Number of this server in a cluster.'),
  bool('server_signature', 1, 'Server and User-Agent headers in own messages.'),
  text('server_header', '', 'The whole Server header line for own responses.'),
  text('user_agent_header', '', 'The whole User-Agent header line for own requests.'),
  // ---- sockets
  int('port', 5060, 'Port where a socket names none.', { min: 0, max: 65535 }),
  int('tls_port_no', 5061, 'Port where a TLS socket names none.', {
    aliases: ['tls_port'],
    min: 0,
    max: 65535,
  }),
  bool('enable_tls', 0, 'Open TLS sockets (module tls).', { aliases: ['tls_enable'] }),
  bool('disable_tls', 0, 'Open no TLS sockets, whatever enable_tls says.', { aliases: ['tls_disable'] }),
  int('tls_max_connections', 2048, 'Connections over TLS at the same time.', { min: 0 }),
  text('advertised_address', '', 'Address in Via and Record-Route of all sockets.'),
  int('advertised_port', 0, 'Port in Via and Record-Route of all sockets.'),
  bool('auto_aliases', 1, 'Names that the own addresses resolve to count as own.', {
    aliases: ['auto_domains'],
  }),
  bool('auto_bind_ipv6', 0, 'Interfaces bring their IPv6 addresses too.'),
  bool('mhomed', 0, 'Choose the sending socket by asking the system for the way to the destination.', {
    runtime: true,
  }),
  int('maxbuffer', 0, 'Half of the greatest UDP receive buffer, bytes.'),
  int('maxsndbuffer', 0, 'Half of the greatest UDP send buffer, bytes.'),
  text('mcast', '', 'Interface that joins multicast groups.'),
  bool('mcast_loopback', 0, 'Own multicast messages come back.'),
  int('mcast_ttl', 0, 'TTL of multicast messages.'),
  int('udp_mtu', 0, 'Requests over this many bytes go over `udp_mtu_try_proto`; 0 for never.', {
    runtime: true,
  }),
  text('udp_mtu_try_proto', 'udp', 'Transport for requests over `udp_mtu`.', {
    oneOf: ['udp', 'UDP', 'tcp', 'TCP', 'tls', 'TLS', 'sctp', 'SCTP'],
  }),
  // ---- messages and routes
  int('msg_recv_max_size', 32767, 'Longest message, bytes.'),
  bool('check_via', 0, 'Responses whose Via is not ours are dropped.'),
  bool('force_rport', 0, 'Answer all requests to their source port.', { runtime: true }),
  bool('local_rport', 0, 'Ask for `rport` in the own Via.', { aliases: ['add_local_rport'], runtime: true }),
  bool('reply_to_via', 0, 'Own responses go to the address in Via, not to the source.'),
  bool('received_route_mode', 0, 'Run event_route[core:msg-received].'),
  int('max_branches', 12, 'Branches of one request.', { min: 1, max: 30 }),
  int('max_recursive_level', 256, 'Depth of calls among routes.', { min: 1, max: 100_000 }),
  int('return_mode', 0, '1: return codes stay numbers in expressions, true unless 0.', { min: 0, max: 1 }),
  int('max_while_loops', 100, 'Rounds of one `while`; 0 for no limit.', { runtime: true, min: 0 }),
  text('xavp_via_params', '', 'xavp whose fields become parameters of the own Via.'),
  text('xavp_via_fields', '', 'xavp with address and port of the own Via.'),
  int('latency_limit_db', 0, 'Database queries over this many µs are logged; 0 for never.'),
  int('latency_log', -1, 'Level of latency messages.', { runtime: true }),
  int('latency_cfg_log', 3, 'Level at which the duration of each route is logged.', { runtime: true }),
  // ---- DNS
  bool('use_dns_cache', 1, 'Keep DNS answers.', { aliases: ['dns_use_cache'], runtime: true }),
  bool('use_dns_failover', 0, 'Try the next address when sending fails.', {
    aliases: ['dns_use_failover'],
    runtime: true,
  }),
  bool('dns_try_naptr', 0, 'Ask for NAPTR records (RFC 3263 §4.1).', { runtime: true }),
  int('dns_retr_time', 0, 'Time for one try to get an answer, s; 0 for 2 s.', { min: 0 }),
  int('dns_retr_no', 1, 'Further tries when there is no answer.', { min: 0 }),
  bool('dns_try_ipv6', 0, 'Ask for AAAA records too.', { runtime: true }),
  bool('dns_srv_lb', 0, 'Share load by the weights of SRV records.', {
    aliases: ['dns_srv_loadbalancing'],
    runtime: true,
  }),
  int('dns_cache_flags', 0, 'Sum of 1 (IPv4 only), 2 (IPv6 only), 4 (prefer IPv6).', {
    runtime: true,
    min: 0,
    max: 7,
  }),
  int('dns_cache_min_ttl', 0, 'Least time to keep an answer, s.', { runtime: true }),
  int('dns_cache_max_ttl', -1, 'Longest time to keep an answer, s; -1 for no limit.', { runtime: true }),
  int('dns_cache_negative_ttl', 60, 'Time to keep an empty answer, s; 0 for not at all.', { runtime: true }),
  // ---- destinations that do not answer
  bool('use_dst_blocklist', 0, 'Remember destinations that took no message.', {
    aliases: ['use_dst_blacklist'],
    runtime: true,
  }),
  int('dst_blocklist_expire', 60, 'How long a destination stays remembered, s.', {
    aliases: ['dst_blocklist_ttl', 'dst_blacklist_expire', 'dst_blacklist_ttl'],
    runtime: true,
  }),
  // ---- TCP
  bool('disable_tcp', 0, 'No TCP.'),
  bool('tcp_accept_aliases', 0, 'Take `;alias` in Via for a way back to that port.', { runtime: true }),
  int('tcp_accept_iplimit', 1024, 'Connections from one address; 0 for no limit.', { runtime: true }),
  bool('tcp_accept_no_cl', 0, 'A missing Content-Length means no body.', { runtime: true }),
  bool('tcp_accept_unique', 0, 'Refuse a second connection from the same address and port.', {
    runtime: true,
  }),
  int('tcp_connection_lifetime', 120, 'Idle connections are closed after this many seconds.', {
    runtime: true,
  }),
  bool('tcp_connection_match', 0, 'Match local ports too when looking for a connection.', { runtime: true }),
  int('tcp_connect_timeout', 10, 'Longest wait for a connection, s.', { runtime: true }),
  int('tcp_conn_wq_max', 32768, 'Bytes that may wait on one connection.', { runtime: true }),
  int('tcp_wq_max', 10_485_760, 'Bytes that may wait on all connections.', { runtime: true }),
  bool('tcp_crlf_ping', 1, 'Answer CRLF pings (RFC 5626 §4.4.1).', { runtime: true }),
  bool('tcp_keepalive', 1, 'TCP keepalive.', { runtime: true }),
  int('tcp_keepidle', 0, 'Idle time before keepalives, s; 0 for the default of the system.', {
    runtime: true,
  }),
  int('tcp_listen_backlog', 1024, 'Backlog of listening sockets.'),
  int('tcp_max_connections', 2048, 'Connections at once.', { runtime: true }),
  int('tcp_msg_data_timeout', 20, 'Longest wait for the first byte of a new connection, s.', {
    runtime: true,
  }),
  int('tcp_msg_read_timeout', 20, 'Longest time for one message to come in whole, s.', { runtime: true }),
  bool('tcp_no_connect', 0, 'Make no connections of our own.', { runtime: true }),
  int('tcp_rd_buf_size', 65535, 'Longest message over TCP, bytes.', { runtime: true, max: 16_777_216 }),
  int('tcp_send_timeout', 10, 'Connections that take no byte for this long are closed, s.', {
    runtime: true,
  }),
  text('tcp_source_ipv4', '', 'Local IPv4 address of own connections.'),
  text('tcp_source_ipv6', '', 'Local IPv6 address of own connections.'),

  // ---- accepted, without effect here
  ...without(
    processes,
    'int',
    'children',
    'tcp_children',
    'socket_workers',
    'sctp_children',
    'async_workers',
    'async_usleep',
    'fork_delay',
    'modinit_delay',
    'wait_worker1_time',
    'wait_worker1_usleep',
    'udp_receiver_mode',
    'tcp_main_threads',
    'route_locks_size',
  ),
  ...without(processes, 'bool', 'async_nonblock', 'wait_worker1_mode', 'threads_mode'),
  ...without(processes, 'string', 'async_workers_group', 'async_tkv_evcb', 'async_tkv_gname'),
  ...without(
    memory,
    'int',
    ['memdbg', 'mem_dbg'],
    ['memlog', 'mem_log'],
    'mem_add_size',
    'mem_join',
    'mem_safety',
    'mem_status_mode',
    'mem_summary',
    'shm_mem_size',
    ['shm', 'shared_memory'],
    'pv_buffer_size',
    'pv_buffer_slots',
    'pv_cache_limit',
    'pv_cache_action',
    'sql_buffer_size',
    'msg_clone_extra_size',
    'dns_cache_mem',
    ['dst_blocklist_mem', 'dst_blacklist_mem'],
  ),
  ...without(memory, 'bool', 'shm_force_alloc', 'mlock_pages', 'tcp_clone_rcvbuf'),
  ...without(
    eventLoop,
    'int',
    'tcp_check_timer',
    'tcp_defer_accept',
    'tcp_keepcnt',
    'tcp_keepintvl',
    'tcp_linger2',
    'tcp_syncnt',
    'tcp_wait_data',
    'tcp_wq_blk_size',
    'tcp_script_mode',
    'open_files_limit',
    'pmtu_discovery',
    'timer_sched',
    'dns_cache_gc_interval',
    'dst_blocklist_gc_interval',
    'dst_blacklist_gc_interval',
    'dns_cache_rec_pref',
  ),
  ...without(
    eventLoop,
    'bool',
    ['tcp_async', 'tcp_buf_write'],
    'tcp_delayed_ack',
    'tcp_fd_cache',
    'tcp_reuse_port',
    'dns_cache_init',
    ['dst_blocklist_init', 'dst_blacklist_init'],
    ['dns_cache_del_nonexp', 'dns_cache_delete_nonexpired'],
    'disable_core_dump',
    'verbose_startup',
    ['ip_free_bind', 'ipfreebind', 'ip_nonlocal_bind'],
    'bind_ipv6_link_local',
  ),
  ...without('randomness comes from the system', 'special', 'coreparam[random_engine]'),
  ...without(eventLoop, 'int', 'coreparam[timer_sanity_check]'),
  ...without(
    notYet,
    'int',
    'rpc_exec_delta',
    'sip_parser_log',
    'sip_parser_mode',
    ['latency_limit_action', 'latency_limit_cfg'],
    ['dns_udp_pref', 'dns_udp_preference'],
    ['dns_tcp_pref', 'dns_tcp_preference'],
    ['dns_tls_pref', 'dns_tls_preference'],
    ['dns_sctp_pref', 'dns_sctp_preference'],
  ),
  ...without(
    notYet,
    'bool',
    'sip_warning',
    'onsend_route_reply',
    'phone2tel',
    'msg_apply_changes_mode',
    'dns',
    ['rev_dns', 'dns_rev_via'],
    'dns_naptr_ignore_rfc',
  ),
  ...without(
    notYet,
    'string',
    'log_engine_data',
    'stats_name_separator',
    'uri_host_extra_chars',
    'xavp_via_reply_params',
    'ipv6_hex_style',
    'kemi.onsend_route_callback',
    'kemi.received_route_callback',
    'kemi.reply_route_callback',
    'kemi.pre_routing_callback',
  ),
  ...without('a missing column fails its query by name, whatever the version', 'string', 'version_table'),
  ...without('the native language is the only one yet', 'string', 'cfgengine').map((each) => ({
    ...each,
    oneOf: ['native', 'default'],
  })),
  ...without(notYet, 'bool', 'log_color', 'msg_time'),
  ...without(eventLoop, 'string', 'tcp_poll_method', ['poll_method']),
  ...without('Node cannot set it on its sockets', 'special', 'tos'),
  ...without(system, 'int', 'dns_servers_no', 'dns_slow_query_ms'),
  ...without(system, 'bool', 'dns_use_search_list', 'dns_search_full_match', 'dns_reinit'),
  ...without(
    'there is no realtime scheduling in Node',
    'int',
    'real_time',
    'rt_prio',
    'rt_policy',
    ['rt_timer1_prio', 'rt_fast_timer_prio', 'rt_ftimer_prio'],
    ['rt_timer1_policy', 'rt_ftimer_policy'],
    ['rt_timer2_prio', 'rt_stimer_prio'],
    ['rt_timer2_policy', 'rt_stimer_policy'],
  ),
  ...without('a Node process cannot change its root directory', 'string', 'chroot'),
  ...without('failures of the checks are logged at their own levels', 'int', ['corelog', 'core_log']),
  ...without('symbols are those of V8', 'bool', 'exit_via_sig', 'atexit_cleanup'),
  ...without(
    notYet,
    'bool',
    'tcp_accept_haproxy',
    'tcp_accept_hep3',
    'disable_sctp',
    'enable_sctp',
    'udp4_raw',
  ),
  ...without(
    notYet,
    'int',
    'udp4_raw_mtu',
    'udp4_raw_ttl',
    ['sctp_socket_rcvbuf', 'sctp_socket_receive_buffer'],
    ['sctp_socket_sndbuf', 'sctp_socket_send_buffer'],
    'sctp_autoclose',
    'sctp_send_ttl',
    'sctp_send_retries',
    'sctp_assoc_tracking',
    'sctp_assoc_reuse',
    'sctp_max_assocs',
    'sctp_srto_initial',
    'sctp_srto_max',
    'sctp_srto_min',
    'sctp_asocmaxrxt',
    'sctp_init_max_attempts',
    'sctp_init_max_timeo',
    'sctp_hbinterval',
    'sctp_pathmaxrxt',
    'sctp_sack_delay',
    'sctp_sack_freq',
    'sctp_max_burst',
    ['dst_blocklist_udp_imask', 'dst_blacklist_udp_imask'],
    ['dst_blocklist_tcp_imask', 'dst_blacklist_tcp_imask'],
    ['dst_blocklist_tls_imask', 'dst_blacklist_tls_imask'],
    ['dst_blocklist_sctp_imask', 'dst_blacklist_sctp_imask'],
  ),
  ...without('what is sent is not parsed again', 'bool', ['http_reply_parse', 'http_reply_hack']),
  ...without('OpenSSL runs in one thread here', 'int', 'tls_threads_mode'),
  ...without(
    'a connection is reused for its address; its profile is verified when it opens',
    'bool',
    'tls_connection_match_domain',
  ),
  ...without('module tls has a parameter for it', 'int', 'tls_log'),
  ...without(
    'module tls has a parameter for it',
    'string',
    'tls_method',
    'tls_certificate',
    'tls_private_key',
    'tls_ca_list',
    'tls_verify',
    'tls_require_certificate',
  ),
];

function byName(): ReadonlyMap<string, GlobalParameter> {
  const map = new Map<string, GlobalParameter>();
  for (const each of globalParameters) for (const name of [each.name, ...each.aliases]) map.set(name, each);
  return map;
}

/** By name and alias. */
export const globalsByName = byName();

/** Default of a parameter by its name or alias. */
export function globalDefault(name: string): number | string | undefined {
  return globalsByName.get(name)?.default;
}
