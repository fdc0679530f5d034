import type { PvSyntax, Value } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { PvBinding, PvReference } from '../../module/define.ts';
import { XavpNode } from '../../module/variables.ts';
import { avpKey } from './avpNames.ts';
import type { PvState } from './state.ts';
import type { Pvs } from './values.ts';
import {
  absoluteIndex,
  countOf,
  isNode,
  lowerCasePath,
  parseXavpPath,
  rawValue,
  scriptValue,
  type XavpPath,
} from './xavpPath.ts';

/** `$xavp` (stacks of named values), `$xavi` (names without letter case), `$xavu` (single values), `$cnt`. */

export type XavpKind = 'xavp' | 'xavi' | 'xavu';

export function rootsOf(context: ScriptContext, kind: XavpKind): XavpNode {
  const { variables } = context;
  return kind === 'xavp' ? variables.xavps : kind === 'xavi' ? variables.xavis : variables.xavus;
}

function pathOf(text: string, kind: XavpKind): XavpPath | undefined {
  const path = parseXavpPath(text);
  return path !== undefined && kind === 'xavi' ? lowerCasePath(path) : path;
}

/** Constant paths are read once, at load. */
function pathReader(
  pv: PvReference,
  kind: XavpKind,
): ((context: ScriptContext) => XavpPath | undefined) | undefined {
  if (pv.inner === undefined) return (context) => pathOf(pv.innerOf(context), kind);
  const path = pathOf(pv.inner, kind);
  return path === undefined ? undefined : () => path;
}

/** Stacks: without an index a value is added, with one it replaces an existing value; false when there is none. */
function assignStacked(roots: XavpNode, path: XavpPath, value: string | number): boolean {
  const { root, child } = path;
  if (root.index === '*' || child?.index === '*') return false;
  if (child === undefined) return assignStep(roots, root.name, root.index, value);
  if (root.index === undefined) {
    const node = new XavpNode();
    node.push(child.name, value);
    roots.push(root.name, node);
    return true;
  }
  const node = roots.get(root.name, absoluteIndex(roots, root));
  return isNode(node) && assignStep(node, child.name, child.index, value);
}

function assignStep(
  node: XavpNode,
  name: string,
  index: number | undefined,
  value: string | number,
): boolean {
  if (index === undefined) {
    node.push(name, value);
    return true;
  }
  const at = absoluteIndex(node, { name, index });
  return at >= 0 && at < node.count(name) && node.set(name, value, at);
}

function removeStacked(roots: XavpNode, path: XavpPath): void {
  const { root, child } = path;
  if (child === undefined) removeStep(roots, root.name, root.index);
  else {
    const node = roots.get(root.name, absoluteIndex(roots, root));
    if (isNode(node)) removeStep(node, child.name, child.index);
  }
}

function removeStep(node: XavpNode, name: string, index: number | '*' | undefined): void {
  if (index === '*') node.removeAll(name);
  else node.remove(name, absoluteIndex(node, { name, index }));
}

/** Single values: each name stands once. */
export function assignSingle(roots: XavpNode, path: XavpPath, value: string | number): void {
  const { root, child } = path;
  if (child === undefined) {
    roots.set(root.name, value);
    return;
  }
  let node = roots.get(root.name);
  if (!isNode(node)) {
    node = new XavpNode();
    roots.set(root.name, node);
  }
  node.set(child.name, value);
}

function bindXavp(kind: XavpKind) {
  return (self: PvState, pv: PvReference): PvBinding | { message: string } => {
    const path = pathReader(pv, kind);
    if (path === undefined) return { message: `malformed name in ${pv.syntax.text}` };
    return {
      get: (context) => {
        const at = path(context);
        return at === undefined ? null : scriptValue(rawValue(rootsOf(context, kind), at), at.root.name);
      },
      set: (context, value) => {
        const at = path(context);
        if (at === undefined) self.host.log.error(`malformed name in ${pv.syntax.text}`);
        else assign(self, rootsOf(context, kind), kind, at, value);
      },
    };
  };
}

function assign(self: PvState, roots: XavpNode, kind: XavpKind, path: XavpPath, value: Value): void {
  if (value === null) removeStacked(roots, path);
  else if (kind === 'xavu') assignSingle(roots, path, value);
  else if (!assignStacked(roots, path, value))
    self.host.log.error(`no $${kind} at this index of ${path.root.name}`);
}

/** `$cnt($avp(x))`, `$cnt($xavp(a[*]=>b))`. */
function bindCount(self: PvState, pv: PvReference): PvBinding | { message: string } {
  const nested = pv.syntax.innerParts?.find((part): part is PvSyntax => typeof part === 'object');
  const written = nested ?? plainName(pv.inner ?? '');
  if (written === undefined || written.innerParts !== undefined)
    return { message: '$cnt needs an $avp or $xavp with a constant name' };
  const inner = written.inner ?? '';
  if (written.name === 'avp') {
    const key = avpKey(inner, self.avpAliases);
    return { get: (context) => context.variables.avps.count(key), type: 'int' };
  }
  const kind = written.name;
  if (kind !== 'xavp' && kind !== 'xavi' && kind !== 'xavu')
    return { message: `$cnt counts $avp, $xavp, $xavi and $xavu, not $${written.name}` };
  const path = pathOf(inner, kind);
  if (path === undefined) return { message: `malformed name in ${pv.syntax.text}` };
  return { get: (context) => countOf(rootsOf(context, kind), path), type: 'int' };
}

/** `avp(x)` where the language kept `$avp(x)` as plain text. */
function plainName(text: string): { name: string; inner: string; innerParts: undefined } | undefined {
  const open = text.indexOf('(');
  if (open < 0 || !text.endsWith(')')) return undefined;
  const name = text.slice(text.startsWith('$') ? 1 : 0, open);
  return { name, inner: text.slice(open + 1, -1), innerParts: undefined };
}

export const xavpPvs: Pvs = {
  xavp: { doc: 'extended AVP: $xavp(root[i]=>field[j])', inner: 'required', bind: bindXavp('xavp') },
  xavi: { doc: 'extended AVP with names without letter case', inner: 'required', bind: bindXavp('xavi') },
  xavu: {
    doc: 'extended AVP with single values: $xavu(root=>field)',
    inner: 'required',
    bind: bindXavp('xavu'),
  },
  cnt: { doc: 'number of values: $cnt($avp(x)), $cnt($xavp(a[*]=>b))', inner: 'required', bind: bindCount },
};
