import type { Config } from '../../module/define.ts';

const column = (what: string, name: string) =>
  ({ type: 'string', default: name, doc: `Column for ${what}.` }) as const;
const variable = (what: string) =>
  ({ type: 'string', default: '', doc: `Variable that gets ${what}; empty for none.` }) as const;

const nodeParams = {
  rtpengine_sock: {
    type: 'list',
    default: [],
    doc:
      'Nodes as `udp:host:port`, `udp6:host:port`, each perhaps with `=weight`; before them perhaps `set ==`. ' +
      'May come several times.',
  },
  rtpengine_disable_tout: {
    type: 'int',
    default: 60,
    min: 0,
    runtime: true,
    doc: 'Seconds for which a node that does not answer gets no calls.',
  },
  aggressive_redetection: {
    type: 'int',
    default: 1,
    runtime: true,
    doc: '1: when no node of a set can be used, all of them are probed before a command fails.',
  },
  rtpengine_tout_ms: {
    type: 'int',
    default: 1000,
    min: 1,
    runtime: true,
    doc: 'Milliseconds to wait for a reply, for each try.',
  },
  rtpengine_allow_op: {
    type: 'int',
    default: 0,
    min: 0,
    max: 2,
    runtime: true,
    doc: 'Commands of existing calls to disabled nodes: 0 none, 1 to all, 2 to those that were disabled by hand.',
  },
  queried_nodes_limit: {
    type: 'int',
    default: 30,
    min: 1,
    max: 30,
    runtime: true,
    doc: 'Nodes of a set that a command tries before it fails.',
  },
  rtpengine_retr: {
    type: 'int',
    default: 5,
    min: 1,
    runtime: true,
    doc: 'Tries before a node counts as dead.',
  },
  setid_default: { type: 'int', default: 0, doc: 'The set that is used where nothing says otherwise.' },
  force_send_interface: { type: 'string', default: '', doc: 'Local address that commands are sent from.' },
  hash_algo: {
    type: 'int',
    default: 2,
    doc: 'Spreads calls over nodes by: 1 SHA-1, 2 (or 0) CRC32 of the Call-ID.',
  },
  hash_table_tout: {
    type: 'int',
    default: 3600,
    min: 1,
    doc: 'Seconds for which it is remembered which node has a call.',
  },
  ping_mode: { type: 'int', default: 1, doc: '1: nodes are probed at the start.' },
  ping_interval: {
    type: 'int',
    default: 60,
    min: 0,
    doc: 'Seconds between probes of all nodes; 0 for none.',
  },
  hash_table_size: {
    type: 'meaningless',
    default: 256,
    because: 'the table of calls has no fixed size',
    doc: 'Size of the table of calls.',
  },
  control_cmd_tos: {
    type: 'meaningless',
    default: -1,
    because: 'Node cannot set the type of service of a datagram',
    doc: 'Type of service of commands.',
  },
  wsapi: {
    type: 'meaningless',
    default: '',
    because: 'WebSocket nodes are not there yet, whatever would serve them',
    doc: 'Module that serves WebSocket nodes.',
  },
  enable_dmq: {
    type: 'int',
    default: 0,
    max: 0,
    doc: 'Sharing of the table of calls between servers: not there, only 0 is possible.',
  },
} as const;

const databaseParams = {
  db_url: {
    type: 'string',
    default: '',
    doc: 'Database with the nodes; empty to take them from rtpengine_sock.',
  },
  table_name: { type: 'string', default: 'rtpengine', doc: 'Table of the nodes.' },
  setid_col: column('the set', 'setid'),
  url_col: column('the URL', 'url'),
  weight_col: column('the weight', 'weight'),
  disabled_col: column('the state', 'disabled'),
} as const;

