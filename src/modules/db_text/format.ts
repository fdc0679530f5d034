import { DatabaseError } from '../../base/errors.ts';
import type { DbValue } from '../../base/ports.ts';

export type ColumnType = 'int' | 'double' | 'string';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** As the file has it, e.g. `str,null`. */
  readonly written: string;
  readonly isNullable: boolean;
  /** Counts up when no value is given. */
  readonly isAuto: boolean;
}

/** How files are read and written. */
export interface TextFormat {
  /** One character between fields. */
  readonly delimiter: string;
  /** Is nothing between two delimiters an empty text, not null? */
  readonly emptyString: boolean;
  /** Rows that are read of one file at most. */
  readonly maxRows: number;
}

const typeNames: ReadonlyMap<string, ColumnType> = new Map([
  ['int', 'int'],
  ['double', 'double'],
  ['str', 'string'],
  ['string', 'string'],
]);

/** The first line of a file: `id(int,auto) name(str) note(str,null)`. Throws `DatabaseError` DB_CORRUPT. */
export function readHeader(line: string): Column[] {
  const columns = line
    .trim()
    .split(/\s+/)
    .map((text) => {
      const match = /^([^\s(]+)\((\w+)(?:,(auto|null))?\)$/.exec(text);
      const type = typeNames.get(match?.[2] ?? '');
      if (match === null || type === undefined) {
        throw new DatabaseError(
          'DB_CORRUPT',
          `'${text}' is no column; expected name(type) or name(type,null)`,
        );
      }
      const written = text.slice(text.indexOf('(') + 1, -1);
      return {
        name: match[1] ?? '',
        type,
        written,
        isNullable: match[3] === 'null',
        isAuto: match[3] === 'auto',
      };
    });
  return columns;
}

export function headerText(columns: readonly Column[]): string {
  return columns.map(({ name, written }) => `${name}(${written})`).join(' ');
}

/** A line as a row; throws DB_CORRUPT when it does not fit the columns. */
export function readRow(line: string, columns: readonly Column[], format: TextFormat): DbValue[] {
  const fields = splitFields(line, format.delimiter);
  return columns.map((column, i) => readField(fields[i] ?? '', column, format));
}

/** Splits at delimiters that no backslash stands before; the fields keep their backslashes. */
function splitFields(line: string, delimiter: string): string[] {
  const fields: string[] = [];
  let start = 0;
  for (let i = 0; i < line.length; i++) {
    if (line[i] === '\\') i++;
    else if (line[i] === delimiter) {
      fields.push(line.slice(start, i));
      start = i + 1;
    }
  }
  fields.push(line.slice(start));
  return fields;
}

function readField(field: string, column: Column, format: TextFormat): DbValue {
  if (column.type === 'string') {
    if (field !== '') return unescaped(field);
    return column.isNullable && !format.emptyString ? null : '';
  }
  if (field === '') return column.isNullable ? null : 0;
  const number = Number(field);
  if (Number.isNaN(number)) {
    throw new DatabaseError('DB_CORRUPT', `'${field}' is no number (column ${column.name})`);
  }
  return number;
}

const readEscapes: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['0', '\0'],
]);

function unescaped(field: string): string {
  return field.replace(/\\(.)/gs, (_, character: string) => readEscapes.get(character) ?? character);
}

export function rowText(row: readonly DbValue[], columns: readonly Column[], format: TextFormat): string {
  return row.map((value, i) => fieldText(value, columns[i], format)).join(format.delimiter);
}

const writeEscapes: ReadonlyMap<string, string> = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\0', '\\0'],
  ['\\', '\\\\'],
]);

function fieldText(value: DbValue, column: Column | undefined, { delimiter }: TextFormat): string {
  if (value === null) return '';
  if (column?.type === 'double') return Number(value).toFixed(2);
  if (column?.type === 'int') return String(value);
  let text = '';
  for (const character of String(value)) {
    text += writeEscapes.get(character) ?? (character === delimiter ? `\\${character}` : character);
  }
  return text;
}

/** A value as the column holds it. Throws DB_VALUE or DB_CONSTRAINT. */
export function fitting(value: DbValue, column: Column): DbValue {
  if (value === null) {
    if (column.isNullable) return null;
    throw new DatabaseError('DB_CONSTRAINT', `column ${column.name} takes no null`);
  }
  if (column.type === 'string') {
    const text = value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : String(value);
    if (text.includes('\0')) throw new DatabaseError('DB_VALUE', 'text with a NUL character');
    return text;
  }
  const number = typeof value === 'number' ? value : Number(value);
  if (Number.isNaN(number))
    throw new DatabaseError('DB_VALUE', `'${value}' is no number (column ${column.name})`);
  return column.type === 'int' ? Math.trunc(number) : number;
}
