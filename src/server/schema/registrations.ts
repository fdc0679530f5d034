import { id, int, type ModuleTables, maybe, real, table, time, varchar } from './columns.ts';

/** A binding, as `location` and `aliases` have it. */
function bindingColumns(lengths: { readonly contact: number; readonly received: number }) {
  return [
    id,
    varchar('ruid', 64, ''),
    varchar('username', 64, ''),
    maybe.varchar('domain', 64, null),
    varchar('contact', lengths.contact, ''),
    maybe.varchar('received', lengths.received, null),
    maybe.varchar('path', 512, null),
    time('expires', '2030-05-28 21:32:15'),
    real('q', 1),
    varchar('callid', 255, 'Default-Call-ID'),
    int('cseq', 1),
    time('last_modified', '2000-01-01 00:00:01'),
    int('flags', 0),
    int('cflags', 0),
    varchar('user_agent', 255, ''),
    maybe.varchar('socket', 64, null),
    maybe.int('methods', null),
    maybe.varchar('instance', 255, null),
    int('reg_id', 0),
    int('server_id', 0),
    int('connection_id', 0),
    int('keepalive', 0),
    int('partition', 0),
  ];
}

export const registrationsTables: ModuleTables = {
  registrar: [
    table('aliases', 8, bindingColumns({ contact: 255, received: 255 }), {
      unique: { aliases_ruid_idx: ['ruid'] },
      indexes: {
        aliases_account_contact_idx: ['username', 'domain', 'contact'],
        aliases_expires_idx: ['expires'],
      },
    }),
  ],
  usrloc: [
    table('location', 9, bindingColumns({ contact: 512, received: 128 }), {
      unique: { location_ruid_idx: ['ruid'] },
      indexes: {
        location_account_contact_idx: ['username', 'domain', 'contact'],
        location_expires_idx: ['expires'],
        location_tcpcon_idx: ['connection_id'],
        location_connection_idx: ['server_id', 'connection_id'],
      },
    }),
    table(
      'location_attrs',
      1,
      [
        id,
        varchar('ruid', 64, ''),
        varchar('username', 64, ''),
        maybe.varchar('domain', 64, null),
        varchar('aname', 64, ''),
        int('atype', 0),
        varchar('avalue', 512, ''),
        time('last_modified', '2000-01-01 00:00:01'),
      ],
      {
        indexes: {
          location_attrs_account_record_idx: ['username', 'domain', 'ruid'],
          location_attrs_last_modified_idx: ['last_modified'],
        },
      },
    ),
  ],
  uac: [
    table(
      'uacreg',
      5,
      [
        id,
        varchar('l_uuid', 64, ''),
        varchar('l_username', 64, ''),
        varchar('l_domain', 64, ''),
        varchar('r_username', 64, ''),
        varchar('r_domain', 64, ''),
        varchar('realm', 64, ''),
        varchar('auth_username', 64, ''),
        varchar('auth_password', 64, ''),
        varchar('auth_ha1', 128, ''),
        varchar('auth_proxy', 255, ''),
        int('expires', 0),
        int('flags', 0),
        int('reg_delay', 0),
        varchar('contact_addr', 255, ''),
        varchar('socket', 128, ''),
      ],
      {
        unique: { uacreg_l_uuid_idx: ['l_uuid'] },
      },
    ),
  ],
  htable: [
    table('htable', 2, [
      id,
      varchar('key_name', 64, ''),
      int('key_type', 0),
      int('value_type', 0),
      varchar('key_value', 128, ''),
      int('expires', 0),
    ]),
  ],
  pipelimit: [
    table('pl_pipes', 1, [id, varchar('pipeid', 64, ''), varchar('algorithm', 32, ''), int('plimit', 0)]),
  ],
  imc: [
    table('imc_rooms', 1, [id, varchar('name', 64), varchar('domain', 64), int('flag')], {
      unique: { imc_rooms_name_domain_idx: ['name', 'domain'] },
    }),
    table(
      'imc_members',
      1,
      [id, varchar('username', 64), varchar('domain', 64), varchar('room', 64), int('flag')],
      {
        unique: { imc_members_account_room_idx: ['username', 'domain', 'room'] },
      },
    ),
  ],
  cpl: [
    table(
      'cpl',
      1,
      [id, varchar('username', 64), varchar('domain', 64, ''), maybe.text('cpl_xml'), maybe.text('cpl_bin')],
      {
        unique: { cpl_account_idx: ['username', 'domain'] },
      },
    ),
  ],
  purple: [
    table('purplemap', 1, [
      id,
      varchar('sip_user', 255),
      varchar('ext_user', 255),
      varchar('ext_prot', 16),
      maybe.varchar('ext_pass', 64),
    ]),
  ],
};
