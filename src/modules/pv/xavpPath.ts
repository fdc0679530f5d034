import type { Value } from '../../lang/catalogue.ts';
import type { XavpNode, XavpValue } from '../../module/variables.ts';

/** One step of `root[0]=>child[1]`. */
export interface XavpStep {
  readonly name: string;
  readonly index: number | '*' | undefined;
}

/** `root[i]` or `root[i]=>child[j]`; Kamailio knows no deeper level. */
export interface XavpPath {
  readonly root: XavpStep;
  readonly child: XavpStep | undefined;
}

/** undefined when a name is empty or an index is no number or `*`. */
export function parseXavpPath(text: string): XavpPath | undefined {
  const [rootText = '', childText] = text.split('=>');
  const root = parseStep(rootText);
  if (root === undefined) return undefined;
  if (childText === undefined) return { root, child: undefined };
  const child = parseStep(childText);
  return child === undefined ? undefined : { root, child };
}

function parseStep(text: string): XavpStep | undefined {
  const open = text.indexOf('[');
  const name = (open < 0 ? text : text.slice(0, open)).trim();
  if (name === '') return undefined;
  if (open < 0) return { name, index: undefined };
  const close = text.indexOf(']', open);
  const inner = close < 0 ? '' : text.slice(open + 1, close).trim();
  if (inner === '*') return { name, index: '*' };
  const index = Number(inner);
  return inner !== '' && Number.isInteger(index) ? { name, index } : undefined;
}

/** Names of `$xavi` compare without letter case: they are kept in lower case. */
export function lowerCasePath(path: XavpPath): XavpPath {
  const lower = (step: XavpStep): XavpStep => ({ name: step.name.toLowerCase(), index: step.index });
  return { root: lower(path.root), child: path.child === undefined ? undefined : lower(path.child) };
}

/** The index from the newest on; negative ones count from the oldest (-1). */
export function absoluteIndex(node: XavpNode, step: XavpStep): number {
  const index = step.index === '*' ? 0 : (step.index ?? 0);
  return index < 0 ? node.count(step.name) + index : index;
}

export function rawValue(roots: XavpNode, path: XavpPath): XavpValue {
  const value = roots.get(path.root.name, absoluteIndex(roots, path.root));
  if (path.child === undefined) return value;
  return isNode(value) ? value.get(path.child.name, absoluteIndex(value, path.child)) : null;
}

export function isNode(value: XavpValue): value is XavpNode {
  return typeof value === 'object' && value !== null;
}

/** A list of named values has no text of its own; Kamailio shows that there is one. */
export function scriptValue(value: XavpValue, name: string): Value {
  return isNode(value) ? `<<xavp:${name}>>` : value;
}

/** How many values a path with `[*]` or indexes names (`$cnt`). */
export function countOf(roots: XavpNode, path: XavpPath): number {
  const { root, child } = path;
  const all = root.index === undefined || root.index === '*';
  if (child === undefined) return all ? roots.count(root.name) : exists(roots, root);
  let count = 0;
  const from = all ? 0 : absoluteIndex(roots, root);
  const to = all ? roots.count(root.name) : from + 1;
  for (let i = Math.max(0, from); i < to; i++) {
    const node = roots.get(root.name, i);
    if (!isNode(node)) continue;
    count += child.index === undefined || child.index === '*' ? node.count(child.name) : exists(node, child);
  }
  return count;
}

function exists(node: XavpNode, step: XavpStep): number {
  const index = absoluteIndex(node, step);
  return index >= 0 && index < node.count(step.name) ? 1 : 0;
}
