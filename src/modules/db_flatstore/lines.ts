import type { DbValue } from '../../base/ports.ts';

export interface LineFormat {
  /** Between fields, one character. */
  readonly fieldDelimiter: string;
  /** Behind each row, one character. */
  readonly recordDelimiter: string;
  /** Are delimiters within text written as `%7C`? */
  readonly isEncoded: boolean;
}

/** A row as a line: null is nothing, numbers and times (seconds since the epoch) are digits. */
export function lineOf(row: Readonly<Record<string, DbValue>>, format: LineFormat): string {
  const fields = Object.values(row).map((value) => fieldOf(value, format));
  return fields.join(format.fieldDelimiter) + format.recordDelimiter;
}

function fieldOf(value: DbValue, { isEncoded, fieldDelimiter, recordDelimiter }: LineFormat): string {
  if (value === null) return '';
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  const text = typeof value === 'string' ? value : Buffer.from(value).toString('utf8');
  if (!isEncoded) return text;
  return encoded(encoded(text, fieldDelimiter), recordDelimiter);
}

function encoded(text: string, character: string): string {
  if (character === '' || !text.includes(character)) return text;
  const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0');
  return text.replaceAll(character, `%${code}`);
}
