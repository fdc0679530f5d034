import { id, int, type ModuleTables, maybe, table, varchar } from './columns.ts';

export const uidTables: ModuleTables = {
  uid_auth_db: [
    table(
      'uid_credentials',
      7,
      [
        id,
        varchar('auth_username', 64),
        varchar('did', 64, '_default'),
        varchar('realm', 64),
        varchar('password', 28, ''),
        int('flags', 0),
        varchar('ha1', 32),
        varchar('ha1b', 32, ''),
        varchar('uid', 64),
      ],
      {
        indexes: {
          uid_credentials_cred_idx: ['auth_username', 'did'],
          uid_credentials_uid: ['uid'],
          uid_credentials_did_idx: ['did'],
          uid_credentials_realm_idx: ['realm'],
        },
      },
    ),
  ],
  uid_avp_db: [
    table(
      'uid_user_attrs',
      3,
      [
        id,
        varchar('uid', 64),
        varchar('name', 32),
        maybe.varchar('value', 128),
        int('type', 0),
        int('flags', 0),
      ],
      {
        unique: { uid_user_attrs_userattrs_idx: ['uid', 'name', 'value'] },
      },
    ),
  ],
  uid_domain: [
    table('uid_domain', 2, [id, varchar('did', 64), varchar('domain', 64), int('flags', 0)], {
      unique: { uid_domain_domain_idx: ['domain'] },
      indexes: { uid_domain_did_idx: ['did'] },
    }),
    table(
      'uid_domain_attrs',
      1,
      [
        id,
        maybe.varchar('did', 64),
        varchar('name', 32),
        int('type', 0),
        maybe.varchar('value', 128),
        int('flags', 0),
      ],
      {
        unique: { uid_domain_attrs_domain_attr_idx: ['did', 'name', 'value'] },
        indexes: { uid_domain_attrs_domain_did: ['did', 'flags'] },
      },
    ),
  ],
  uid_gflags: [
    table(
      'uid_global_attrs',
      1,
      [id, varchar('name', 32), int('type', 0), maybe.varchar('value', 128), int('flags', 0)],
      {
        unique: { uid_global_attrs_global_attrs_idx: ['name', 'value'] },
      },
    ),
  ],
  uid_uri_db: [
    table(
      'uid_uri',
      3,
      [
        id,
        varchar('uid', 64),
        varchar('did', 64),
        varchar('username', 64),
        int('flags', 0),
        varchar('scheme', 8, 'sip'),
      ],
      {
        indexes: { uid_uri_uri_idx1: ['username', 'did', 'scheme'], uid_uri_uri_uid: ['uid'] },
      },
    ),
    table(
      'uid_uri_attrs',
      2,
      [
        id,
        varchar('username', 64),
        varchar('did', 64),
        varchar('name', 32),
        maybe.varchar('value', 128),
        int('type', 0),
        int('flags', 0),
        varchar('scheme', 8, 'sip'),
      ],
      {
        unique: { uid_uri_attrs_uriattrs_idx: ['username', 'did', 'name', 'value', 'scheme'] },
      },
    ),
  ],
};
