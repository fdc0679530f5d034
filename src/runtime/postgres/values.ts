import { DatabaseError } from '../../base/errors.ts';
import type { DbValue } from '../../base/ports.ts';
import type { TableColumns } from '../sql/catalog.ts';
import { secondsOfSqlTime, sqlTime } from '../sql/localTime.ts';

type Reader = (text: string) => DbValue;

const time: Reader = (text) => secondsOfSqlTime(text) ?? text;
const whole: Reader = (text) => {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : BigInt(text);
};
const bytes: Reader = (text) =>
  text.startsWith('\\x') ? Buffer.from(text.slice(2), 'hex') : Buffer.from(unescaped(text), 'latin1');

/** How the texts of PostgreSQL's types are read, by their object ids; other types stay text. */
const readers: ReadonlyMap<number, Reader> = new Map<number, Reader>([
  [17, bytes], // bytea
  [20, whole], // int8
  [21, Number], // int2
  [23, Number], // int4
  [26, Number], // oid
  [700, Number], // float4
  [701, Number], // float8
  [1082, time], // date
  [1114, time], // timestamp
  [1184, time], // timestamptz
]);

const asText: Reader = (text) => text;

/** For pg's `types` option. */
export const postgresTypes = {
  getTypeParser: (oid: number): Reader => readers.get(oid) ?? asText,
};

/** `bytea_output = 'escape'`: octal numbers behind backslashes. */
function unescaped(text: string): string {
  return text.replace(/\\(\\|[0-3][0-7]{2})/g, (_, code: string) =>
    code === '\\' ? '\\' : String.fromCharCode(Number.parseInt(code, 8)),
  );
}

/** A value as the wire takes it: text, or bytes for columns of bytes. */
export function postgresBind(value: DbValue, column: string, columns: TableColumns): DbValue {
  if (value === null || value === undefined) return null;
  const type = columns.get(column);
  if (typeof value === 'number') return type?.isTime === true ? sqlTime(value) : String(value);
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (type?.isBytes === true) return Buffer.from(value, 'utf8');
  if (value.includes('\0')) throw new DatabaseError('DB_VALUE', 'text with a NUL character');
  return value;
}
