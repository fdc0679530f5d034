import type { Config } from '../../module/define.ts';

const column = (value: string, doc: string) => ({ type: 'string', default: value, doc }) as const;

export const params = {
  default_allow_file: column('permissions.allow', 'Allow rules of allow_routing() without arguments.'),
  default_deny_file: column('permissions.deny', 'Deny rules of allow_routing() without arguments.'),
  check_all_branches: {
    type: 'int',
    default: 1,
    min: 0,
    max: 1,
    doc: 'allow_routing looks at the Request-URIs of all branches, not only of the first.',
  },
  allow_suffix: column('.allow', 'Behind a base name: the file with allow rules.'),
  deny_suffix: column('.deny', 'Behind a base name: the file with deny rules.'),
  address_file: column('', 'File with addresses, instead of the database.'),
  db_url: column('', 'Database of addresses and trusted peers.'),
  address_table: column('address', 'Table of addresses.'),
  grp_col: column('grp', 'Column of the group.'),
  ip_addr_col: column('ip_addr', 'Column of the address or domain.'),
  mask_col: column('mask', 'Column of the length of the network mask.'),
  port_col: column('port', 'Column of the port; 0 for any.'),
  db_mode: {
    type: 'int',
    default: 0,
    min: 0,
    max: 1,
    doc: '0: allow_trusted asks the database each time; 1: the table is kept in memory.',
  },
  trusted_table: column('trusted', 'Table of trusted peers.'),
  source_col: column('src_ip', 'Column of the source address.'),
  proto_col: column('proto', 'Column of the transport protocol.'),
  from_col: column('from_pattern', 'Column of the regular expression for the From URI.'),
  ruri_col: column('ruri_pattern', 'Column of the regular expression for the Request-URI.'),
  tag_col: column('tag', 'Column of the tag, in both tables.'),
  priority_col: column('priority', 'Column of the priority.'),
  peer_tag_avp: column('', 'AVP that gets the tag of what matches.'),
  peer_tag_mode: {
    type: 'int',
    default: 0,
    min: 0,
    max: 1,
    doc: '1: allow_trusted takes the tags of all matches, and gives their number.',
  },
  max_subnets: { type: 'int', default: 512, min: 1, doc: 'Networks that may be loaded.' },
  load_backends: {
    type: 'int',
    default: 0xffff,
    min: 0,
    doc: 'What to load: 1 addresses, 2 trusted peers, 4 allow file, 8 deny file.',
  },
  reload_delta: { type: 'int', default: 5, min: 0, doc: 'Least time between two reloads, s; 0 for none.' },
  trusted_cleanup_interval: {
    type: 'meaningless',
    default: 60,
    because: 'what a reload has replaced is freed by itself',
    doc: 'Time after which replaced data is freed, s.',
  },
} as const;

export type PermissionsConfig = Config<typeof params>;
