import type { Database, DbCondition } from '../../base/ports.ts';

/** `doc_type` of presence rules in the table. */
const presenceRules = 2;

/** Documents of an XCAP server in the database (RFC 4825). */
export class XcapDocuments {
  readonly #database: Database;
  readonly #table: string;

  constructor(database: Database, table: string) {
    this.#database = database;
    this.#table = table;
  }

  /** The presence rules of a user; undefined when there are none. Rejects with a `DatabaseError`. */
  async rules(user: string, domain: string): Promise<string | undefined> {
    return await this.#find([...ofUser(user, domain), { column: 'doc_type', op: '=', value: presenceRules }]);
  }

  async at(user: string, domain: string, uri: string): Promise<string | undefined> {
    return await this.#find([...ofUser(user, domain), { column: 'doc_uri', op: '=', value: uri }]);
  }

  async #find(where: readonly DbCondition[]): Promise<string | undefined> {
    const { rows } = await this.#database.query({ table: this.#table, columns: ['doc'], where, limit: 1 });
    const value = rows[0]?.[0];
    if (value === undefined || value === null) return undefined;
    const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : Buffer.from(value as Uint8Array);
    return bytes.toString('latin1');
  }
}

function ofUser(user: string, domain: string): DbCondition[] {
  return [
    { column: 'username', op: '=', value: user },
    { column: 'domain', op: '=', value: domain },
  ];
}
