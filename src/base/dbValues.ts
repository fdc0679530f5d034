import type { DbValue } from './databasePort.ts';

/** A cell as text; '' for NULL. */
export function textOf(value: DbValue | undefined): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return '';
  return value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : `${value}`;
}

/** A cell as number; `otherwise` for NULL and for text that is none. */
export function numberOf(value: DbValue | undefined, otherwise: number): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'string') return otherwise;
  const number = Number(value);
  return Number.isNaN(number) ? otherwise : number;
}
