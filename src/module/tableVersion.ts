import { numberOf } from '../base/dbValues.ts';
import { ServerError } from '../base/errors.ts';
import type { Database } from '../base/ports.ts';

/**
 * Refuses a table that another version of kamdbctl or `olelo db create` has made, by what the table `version` says of it.
 * Throws `ServerError`, or `DatabaseError` when nobody can tell.
 */
export async function checkTableVersion(database: Database, table: string, expected: number): Promise<void> {
  const where = [{ column: 'table_name', op: '=', value: table }] as const;
  const result = await database.query({ table: 'version', columns: ['table_version'], where });
  const found = numberOf(result.rows[0]?.[0], 0);
  if (found !== expected)
    throw new ServerError(
      'TABLE_VERSION',
      `table ${table} has version ${found}, expected ${expected}: see 'olelo db create' or set version_table to 0`,
    );
}
