/** Plain counters of the transport layer, under the names of Kamailio's statistics where it has one. */
export class TransportCounters {
  // group `tcp`
  con_reset = 0;
  con_timeout = 0;
  connect_failed = 0;
  connect_success = 0;
  current_opened_connections = 0;
  current_write_queue_size = 0;
  established = 0;
  local_reject = 0;
  passive_open = 0;
  send_timeout = 0;
  sendq_full = 0;

  // our own
  /** Connections closed because a message or its first byte took too long. */
  read_timeout = 0;
  /** Connections closed because what came is no SIP, or too long. */
  framing_errors = 0;
  /** CRLF pings and datagrams too short for a message. */
  keepalives = 0;
  udp_received = 0;
  udp_sent = 0;
  udp_send_errors = 0;
  udp_receive_errors = 0;
}

/** Names of the group `tcp` that Kamailio has, for registering. */
export const tcpStatistics = [
  'con_reset',
  'con_timeout',
  'connect_failed',
  'connect_success',
  'current_opened_connections',
  'current_write_queue_size',
  'established',
  'local_reject',
  'passive_open',
  'send_timeout',
  'sendq_full',
] as const satisfies readonly (keyof TransportCounters)[];

/** Our own: group `transport`. */
export const transportStatistics = [
  'read_timeout',
  'framing_errors',
  'keepalives',
  'udp_received',
  'udp_sent',
  'udp_send_errors',
  'udp_receive_errors',
] as const satisfies readonly (keyof TransportCounters)[];
