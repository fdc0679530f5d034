import { textOf } from '../../base/dbValues.ts';
import { ServerError } from '../../base/errors.ts';
import type { DbRow } from '../../base/ports.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { Formats } from '../../module/host.ts';

/** A column of the subscriber table and where its value goes. */
export interface Attribute {
  readonly column: string;
  set(context: ScriptContext, value: string | number): void;
}

/** Reads `$avp(x)=column;column`. Throws `ServerError` for what is malformed. */
export function parseAttributes(text: string, formats: Formats): Attribute[] {
  return text
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => parseAttribute(part, formats));
}

function parseAttribute(part: string, formats: Formats): Attribute {
  const equals = part.lastIndexOf('=');
  const column = part.slice(equals + 1).trim();
  if (!/^\w+$/.test(column))
    throw new ServerError('AUTH_DB_ATTRIBUTE', `load_credentials: no column name in '${part}'`);
  if (equals < 0) return { column, set: (context, value) => context.variables.avps.push(column, value) };
  const variable = formats.variable(part.slice(0, equals).trim());
  if (!variable.text.startsWith('$avp('))
    throw new ServerError('AUTH_DB_ATTRIBUTE', `load_credentials: '${variable.text}' is no $avp`);
  return { column, set: (context, value) => variable.set(context, value) };
}

/** Hands the cells from `first` on over; NULL leaves its variable as it is. */
export function setAttributes(
  attributes: readonly Attribute[],
  context: ScriptContext,
  row: DbRow,
  first: number,
): void {
  for (const [i, attribute] of attributes.entries()) {
    const cell = row[first + i] ?? null;
    if (cell !== null) attribute.set(context, typeof cell === 'number' ? cell : textOf(cell));
  }
}
