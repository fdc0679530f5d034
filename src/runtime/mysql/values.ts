import type { FieldPacket } from 'mysql2';
import type { DbResult, DbRow, DbValue } from '../../base/ports.ts';
import { secondsOfSqlTime } from '../sql/localTime.ts';

/** Column types of the protocol that need a second look. */
const longlong = 8;
const times: ReadonlySet<number> = new Set([7, 10, 12]); // TIMESTAMP, DATE, DATETIME

/** What mysql2 gives for one statement, as the port promises it. */
export function mysqlResult(rows: unknown, fields: readonly FieldPacket[] | undefined): DbResult {
  if (fields === undefined || fields.length === 0) {
    const { affectedRows = 0 } = (rows ?? {}) as { affectedRows?: number };
    return { columns: [], rows: [], affected: affectedRows };
  }
  const columns = fields.map(({ name }) => name);
  const cells = rows as DbValue[][];
  for (const [i, field] of fields.entries()) {
    const type = field.columnType ?? -1;
    if (times.has(type)) change(cells, i, (value) => secondsOfSqlTime(String(value)) ?? value);
    else if (type === longlong) change(cells, i, wholeNumber);
  }
  return { columns, rows: cells as DbRow[], affected: 0 };
}

function change(rows: DbValue[][], column: number, to: (value: DbValue) => DbValue): void {
  for (const row of rows) {
    const value = row[column];
    if (value !== null && value !== undefined) row[column] = to(value);
  }
}

/** mysql2 gives numbers that no double holds as text. */
function wholeNumber(value: DbValue): DbValue {
  return typeof value === 'string' ? BigInt(value) : value;
}
