import type { Config } from '../../module/define.ts';

const bflag = (what: string) =>
  ({ type: 'int', default: -1, min: -1, max: 31, doc: `Branch flag: ${what}. -1 for none.` }) as const;

export const params = {
  natping_interval: {
    type: 'int',
    default: 0,
    min: 0,
    doc: 'Seconds between pings to registered contacts; 0 for none (needs usrloc).',
  },
  ping_nated_only: { type: 'int', default: 0, doc: '1: only contacts with nat_bflag of usrloc are pinged.' },
  sipping_bflag: bflag(
    'contacts that are pinged by a SIP request (without ping_nated_only, when set: all are)',
  ),
  natping_disable_bflag: bflag('contacts that are never pinged'),
  sipping_from: { type: 'string', default: '', doc: 'From URI of SIP pings; without it there are none.' },
  sipping_method: { type: 'string', default: 'OPTIONS', doc: 'Method of SIP pings.' },
  keepalive_timeout: {
    type: 'int',
    default: 0,
    min: 0,
    doc: 'Seconds after which a contact that does not answer SIP pings is removed; 0 for never.',
  },
  filter_server_id: {
    type: 'int',
    default: 0,
    doc: '1: only contacts that this server_id has saved are pinged.',
  },
  force_socket: {
    type: 'string',
    default: '',
    doc: 'Socket that pings leave from when a contact names none.',
  },
  received_avp: {
    type: 'string',
    default: '',
    doc: 'Variable that fix_nated_register fills; as of registrar.',
  },
  nortpproxy_str: {
    type: 'string',
    default: 'a=nortpproxy:yes\r\n',
    doc: 'Line that marks an SDP that has been changed, with CRLF; empty for none.',
  },
  append_sdp_oldmediaip: { type: 'int', default: 1, doc: 'Replaced addresses are noted as a=oldmediaip.' },
  nat_addr_mode: {
    type: 'int',
    default: 1,
    min: 0,
    max: 1,
    doc: '1: all of 192.0.0.0/24 counts as private, not only its first eight addresses.',
  },
  alias_name: {
    type: 'string',
    default: 'alias',
    check: (value: string) => (/^[\w.+-]+$/.test(value) ? undefined : 'is no name of a URI parameter'),
    doc: 'Name of the URI parameter that carries an alias.',
  },
  natping_processes: {
    type: 'meaningless',
    default: 1,
    because: 'one process does it all',
    doc: 'Processes that send pings.',
  },
  natping_socket: {
    type: 'meaningless',
    default: '',
    because: 'Node has no raw sockets to send from a foreign address',
    doc: 'Source address of pings.',
  },
  udpping_from_path: {
    type: 'meaningless',
    default: 0,
    because: 'Node has no raw sockets to send from a foreign address',
    doc: 'UDP pings from the address in Path.',
  },
} as const;

export type NathelperConfig = Config<typeof params>;
