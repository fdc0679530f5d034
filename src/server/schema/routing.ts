import { id, int, type ModuleTables, maybe, real, serial, smallint, table, varchar } from './columns.ts';

export const routingTables: ModuleTables = {
  lcr: [
    table(
      'lcr_gw',
      3,
      [
        id,
        smallint('lcr_id'),
        maybe.varchar('gw_name', 128),
        maybe.varchar('ip_addr', 50),
        maybe.varchar('hostname', 64),
        maybe.smallint('port'),
        maybe.varchar('params', 64),
        maybe.smallint('uri_scheme'),
        maybe.smallint('transport'),
        maybe.smallint('strip'),
        maybe.varchar('prefix', 16, null),
        maybe.varchar('tag', 64, null),
        int('flags', 0),
        maybe.int('defunct', null),
      ],
      {
        indexes: { lcr_gw_lcr_id_idx: ['lcr_id'] },
      },
    ),
    table(
      'lcr_rule_target',
      1,
      [id, smallint('lcr_id'), int('rule_id'), int('gw_id'), smallint('priority'), int('weight', 1)],
      {
        unique: { lcr_rule_target_rule_id_gw_id_idx: ['rule_id', 'gw_id'] },
        indexes: { lcr_rule_target_lcr_id_idx: ['lcr_id'] },
      },
    ),
    table(
      'lcr_rule',
      3,
      [
        id,
        smallint('lcr_id'),
        maybe.varchar('prefix', 16, null),
        maybe.varchar('from_uri', 64, null),
        maybe.varchar('request_uri', 64, null),
        maybe.varchar('mt_tvalue', 128, null),
        int('stopper', 0),
        int('enabled', 1),
      ],
      {
        unique: { lcr_rule_lcr_id_prefix_from_uri_idx: ['lcr_id', 'prefix', 'from_uri'] },
      },
    ),
  ],
  dispatcher: [
    table('dispatcher', 4, [
      id,
      int('setid', 0),
      varchar('destination', 192, ''),
      int('flags', 0),
      int('priority', 0),
      varchar('attrs', 128, ''),
      varchar('description', 64, ''),
    ]),
  ],
  dialplan: [
    table('dialplan', 2, [
      id,
      int('dpid'),
      int('pr'),
      int('match_op'),
      varchar('match_exp', 64),
      int('match_len'),
      varchar('subst_exp', 64),
      varchar('repl_exp', 256),
      varchar('attrs', 64),
    ]),
  ],
  pdt: [
    table('pdt', 1, [id, varchar('sdomain', 255), varchar('prefix', 32), varchar('domain', 255, '')], {
      unique: { pdt_sdomain_prefix_idx: ['sdomain', 'prefix'] },
    }),
  ],
  carrierroute: [
    table('carrierroute', 3, [
      id,
      int('carrier', 0),
      int('domain', 0),
      varchar('scan_prefix', 64, ''),
      int('flags', 0),
      int('mask', 0),
      real('prob', 0),
      int('strip', 0),
      varchar('rewrite_host', 255, ''),
      varchar('rewrite_prefix', 64, ''),
      varchar('rewrite_suffix', 64, ''),
      maybe.varchar('description', 255, null),
    ]),
    table('carrierfailureroute', 2, [
      id,
      int('carrier', 0),
      int('domain', 0),
      varchar('scan_prefix', 64, ''),
      varchar('host_name', 255, ''),
      varchar('reply_code', 3, ''),
      int('flags', 0),
      int('mask', 0),
      int('next_domain', 0),
      maybe.varchar('description', 255, null),
    ]),
    table('carrier_name', 1, [id, maybe.varchar('carrier', 64, null)]),
    table('domain_name', 1, [id, maybe.varchar('domain', 64, null)]),
  ],
  drouting: [
    table('dr_gateways', 3, [
      serial('gwid'),
      int('type', 0),
      varchar('address', 128),
      int('strip', 0),
      maybe.varchar('pri_prefix', 64, null),
      maybe.varchar('attrs', 255, null),
      varchar('description', 128, ''),
    ]),
    table('dr_rules', 3, [
      serial('ruleid'),
      varchar('groupid', 255),
      varchar('prefix', 64),
      varchar('timerec', 255),
      int('priority', 0),
      varchar('routeid', 64),
      varchar('gwlist', 255),
      varchar('description', 128, ''),
    ]),
    table('dr_gw_lists', 1, [id, varchar('gwlist', 255), varchar('description', 128, '')]),
    table('dr_groups', 2, [
      id,
      varchar('username', 64),
      varchar('domain', 128, ''),
      int('groupid', 0),
      varchar('description', 128, ''),
    ]),
  ],
  domainpolicy: [
    table(
      'domainpolicy',
      2,
      [
        id,
        varchar('rule', 255),
        varchar('type', 255),
        maybe.varchar('att', 255),
        maybe.varchar('val', 128),
        varchar('description', 255),
      ],
      {
        unique: { domainpolicy_rav_idx: ['rule', 'att', 'val'] },
        indexes: { domainpolicy_rule_idx: ['rule'] },
      },
    ),
  ],
  mtree: [
    table('mtree', 1, [id, varchar('tprefix', 32, ''), varchar('tvalue', 128, '')], {
      unique: { mtree_tprefix_idx: ['tprefix'] },
    }),
    table(
      'mtrees',
      2,
      [id, varchar('tname', 128, ''), varchar('tprefix', 32, ''), varchar('tvalue', 128, '')],
      {
        unique: { mtrees_tname_tprefix_tvalue_idx: ['tname', 'tprefix', 'tvalue'] },
      },
    ),
  ],
  matrix: [
    table('matrix', 1, [id, int('first'), smallint('second'), int('res')], {
      indexes: { matrix_matrix_idx: ['first', 'second'] },
    }),
  ],
};
