import type { ScriptContext } from '../../module/context.ts';
import {
  arg,
  type FunctionDeclaration,
  type PvDeclaration,
  type SignatureMaker,
} from '../../module/define.ts';
import type { Iterators, Piece } from './iterators.ts';
import type { TextOpsX } from './textopsx.ts';

type Functions = Readonly<Record<string, FunctionDeclaration<TextOpsX>>>;

const name = arg.string('iname', 'name of the iterator');

/** `PREFIX_start`, `_end`, `_next`, `_rm`, `_append`, `_insert` over one kind of pieces. */
function family(
  signature: SignatureMaker<TextOpsX>,
  prefix: string,
  what: string,
  iterators: (self: TextOpsX) => Iterators<Piece>,
): Record<string, FunctionDeclaration<TextOpsX>> {
  const step = (
    operation: string,
    doc: string,
    run: (list: Iterators<Piece>, context: ScriptContext, iname: string) => number,
  ): FunctionDeclaration<TextOpsX> => ({
    doc,
    signatures: [
      signature({
        kemi: `${prefix}_${operation}`,
        args: [name],
        run: (self, context, iname) => run(iterators(self), context, iname),
      }),
    ],
  });
  const add = (operation: 'append' | 'insert', doc: string): FunctionDeclaration<TextOpsX> => ({
    doc,
    signatures: [
      signature({
        kemi: `${prefix}_${operation}`,
        args: [name, arg.string('text', 'text to add')],
        run: (self, context, iname, text) => iterators(self)[operation](context, iname, text),
      }),
    ],
  });
  return {
    [`${prefix}_start`]: step('start', `Opens an iterator over ${what}.`, (list, context, iname) =>
      list.start(context, iname),
    ),
    [`${prefix}_end`]: step('end', 'Closes an iterator.', (list, context, iname) => list.end(context, iname)),
    [`${prefix}_next`]: step('next', 'Goes to the next (first the first) one; false at the end.', (l, c, n) =>
      l.next(c, n),
    ),
    [`${prefix}_rm`]: step('rm', 'Removes the current one.', (list, context, iname) =>
      list.remove(context, iname),
    ),
    [`${prefix}_append`]: add('append', 'Adds text behind the current one.'),
    [`${prefix}_insert`]: add('insert', 'Adds text before the current one.'),
  };
}

export function iteratorFunctions(signature: SignatureMaker<TextOpsX>): Functions {
  return {
    ...family(signature, 'hf_iterator', 'the headers', (self) => self.headers as Iterators<Piece>),
    hf_iterator_prev: {
      doc: 'Goes back to the previous header.',
      signatures: [
        signature({
          kemi: 'hf_iterator_prev',
          args: [name],
          run: (self, context, iname) => self.headers.previous(context, iname),
        }),
      ],
    },
    ...family(signature, 'bl_iterator', 'the lines of the body', (self) => self.bodyLines),
  };
}

export const iteratorVariables: Readonly<Record<string, PvDeclaration<TextOpsX>>> = {
  hfitname: {
    doc: 'Name of the header where an iterator stands: `$hfitname(iname)`.',
    type: 'string',
    inner: 'required',
    bind: (self, pv) => ({
      get: (context) => self.headers.current(context, pv.innerOf(context))?.name ?? null,
    }),
  },
  hfitbody: {
    doc: 'Body of the header where an iterator stands.',
    type: 'string',
    inner: 'required',
    bind: (self, pv) => ({
      get: (context) => self.headers.current(context, pv.innerOf(context))?.body ?? null,
    }),
  },
  blitval: {
    doc: 'Line of the body where an iterator stands, with its end.',
    type: 'string',
    inner: 'required',
    bind: (self, pv) => ({
      get: (context) => {
        const piece = self.bodyLines.current(context, pv.innerOf(context));
        return piece === undefined ? null : context.message.text.slice(piece.start, piece.end);
      },
    }),
  },
};
