import type { Config } from '../../module/define.ts';

export const params = {
  db_url: {
    type: 'string',
    default: 'mysql://kamailioro:kamailioro@localhost/kamailio',
    doc: 'Database with the short numbers.',
  },
  user_column: { type: 'string', default: 'username', doc: 'Column of the user names of owners.' },
  domain_column: { type: 'string', default: 'domain', doc: 'Column of the domains of owners.' },
  sd_user_column: { type: 'string', default: 'sd_username', doc: 'Column of the short numbers.' },
  sd_domain_column: { type: 'string', default: 'sd_domain', doc: 'Column of the domains of short numbers.' },
  new_uri_column: { type: 'string', default: 'new_uri', doc: 'Column of the URIs that they stand for.' },
  domain_prefix: { type: 'string', default: '', doc: 'Taken off the domain of the owner.' },
  use_domain: {
    type: 'int',
    default: 0,
    min: 0,
    max: 2,
    doc: 'Look up without domains (0), with that of the owner (1), with that of the Request-URI, too (2).',
  },
} as const;

export type SpeedDialConfig = Config<typeof params>;
