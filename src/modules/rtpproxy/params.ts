import type { Config } from '../../module/define.ts';

export const params = {
  rtpproxy_sock: {
    type: 'list',
    default: [],
    doc: 'Nodes as `udp:host:port` or `udp6:host:port`, each perhaps with `=weight`; before them perhaps `set ==`.',
  },
  rtpproxy_disable_tout: {
    type: 'int',
    default: 60,
    min: 0,
    doc: 'Seconds for which a node that does not answer gets no calls.',
  },
  rtpproxy_tout: { type: 'int', default: 1, min: 1, doc: 'Seconds to wait for a reply, for each try.' },
  rtpproxy_retr: { type: 'int', default: 5, min: 1, doc: 'Tries before a node counts as dead.' },
  nortpproxy_str: {
    type: 'string',
    default: 'a=nortpproxy:yes\r\n',
    doc: 'Line that marks an SDP that has been changed, with CRLF; empty for none.',
  },
  timeout_socket: {
    type: 'string',
    default: '',
    doc: 'Where the node shall tell of media that stopped; empty for nowhere.',
  },
  ice_candidate_priority_avp: {
    type: 'string',
    default: '',
    doc: 'Variable: 1 adds relay candidates of high priority where there are ICE candidates, 2 of low priority, 0 none.',
  },
  extra_id_pv: { type: 'string', default: '', doc: 'Variable that flag b adds to the Call-ID.' },
  db_url: {
    type: 'string',
    default: '',
    doc: 'Database with the nodes; empty to take them from rtpproxy_sock.',
  },
  table_name: { type: 'string', default: 'rtpproxy', doc: 'Table of the nodes.' },
  setid_col: { type: 'string', default: 'setid', doc: 'Column for the set.' },
  url_col: { type: 'string', default: 'url', doc: 'Column for the URL.' },
  flags_col: {
    type: 'meaningless',
    default: 'flags',
    because: 'nothing is read from that column, here as in Kamailio',
    doc: 'Column for flags.',
  },
  weight_col: { type: 'string', default: 'weight', doc: 'Column for the weight.' },
  rtp_inst_pvar: {
    type: 'string',
    default: '',
    doc: 'Variable that gets the URL of the node that was chosen.',
  },
} as const;

export type RtpproxyConfig = Config<typeof params>;
