import { id, int, type ModuleTables, maybe, smallint, table, time, varchar } from './columns.ts';

export const accountsTables: ModuleTables = {
  standard: [
    table('version', 1, [id, varchar('table_name', 32), int('table_version', 0)], {
      unique: { version_table_name_idx: ['table_name'] },
    }),
  ],
  auth_db: [
    table(
      'subscriber',
      7,
      [
        id,
        varchar('username', 64, ''),
        varchar('domain', 64, ''),
        varchar('password', 64, ''),
        varchar('ha1', 128, ''),
        varchar('ha1b', 128, ''),
      ],
      {
        unique: { subscriber_account_idx: ['username', 'domain'] },
        indexes: { subscriber_username_idx: ['username'] },
      },
    ),
  ],
  alias_db: [
    table(
      'dbaliases',
      1,
      [
        id,
        varchar('alias_username', 64, ''),
        varchar('alias_domain', 64, ''),
        varchar('username', 64, ''),
        varchar('domain', 64, ''),
      ],
      {
        indexes: {
          dbaliases_alias_user_idx: ['alias_username'],
          dbaliases_alias_idx: ['alias_username', 'alias_domain'],
          dbaliases_target_idx: ['username', 'domain'],
        },
      },
    ),
  ],
  uri_db: [
    table(
      'uri',
      1,
      [
        id,
        varchar('username', 64, ''),
        varchar('domain', 64, ''),
        varchar('uri_user', 64, ''),
        time('last_modified', '2000-01-01 00:00:01'),
      ],
      {
        unique: { uri_account_idx: ['username', 'domain', 'uri_user'] },
      },
    ),
  ],
  speeddial: [
    table(
      'speed_dial',
      2,
      [
        id,
        varchar('username', 64, ''),
        varchar('domain', 64, ''),
        varchar('sd_username', 64, ''),
        varchar('sd_domain', 64, ''),
        varchar('new_uri', 255, ''),
        varchar('fname', 64, ''),
        varchar('lname', 64, ''),
        varchar('description', 64, ''),
      ],
      {
        unique: { speed_dial_speed_dial_idx: ['username', 'domain', 'sd_domain', 'sd_username'] },
      },
    ),
  ],
  group: [
    table(
      'grp',
      2,
      [
        id,
        varchar('username', 64, ''),
        varchar('domain', 64, ''),
        varchar('grp', 64, ''),
        time('last_modified', '2000-01-01 00:00:01'),
      ],
      {
        unique: { grp_account_group_idx: ['username', 'domain', 'grp'] },
      },
    ),
    table('re_grp', 1, [id, varchar('reg_exp', 128, ''), int('group_id', 0)], {
      indexes: { re_grp_group_idx: ['group_id'] },
    }),
  ],
  permissions: [
    table(
      'trusted',
      6,
      [
        id,
        varchar('src_ip', 50),
        varchar('proto', 4),
        maybe.varchar('from_pattern', 64, null),
        maybe.varchar('ruri_pattern', 64, null),
        maybe.varchar('tag', 64),
        int('priority', 0),
      ],
      {
        indexes: { trusted_peer_idx: ['src_ip'] },
      },
    ),
    table('address', 6, [
      id,
      int('grp', 1),
      varchar('ip_addr', 50),
      int('mask', 32),
      smallint('port', 0),
      maybe.varchar('tag', 64),
    ]),
  ],
  domain: [
    table(
      'domain',
      2,
      [
        id,
        varchar('domain', 64),
        maybe.varchar('did', 64, null),
        time('last_modified', '2000-01-01 00:00:01'),
      ],
      {
        unique: { domain_domain_idx: ['domain'] },
      },
    ),
    table(
      'domain_attrs',
      1,
      [
        id,
        varchar('did', 64),
        varchar('name', 32),
        int('type'),
        varchar('value', 255),
        time('last_modified', '2000-01-01 00:00:01'),
      ],
      {
        indexes: { domain_attrs_domain_attrs_idx: ['did', 'name'] },
      },
    ),
  ],
  avpops: [
    table(
      'usr_preferences',
      2,
      [
        id,
        varchar('uuid', 64, ''),
        varchar('username', 255, 0),
        varchar('domain', 64, ''),
        varchar('attribute', 32, ''),
        int('type', 0),
        varchar('value', 128, ''),
        time('last_modified', '2000-01-01 00:00:01'),
      ],
      {
        indexes: {
          usr_preferences_ua_idx: ['uuid', 'attribute'],
          usr_preferences_uda_idx: ['username', 'domain', 'attribute'],
        },
      },
    ),
  ],
  userblocklist: [
    table(
      'userblocklist',
      1,
      [
        id,
        varchar('username', 64, ''),
        varchar('domain', 64, ''),
        varchar('prefix', 64, ''),
        smallint('allowlist', 0),
      ],
      {
        indexes: { userblocklist_userblocklist_idx: ['username', 'domain', 'prefix'] },
      },
    ),
    table(
      'globalblocklist',
      1,
      [id, varchar('prefix', 64, ''), smallint('allowlist', 0), maybe.varchar('description', 255, null)],
      {
        indexes: { globalblocklist_globalblocklist_idx: ['prefix'] },
      },
    ),
  ],
  secfilter: [
    table('secfilter', 1, [id, smallint('action', 0), smallint('type', 0), varchar('data', 64, '')], {
      indexes: { secfilter_secfilter_idx: ['action', 'type', 'data'] },
    }),
  ],
};
