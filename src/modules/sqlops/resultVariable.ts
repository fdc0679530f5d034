import type { Problem, Value } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { PvBinding, PvReference } from '../../module/define.ts';
import type { QueryResult } from './results.ts';
import type { SqlOps } from './sqlOps.ts';

type Reader = (result: QueryResult | undefined) => Value;

const shape =
  /^\s*([^=\s]+)\s*=>\s*(?:(rows|cols)|colname\[\s*(\S+?)\s*\]|\[\s*([^,\s]+)\s*,\s*([^,\]]+?)\s*\])\s*$/;
const wholeNumber = /^-?\d+$/;

interface Read {
  readonly name: string;
  readonly reader: Reader;
}

/** `ra=>rows`, `ra=>cols`, `ra=>colname[1]`, `ra=>[0,1]`; undefined for anything else. */
export function readResultName(text: string): Read | undefined {
  const match = shape.exec(text);
  if (match === null) return undefined;
  const [, name = '', count, named, row, column] = match;
  if (count === 'rows') return { name, reader: (result) => result?.rowCount ?? 0 };
  if (count === 'cols') return { name, reader: (result) => result?.columnCount ?? 0 };
  if (named !== undefined) {
    if (!wholeNumber.test(named)) return undefined;
    return { name, reader: (result) => result?.columnName(Number(named)) ?? null };
  }
  if (row === undefined || column === undefined) return undefined;
  if (!wholeNumber.test(row) || !wholeNumber.test(column)) return undefined;
  return { name, reader: (result) => result?.cell(Number(row), Number(column)) ?? null };
}

/** `$dbr(...)`; a text with variables in it is read each time. */
export function bindResult(self: SqlOps, pv: PvReference): PvBinding | Problem {
  if (pv.inner === undefined) {
    return { get: (context) => cellOf(self, context, readResultName(pv.innerOf(context))) };
  }
  const read = readResultName(pv.inner);
  if (read === undefined) {
    return { message: `$dbr(${pv.inner}): expected result=>rows, cols, colname[n] or [row,column]` };
  }
  return { get: (context) => cellOf(self, context, read) };
}

function cellOf(self: SqlOps, context: ScriptContext, read: Read | undefined): Value {
  return read === undefined ? null : read.reader(self.results.find(context, read.name));
}
