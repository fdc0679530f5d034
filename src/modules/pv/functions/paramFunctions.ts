import type { ScriptContext } from '../../../module/context.ts';
import { arg } from '../../../module/define.ts';
import { XavpNode } from '../../../module/variables.ts';
import { paramsOf } from '../transformations/addresses.ts';
import { isNode } from '../xavpPath.ts';
import { rootsOf } from '../xavps.ts';
import type { Functions, Maker } from './checks.ts';

/** Parameter lists (`a=1;b=2`) and token lists into XAVPs and XAVUs, and back. */

function nodeOf(names: readonly { readonly name: string; readonly value: string }[]): XavpNode {
  const node = new XavpNode();
  // pushed from the last on, so that the list reads in the order of the text
  for (const { name, value } of names.toReversed()) node.push(name, value);
  return node;
}

function explode(context: ScriptContext, kind: 'xavp' | 'xavu', text: string, root: string): number {
  const params = paramsOf(text, null);
  if (params.length === 0) return -1;
  const roots = rootsOf(context, kind);
  if (kind === 'xavu') roots.set(root, nodeOf(params));
  else roots.push(root, nodeOf(params));
  return 1;
}

/** `a=1;b;`: undefined when there is no such list. */
function implode(context: ScriptContext, kind: 'xavp' | 'xavu', root: string): string | undefined {
  const node = rootsOf(context, kind).get(root);
  if (!isNode(node)) return undefined;
  let out = '';
  for (const { name, value } of node.fields) {
    if (isNode(value)) continue;
    out += value === null || value === '' ? `${name};` : `${name}=${value};`;
  }
  return out;
}

/** The tokens between any of the separators; empty ones are left out. Mode `t` trims white space. */
function tokens(text: string, separators: string, mode: string): string[] {
  const list: string[] = [];
  let from = 0;
  for (let i = 0; i <= text.length; i++) {
    if (i < text.length && !separators.includes(text[i] as string)) continue;
    const token = text.slice(from, i);
    list.push(mode.includes('t') ? token.trim() : token);
    from = i + 1;
  }
  return list.filter((token) => token !== '');
}

function paramPair(signature: Maker, kind: 'xavp' | 'xavu'): Functions {
  return {
    [`${kind}_params_explode`]: {
      doc: `Makes $${kind}(xname=>name) of each parameter of a list a=1;b=2.`,
      returns: { 1: 'done', [-1]: 'no parameters' },
      signatures: [
        signature({
          kemi: `${kind}_params_explode`,
          args: [arg.string('sparams', 'list of parameters'), arg.string('xname', 'name of the root')],
          run: (_self, context, text, root) => explode(context, kind, text, root),
        }),
      ],
    },
    [`${kind}_params_implode`]: {
      doc: `Writes the children of $${kind}(xname) as a list a=1;b=2; into a variable.`,
      returns: { 1: 'done', [-1]: 'no such list, or the variable is read-only' },
      signatures: [
        signature({
          args: [arg.string('xname', 'name of the root'), arg.variable('pvname', 'a writable variable')],
          run: (_self, context, root, output) => {
            const text = implode(context, kind, root);
            if (text === undefined || !output.writable) return -1;
            output.set(context, text);
            return 1;
          },
        }),
      ],
    },
  };
}

export function paramFunctions(signature: Maker): Functions {
  return {
    ...paramPair(signature, 'xavp'),
    ...paramPair(signature, 'xavu'),
    xavp_slist_explode: {
      doc: 'Makes $xavp(xname=>v[i]) of each token of a list.',
      returns: { 1: 'done', [-1]: 'no tokens' },
      signatures: [
        signature({
          kemi: 'xavp_slist_explode',
          args: [
            arg.string('slist', 'the list'),
            arg.string('sep', 'separator characters'),
            arg.string('mode', 't: trim white space'),
            arg.string('xname', 'name of the root'),
          ],
          run: (_self, context, text, separators, mode, root) => {
            const found = tokens(text, separators, mode);
            if (found.length === 0) return -1;
            rootsOf(context, 'xavp').push(root, nodeOf(found.map((value) => ({ name: 'v', value }))));
            return 1;
          },
        }),
      ],
    },
  };
}
