import { ServerError } from '../../base/errors.ts';
import type { Value, VariableRef } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { Formats } from '../../module/host.ts';
import type { AvpStore } from '../../module/variables.ts';

/** One `name=$pv` of `log_extra` or `db_extra`. */
export interface Extra {
  readonly name: string;
  readonly variable: VariableRef;
}

/** Splits and binds `name=$pv;name=$pv`; throws `ServerError` that names the parameter. */
export function bindExtras(param: string, text: string, most: number, formats: Formats): Extra[] {
  const extras = splitDefinitions(text).map((definition) => {
    const equals = definition.indexOf('=');
    const name = definition.slice(0, equals).trim();
    const variable = definition.slice(equals + 1).trim();
    if (equals <= 0 || name === '' || !variable.startsWith('$'))
      throw new ServerError('ACC_EXTRA', `${param}: expected name=$variable, got "${definition.trim()}"`);
    return { name, variable: formats.variable(variable) };
  });
  if (extras.length > most)
    throw new ServerError('ACC_EXTRA', `${param} has ${extras.length} values, at most ${most} are allowed`);
  return extras;
}

/** At semicolons that stand outside of parentheses and braces. */
function splitDefinitions(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at <= text.length; at++) {
    const char = text[at];
    if (char === '(' || char === '{' || char === '[') depth++;
    else if (char === ')' || char === '}' || char === ']') depth--;
    else if (char === undefined || (char === ';' && depth === 0)) {
      if (text.slice(from, at).trim() !== '') parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  return parts;
}

export interface ExtraValue {
  readonly name: string;
  readonly value: Value;
}

export function valuesOf(extras: readonly Extra[], context: ScriptContext): ExtraValue[] {
  return extras.map(({ name, variable }) => ({ name, value: variable.get(context) }));
}

/** One `name=$avp(x)` of `multi_leg_info`. */
export interface LegAttribute {
  readonly name: string;
  readonly avp: string;
}

/** Legs of a call at most: each costs a row. */
const maxLegs = 64;

export function bindLegs(text: string, most: number, formats: Formats): LegAttribute[] {
  return bindExtras('multi_leg_info', text, most, formats).map(({ name, variable }) => {
    const avp = /^\$avp\((?:[si]:)?([^()]+)\)$/.exec(variable.text)?.[1];
    if (avp === undefined)
      throw new ServerError('ACC_LEGS', `multi_leg_info: ${name} must be an $avp, got ${variable.text}`);
    return { name, avp };
  });
}

/** The sets of leg values, the newest first; one set of nothing when there are none. */
export function legsOf(legs: readonly LegAttribute[], avps: AvpStore): ExtraValue[][] {
  if (legs.length === 0) return [];
  const sets: ExtraValue[][] = [];
  for (let i = 0; i < maxLegs; i++) {
    const set = legs.map(({ name, avp }) => ({ name, value: avps.get(avp, i) }));
    if (i > 0 && set.every(({ value }) => value === null)) break;
    sets.push(set);
  }
  return sets;
}
