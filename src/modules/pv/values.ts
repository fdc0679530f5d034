import type { Value } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { PvDeclaration } from '../../module/define.ts';
import type { PvState } from './state.ts';

export type Pvs = Readonly<Record<string, PvDeclaration<PvState>>>;
export type Getter = (self: PvState, context: ScriptContext) => Value;
export type Setter = (self: PvState, context: ScriptContext, value: Value) => void;

/** A variable that can only be read. */
export function readOnly(doc: string, get: Getter): PvDeclaration<PvState> {
  return { doc, get };
}

export function writable(doc: string, get: Getter, set: Setter): PvDeclaration<PvState> {
  return { doc, get, set };
}

/** `''` and undefined are `$null`. */
export function orNull(text: string | undefined): Value {
  return text === undefined || text === '' ? null : text;
}

/** A value as text; null is ''. */
export function text(value: Value): string {
  return typeof value === 'string' ? value : value === null ? '' : String(value);
}

/** A value as number: text by its leading decimal digits, null and other text 0. */
export function number(value: Value): number {
  if (typeof value === 'number') return value;
  const parsed = value === null ? Number.NaN : Number.parseInt(value, 10);
  return Number.isNaN(parsed) ? 0 : parsed;
}

/** Eight hex digits of a 32-bit mask. */
export function hex32(mask: number): string {
  return (mask >>> 0).toString(16).toUpperCase().padStart(8, '0');
}
