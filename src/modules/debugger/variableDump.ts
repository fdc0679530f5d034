import type { Value } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { AvpStore, XavpNode, XavpValue } from '../../module/variables.ts';

/** What `dbg_pv_dump` writes, by bits of its mask. */
const Mask = { nulls: 1, avps: 2, vars: 4, xavps: 8, others: 16 } as const;

/** How a value is read by its name. */
export type Read = (name: string) => Value;

const quoted = (text: string): string => JSON.stringify(text);

function valueText(value: XavpValue): string {
  if (value === null) return 'null';
  if (typeof value === 'object') return nodeText(value);
  return typeof value === 'number' ? String(value) : quoted(value);
}

/** `{"name":[newest, older]}`. */
function nodeText({ fields }: XavpNode): string {
  const byName = new Map<string, string[]>();
  for (const { name, value } of fields) byName.set(name, [...(byName.get(name) ?? []), valueText(value)]);
  return `{${[...byName].map(([name, values]) => `${quoted(name)}:[${values.join(',')}]`).join(',')}}`;
}

function avpMembers(avps: AvpStore): string[] {
  return [...avps.names].map(
    (name) => `${quoted(`$avp(${name})`)}:[${avps.all(name).map(valueText).join(',')}]`,
  );
}

function xavpMembers({ fields }: XavpNode): string[] {
  const byName = new Map<string, string[]>();
  for (const { name, value } of fields) byName.set(name, [...(byName.get(name) ?? []), valueText(value)]);
  return [...byName].map(([name, values]) => `${quoted(`$xavp(${name})`)}:[${values.join(',')}]`);
}

/** Variables that change nothing when they are read, by name without parentheses and transformations. */
function isPlain(name: string): boolean {
  return /^\$\w+$/.test(name) && !/^\$(RANDOM|sruid|null)$/.test(name);
}

/** The variables of a message as one JSON object. `names` are those that the config uses. */
export function dumpVariables(
  context: ScriptContext,
  mask: number,
  names: Iterable<string>,
  read: Read,
): string {
  const members: string[] = [];
  if ((mask & Mask.avps) !== 0) members.push(...avpMembers(context.variables.avps));
  if ((mask & Mask.xavps) !== 0) members.push(...xavpMembers(context.variables.xavps));
  if ((mask & Mask.vars) !== 0)
    for (const [name, value] of context.locals)
      if (value !== null || (mask & Mask.nulls) !== 0)
        members.push(`${quoted(`$var(${name})`)}:${valueText(value)}`);
  if ((mask & Mask.others) !== 0) {
    for (const name of names) {
      if (!isPlain(name)) continue;
      const value = read(name);
      if (value !== null || (mask & Mask.nulls) !== 0) members.push(`${quoted(name)}:${valueText(value)}`);
    }
  }
  return `{${members.join(',')}}`;
}
