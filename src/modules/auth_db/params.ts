import type { Config } from '../../module/define.ts';

export const params = {
  db_url: {
    type: 'string',
    default: 'mysql://kamailioro:kamailioro@localhost/kamailio',
    doc: 'Database with the subscribers.',
  },
  user_column: { type: 'string', default: 'username', doc: 'Column of user names.' },
  domain_column: { type: 'string', default: 'domain', doc: 'Column of domains.' },
  password_column: {
    type: 'string',
    default: 'ha1',
    doc: 'Column of HA1, or of passwords with calculate_ha1.',
  },
  password_column_2: {
    type: 'string',
    default: 'ha1b',
    doc: 'Column of the HA1 that is hashed of user@domain, for clients that give their user name so.',
  },
  calculate_ha1: { type: 'int', default: 0, doc: 'The passwords in the table are plain.' },
  use_domain: {
    type: 'int',
    default: 0,
    doc: 'Look up by user and domain: that of the user name, else the realm.',
  },
  load_credentials: {
    type: 'string',
    default: '',
    doc: 'Columns for variables of a verified user: `$avp(x)=column;column`; without variable the AVP has the name of the column.',
  },
  version_table: { type: 'int', default: 1, doc: 'Check the version of the subscriber tables at start.' },
  force_generate_avps: {
    type: 'int',
    default: 0,
    doc: 'Fill these variables for users with a wrong password, too.',
  },
} as const;

export type AuthDbConfig = Config<typeof params>;
