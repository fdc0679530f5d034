import { numberOf, textOf } from '../../base/dbValues.ts';
import { ServerError } from '../../base/errors.ts';
import type { Database, DbRow } from '../../base/ports.ts';
import type { DomainConfig } from './params.ts';

/** A value that the members of a domain have. */
export interface DomainAttribute {
  readonly name: string;
  readonly value: string | number;
}

export interface LocalDomain {
  /** As the table has it. */
  readonly name: string;
  /** Id that domains of one owner may share. */
  readonly did: string;
}

/** More is no list of domains any more; a bound on memory. */
const maxRows = 1_000_000;

const AttributeType = { int: 0, string: 2 } as const;

/** Both tables as they were read. */
export class DomainTable {
  readonly domains: ReadonlyMap<string, LocalDomain>;
  /** By id, the last row first: so the first one ends on top of the AVPs. */
  readonly attributes: ReadonlyMap<string, readonly DomainAttribute[]>;

  constructor(
    domains: ReadonlyMap<string, LocalDomain>,
    attributes: ReadonlyMap<string, readonly DomainAttribute[]>,
  ) {
    this.domains = domains;
    this.attributes = attributes;
  }

  find(domain: string): LocalDomain | undefined {
    return this.domains.get(domain.toLowerCase());
  }
}

/** Rejects with `DatabaseError`, or with `ServerError` for rows that cannot be. */
export async function readDomainTable(database: Database, config: DomainConfig): Promise<DomainTable> {
  const { domain_table, domain_attrs_table, domain_col, did_col, name_col, type_col, value_col } = config;
  const [domains, attributes] = await Promise.all([
    database.query({ table: domain_table, columns: [domain_col, did_col], limit: maxRows }),
    database.query({
      table: domain_attrs_table,
      columns: [did_col, name_col, type_col, value_col],
      limit: maxRows,
    }),
  ]);
  return new DomainTable(readDomains(domains.rows), readAttributes(attributes.rows));
}

function readDomains(rows: readonly DbRow[]): Map<string, LocalDomain> {
  const domains = new Map<string, LocalDomain>();
  for (const [nameCell, didCell = null] of rows) {
    const name = textOf(nameCell);
    const did = didCell === null ? name : textOf(didCell);
    if (name === '' || did === '') throw malformed(`domain '${name}' has no name or an empty id`);
    domains.set(name.toLowerCase(), { name, did });
  }
  return domains;
}

function readAttributes(rows: readonly DbRow[]): Map<string, DomainAttribute[]> {
  const attributes = new Map<string, DomainAttribute[]>();
  for (const row of rows) {
    const did = textOf(row[0]);
    const attribute = readAttribute(row);
    const known = attributes.get(did);
    if (known === undefined) attributes.set(did, [attribute]);
    else known.push(attribute);
  }
  for (const list of attributes.values()) list.reverse();
  return attributes;
}

function readAttribute([did, nameCell, typeCell, valueCell = null]: DbRow): DomainAttribute {
  const name = textOf(nameCell);
  const where = `attribute '${name}' of '${textOf(did)}'`;
  if (name === '' || textOf(did) === '' || valueCell === null) throw malformed(`${where} is incomplete`);
  const type = numberOf(typeCell, -1);
  const text = textOf(valueCell);
  if (type === AttributeType.string) return { name, value: text };
  if (type !== AttributeType.int) throw malformed(`${where} has the unknown type ${type}`);
  if (!/^\s*[+-]?\d+$/.test(text)) throw malformed(`${where} is no integer: '${text}'`);
  return { name, value: Number(text) };
}

function malformed(text: string): ServerError {
  return new ServerError('DOMAIN_TABLE', text);
}
