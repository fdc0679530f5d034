import type { Value } from '../../../lang/catalogue.ts';
import type { ScriptContext } from '../../../module/context.ts';
import { arg } from '../../../module/define.ts';
import { XavpNode, type XavpValue } from '../../../module/variables.ts';
import { nullablePrefix } from '../variables.ts';
import { isNode } from '../xavpPath.ts';
import { rootsOf, type XavpKind } from '../xavps.ts';
import type { Functions, Maker } from './checks.ts';

/** `xavp_*` and `xavi_*`: children set and removed, copies, script variables to XAVPs and back. */

const rootName = arg.string('rname', 'name of the root');
const childName = arg.string('cname', 'name of the child');

function nameOf(kind: XavpKind, name: string): string {
  return kind === 'xavi' ? name.toLowerCase() : name;
}

/** Sets the child of the newest root, which is made when there is none; false when that is a plain value. */
function setChild(
  context: ScriptContext,
  kind: XavpKind,
  root: string,
  child: string,
  value: Value,
): boolean {
  const roots = rootsOf(context, kind);
  const name = nameOf(kind, root);
  let node = roots.get(name);
  if (node === null) {
    node = new XavpNode();
    roots.push(name, node);
  }
  return isNode(node) && node.set(nameOf(kind, child), value);
}

function removeRoot(context: ScriptContext, kind: XavpKind, root: string): number {
  rootsOf(context, kind).remove(nameOf(kind, root));
  return 1;
}

function removeChild(context: ScriptContext, kind: XavpKind, root: string, child: string): number {
  const node = rootsOf(context, kind).get(nameOf(kind, root));
  if (isNode(node)) node.remove(nameOf(kind, child));
  return 1;
}

function cloneValue(value: XavpValue): XavpValue {
  if (!isNode(value)) return value;
  const copy = new XavpNode();
  for (const field of value.fields) copy.fields.push({ name: field.name, value: cloneValue(field.value) });
  return copy;
}

/** Appends a copy behind the values of the destination (it becomes the oldest). */
function copyAppending(context: ScriptContext, source: string, index: number, destination: string): number {
  const roots = rootsOf(context, 'xavp');
  const value = index < 0 ? null : roots.get(source, index);
  if (value === null) return -1;
  const last = roots.fields.findLastIndex((field) => field.name === destination);
  const at = last < 0 ? 0 : last + 1;
  roots.fields.splice(at, 0, { name: destination, value: cloneValue(value) });
  return 1;
}

function copyReplacing(
  context: ScriptContext,
  source: string,
  index: number,
  destination: string,
  at: number,
): number {
  const roots = rootsOf(context, 'xavp');
  const value = index < 0 ? null : roots.get(source, index);
  if (value === null || at < 0 || at >= roots.count(destination)) return -1;
  return roots.set(destination, cloneValue(value), at) ? 1 : -1;
}

/** Script variables as children of a fresh root; `*` takes all. */
function variablesToXavp(context: ScriptContext, variable: string, root: string): number {
  const roots = rootsOf(context, 'xavp');
  const names = [...context.locals.keys()].filter((name) => !name.startsWith(nullablePrefix));
  const chosen = variable === '*' ? names : names.filter((name) => name === variable);
  if (chosen.length === 0) return -1;
  const node = new XavpNode();
  for (const name of chosen) node.push(name, context.locals.get(name) ?? 0);
  roots.removeAll(root);
  roots.push(root, node);
  return 1;
}

function xavpToVariables(context: ScriptContext, root: string): number {
  const node = rootsOf(context, 'xavp').get(root);
  if (!isNode(node)) return -1;
  for (const { name, value } of node.fields.toReversed())
    if (!isNode(value)) context.locals.set(name, value ?? 0);
  return 1;
}

/** What `pv_xavp_print` writes: one line a value, children indented. */
export function printLines(node: XavpNode, indent = ''): string[] {
  return node.fields.flatMap(({ name, value }) =>
    isNode(value)
      ? [`${indent}${name} =>`, ...printLines(value, `${indent}  `)]
      : [`${indent}${name} = ${value}`],
  );
}

