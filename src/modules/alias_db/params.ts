import type { Config } from '../../module/define.ts';

export const params = {
  db_url: {
    type: 'string',
    default: 'mysql://kamailioro:kamailioro@localhost/kamailio',
    doc: 'Database with the aliases.',
  },
  user_column: { type: 'string', default: 'username', doc: 'Column of user names.' },
  domain_column: { type: 'string', default: 'domain', doc: 'Column of the domains of users.' },
  alias_user_column: { type: 'string', default: 'alias_username', doc: 'Column of user parts of aliases.' },
  alias_domain_column: { type: 'string', default: 'alias_domain', doc: 'Column of domains of aliases.' },
  use_domain: { type: 'int', default: 0, doc: 'Look up by user and domain.' },
  domain_prefix: { type: 'string', default: '', doc: 'Taken off the domain before it is looked up.' },
  append_branches: { type: 'int', default: 0, doc: 'Make branches of further users of an alias.' },
} as const;

export type AliasConfig = Config<typeof params>;