const scriptParams = {
  extra_id_pv: variable('the identifier for via-branch=extra (it is read)'),
  setid_avp: variable('the number of the set (it is read)'),
  read_sdp_pv: variable('the SDP to send instead of the body (it is read)'),
  write_sdp_pv: variable('the SDP that came back, instead of the body'),
  write_sdp_pv_mode: {
    type: 'int',
    default: 0,
    min: 0,
    max: 1,
    doc: '0: write_sdp_pv gets the SDP and the body stays; 1: both are written.',
  },
  rtp_inst_pvar: variable('the URL of the node that was chosen'),
  media_duration: variable('the length of what play_media plays, in milliseconds; -1 when unknown'),
} as const;

const dtmfParams = {
  dtmf_events_sock: {
    type: 'string',
    default: '',
    doc: 'UDP address:port where rtpengine sends DTMF events (its option dtmf-log-dest); empty for none.',
  },
  dtmf_event_callid: variable('the Call-ID of a DTMF event'),
  dtmf_event_source_tag: variable('the tag of the party that sent it'),
  dtmf_event_source_label: variable('the label of that party'),
  dtmf_event_tags: variable('the tags of all parties, with commas'),
  dtmf_event_type: variable('the kind of the event'),
  dtmf_event_source_ip: variable('the address that it came from'),
  dtmf_event: variable('the digit'),
  dtmf_event_timestamp: variable('the time of a DTMF event'),
  dtmf_event_duration: variable('its duration in milliseconds'),
  dtmf_event_volume: variable('its volume in decibels below 1 milliwatt'),
  event_callback: {
    type: 'string',
    default: '',
    check: (value: string) => (value === '' ? undefined : 'KEMI callbacks are not there yet'),
    doc: 'KEMI function instead of event_route[rtpengine:dtmf-event].',
  },
} as const;

const parties = { '': 'the call', _A: 'party A', _B: 'party B' } as const;

/** What the parts of the names stand for. */
const mosTexts: Readonly<Record<string, string>> = {
  '': 'the MOS, 1.0 to 5.0,',
  at: 'the minutes and seconds since the beginning',
  packetloss: 'the lost packets in percent',
  jitter: 'the jitter in milliseconds',
  roundtrip: 'the round-trip time in microseconds',
  roundtrip_leg: 'the round-trip time of this leg in microseconds',
  samples: 'the number of samples',
};

/** `mos_min_pv`, `mos_min_at_A_pv` ... */
function mosParams(): Record<string, ReturnType<typeof variable>> {
  const params: Record<string, ReturnType<typeof variable>> = {};
  for (const [suffix, party] of Object.entries(parties)) {
    if (suffix !== '') params[`mos${suffix}_label_pv`] = variable(`the label of ${party} (it is read)`);
    for (const kind of ['min', 'max', 'average']) {
      const at = kind === 'average' ? [] : ['at'];
      const leg = suffix === '' ? [] : ['roundtrip_leg'];
      const rest = kind === 'average' ? ['samples'] : [];
      for (const what of ['', ...at, 'packetloss', 'jitter', 'roundtrip', ...leg, ...rest]) {
        const middle = what === '' ? '' : `_${what}`;
        params[`mos_${kind}${middle}${suffix}_pv`] = variable(`${mosTexts[what]} (${kind} MOS) of ${party}`);
      }
    }
  }
  return params;
}

export const params = { ...nodeParams, ...databaseParams, ...scriptParams, ...dtmfParams, ...mosParams() };

type FixedConfig = Config<typeof nodeParams> &
  Config<typeof databaseParams> &
  Config<typeof scriptParams> &
  Config<typeof dtmfParams>;

export type RtpengineConfig = FixedConfig & { readonly [name: string]: unknown };

/** For binding those that name a variable. */
export const parameterNames: readonly string[] = [
  ...Object.keys(scriptParams).filter((name) => name !== 'write_sdp_pv_mode'),
  ...Object.keys(dtmfParams).filter((name) => name.startsWith('dtmf_event') && name !== 'dtmf_events_sock'),
  ...Object.keys(mosParams()),
];
