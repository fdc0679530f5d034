import type { ScriptContext } from '../../module/context.ts';

/** The number in an AVP, 0 for none. */
export function secondsInAvp(context: ScriptContext, avp: string): number {
  const value = Number(context.variables.avps.get(bareName(avp)));
  return Number.isNaN(value) ? 0 : Math.max(0, value);
}

/** `$xavp(name)`, `$avp(name)` or just the name. */
export function bareName(text: string): string {
  const open = text.indexOf('(');
  const name = open < 0 ? text : text.slice(open + 1, -1);
  return name === 'NULL' ? '' : name;
}