function childFunctions(signature: Maker, kind: 'xavp' | 'xavi'): Functions {
  return {
    [`${kind}_child_seti`]: {
      doc: `Sets $${kind}(rname=>cname) to a number.`,
      returns: { 1: 'done', [-1]: 'the root is no list' },
      signatures: [
        signature({
          kemi: `${kind}_child_seti`,
          args: [rootName, childName, arg.int('ival', 'the number')],
          run: (_self, context, root, child, value) => (setChild(context, kind, root, child, value) ? 1 : -1),
        }),
      ],
    },
    [`${kind}_child_sets`]: {
      doc: `Sets $${kind}(rname=>cname) to a text.`,
      returns: { 1: 'done', [-1]: 'the root is no list' },
      signatures: [
        signature({
          kemi: `${kind}_child_sets`,
          args: [rootName, childName, arg.string('sval', 'the text')],
          run: (_self, context, root, child, value) => (setChild(context, kind, root, child, value) ? 1 : -1),
        }),
      ],
    },
    [`${kind}_rm`]: {
      doc: `Removes $${kind}(rname).`,
      returns: { 1: 'always' },
      signatures: [
        signature({
          kemi: `${kind}_rm`,
          args: [rootName],
          run: (_self, context, root) => removeRoot(context, kind, root),
        }),
      ],
    },
    [`${kind}_child_rm`]: {
      doc: `Removes $${kind}(rname=>cname).`,
      returns: { 1: 'always' },
      signatures: [
        signature({
          kemi: `${kind}_child_rm`,
          args: [rootName, childName],
          run: (_self, context, root, child) => removeChild(context, kind, root, child),
        }),
      ],
    },
  };
}

function printFunction(signature: Maker, kind: XavpKind): Functions[string] {
  return {
    doc: `Logs all $${kind} at info level.`,
    returns: { 1: 'always' },
    signatures: [
      signature({
        kemi: `${kind}_print`,
        run: (self, context) => {
          for (const line of printLines(rootsOf(context, kind))) self.host.log.info(`${kind}: ${line}`);
          return 1;
        },
      }),
    ],
  };
}

export function xavpFunctions(signature: Maker): Functions {
  const source = arg.string('source_name', 'name of the source');
  const sourceIndex = arg.int('source_index', 'index in the source, 0 is the newest');
  const destination = arg.string('destination_name', 'name of the destination');
  return {
    ...childFunctions(signature, 'xavp'),
    ...childFunctions(signature, 'xavi'),
    xavp_copy: {
      doc: 'Copies an XAVP: behind those of another name, or in the place of one of them.',
      returns: { 1: 'done', [-1]: 'there is no such source or destination' },
      signatures: [
        signature({
          kemi: 'xavp_copy',
          args: [source, sourceIndex, destination],
          run: (_self, context, from, index, to) => copyAppending(context, from, index, to),
        }),
        signature({
          kemi: 'xavp_copy_dst',
          args: [source, sourceIndex, destination, arg.int('destination_index', 'index in the destination')],
          run: (_self, context, from, index, to, at) => copyReplacing(context, from, index, to, at),
        }),
      ],
    },
    pv_xavp_print: printFunction(signature, 'xavp'),
    pv_xavu_print: printFunction(signature, 'xavu'),
    pv_xavi_print: printFunction(signature, 'xavi'),
    pv_var_to_xavp: {
      doc: 'Copies a script variable, or all with *, into an XAVP that is made anew.',
      returns: { 1: 'done', [-1]: 'there is no such variable' },
      signatures: [
        signature({
          kemi: 'var_to_xavp',
          args: [
            arg.string('varname', 'name of the variable, or *'),
            arg.string('xname', 'name of the XAVP'),
          ],
          run: (_self, context, variable, root) => variablesToXavp(context, variable, root),
        }),
      ],
    },
    pv_xavp_to_var: {
      doc: 'Copies the values of an XAVP into script variables.',
      returns: { 1: 'done', [-1]: 'there is no such XAVP' },
      signatures: [
        signature({
          kemi: 'xavp_to_var',
          args: [arg.string('xname', 'name of the XAVP')],
          run: (_self, context, root) => xavpToVariables(context, root),
        }),
      ],
    },
  };
}
