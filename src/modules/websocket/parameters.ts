/** Parameters of module websocket, under Kamailio's names. */
export const webSocketParams = {
  keepalive_mechanism: {
    type: 'int',
    default: 1,
    min: 0,
    max: 2,
    doc: '0: no keep-alives, 1: pings, 2: unasked pongs.',
  },
  keepalive_timeout: {
    type: 'int',
    default: 180,
    min: 1,
    runtime: true,
    doc: 'Seconds of idleness until a keep-alive; a ping that is not answered in as many more ends the connection.',
  },
  keepalive_interval: { type: 'int', default: 1, min: 1, doc: 'Seconds between looks for idle connections.' },
  keepalive_processes: {
    type: 'meaningless',
    default: 1,
    because: 'one loop serves all connections',
    doc: 'Processes for keep-alives.',
  },
  timer_interval: {
    type: 'meaningless',
    default: 1,
    because: 'closing connections have timers of their own',
    doc: 'Seconds between looks for connections to remove.',
  },
  rm_delay_interval: {
    type: 'int',
    default: 5,
    min: 0,
    runtime: true,
    doc: 'Seconds that a client has to answer a closing frame.',
  },
  ping_application_data: {
    type: 'string',
    default: '',
    doc: 'Payload of pings; default: the Server header.',
  },
  sub_protocols: {
    type: 'int',
    default: 1,
    min: 1,
    max: 3,
    doc: 'Sum of 1 (sip) and 2 (msrp, needs module msrp).',
  },
  cors_mode: {
    type: 'int',
    default: 0,
    min: 0,
    max: 2,
    doc: 'Access-Control-Allow-Origin: 0 none, 1 any, 2 the origin of the request.',
  },
  verbose_list: { type: 'int', default: 0, min: 0, max: 1, doc: 'Log each keep-alive.' },
  event_callback: {
    type: 'string',
    default: '',
    doc: 'KEMI function instead of event_route[websocket:closed].',
  },
  max_message_size: {
    type: 'int',
    default: 65535,
    min: 1024,
    doc: 'Olelo only. Bytes of a message, all fragments together; a longer one ends the connection (1009).',
  },
} as const;
