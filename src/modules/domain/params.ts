import type { Config } from '../../module/define.ts';

export const params = {
  db_url: {
    type: 'string',
    default: 'mysql://kamailioro:kamailioro@localhost/kamailio',
    doc: 'Database with the domains.',
  },
  domain_table: { type: 'string', default: 'domain', doc: 'Table of local domains.' },
  domain_attrs_table: { type: 'string', default: 'domain_attrs', doc: 'Table of their attributes.' },
  did_col: {
    type: 'string',
    default: 'did',
    doc: 'Column of the id that domains and attributes share; NULL: the domain itself.',
  },
  domain_col: { type: 'string', default: 'domain', doc: 'Column of domain names.' },
  name_col: { type: 'string', default: 'name', doc: 'Column of attribute names.' },
  type_col: { type: 'string', default: 'type', doc: 'Column of attribute types: 0 integer, 2 string.' },
  value_col: { type: 'string', default: 'value', doc: 'Column of attribute values.' },
  register_myself: { type: 'int', default: 0, doc: 'Local domains are also own names (`myself`).' },
} as const;

export type DomainConfig = Config<typeof params>;
