import type { Config } from '../../module/define.ts';

export const params = {
  db_url: {
    type: 'string',
    default: 'mysql://kamailioro:kamailioro@localhost/kamailio',
    doc: 'Database with the groups.',
  },
  table: { type: 'string', default: 'grp', doc: 'Table of groups and their members.' },
  user_column: { type: 'string', default: 'username', doc: 'Column of user names.' },
  domain_column: { type: 'string', default: 'domain', doc: 'Column of domains.' },
  group_column: { type: 'string', default: 'grp', doc: 'Column of group names.' },
  use_domain: { type: 'int', default: 0, doc: 'Look up by user and domain.' },
  re_table: { type: 'string', default: '', doc: 'Table of groups by regular expressions; none without.' },
  re_exp_column: { type: 'string', default: 'reg_exp', doc: 'Column of regular expressions.' },
  re_gid_column: { type: 'string', default: 'group_id', doc: 'Column of the numbers of their groups.' },
  multiple_gid: { type: 'int', default: 1, doc: 'Give all groups that match, not only one.' },
} as const;

export type GroupConfig = Config<typeof params>;
