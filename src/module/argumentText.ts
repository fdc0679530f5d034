import type { Value } from '../lang/catalogue.ts';

/** An argument of kind `any` as text: `$null` is no text. */
export function argumentText(value: Value): string {
  return value === null ? '' : String(value);
}
