import type { Config } from '../../module/define.ts';

export const params = {
  db_url: {
    type: 'string',
    default: 'mysql://kamailioro:kamailioro@localhost/kamailio',
    doc: 'Database with the users; the default again when it is empty.',
  },
  db_table: { type: 'string', default: 'subscriber', doc: 'Table of users, or of URIs with use_uri_table.' },
  user_column: { type: 'string', default: 'username', doc: 'Column of user names.' },
  domain_column: { type: 'string', default: 'domain', doc: 'Column of domains.' },
  uriuser_column: {
    type: 'string',
    default: 'uri_user',
    doc: 'Column of the user parts that a user may use.',
  },
  use_uri_table: { type: 'int', default: 0, doc: 'Check against a table of URIs, not of users.' },
  use_domain: { type: 'int', default: 0, doc: 'does_uri_exist looks up by user and domain.' },
} as const;

export type UriDbConfig = Config<typeof params>;
