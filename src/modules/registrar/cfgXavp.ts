import type { ScriptContext } from '../../module/context.ts';
import { XavpNode } from '../../module/variables.ts';

/** One field of `xavp_cfg` as a number; undefined when it is not set. */
export function numberSetting(context: ScriptContext, root: string, name: string): number | undefined {
  const value = setting(context, root, name);
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const number = Number(value);
  return Number.isInteger(number) ? number : undefined;
}

/** One field of `xavp_cfg` as text; undefined when it is not set. */
export function textSetting(context: ScriptContext, root: string, name: string): string | undefined {
  const value = setting(context, root, name);
  return typeof value === 'string' || typeof value === 'number' ? `${value}` : undefined;
}

function setting(context: ScriptContext, root: string, name: string): unknown {
  if (root === '') return undefined;
  const node = context.variables.xavps.get(root);
  return node instanceof XavpNode ? node.get(name) : undefined;
}

/** A copy that shares nothing. */
export function cloneXavp(node: XavpNode): XavpNode {
  const copy = new XavpNode();
  for (const { name, value } of node.fields)
    copy.fields.push({ name, value: value instanceof XavpNode ? cloneXavp(value) : value });
  return copy;
}
