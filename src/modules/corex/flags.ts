import type { ScriptContext } from '../../module/context.ts';
import { arg, type FunctionDeclaration, type SignatureMaker } from '../../module/define.ts';
import type { Corex } from './corex.ts';

/** Extended message flags (64) and internal message flags. */

export type Functions = Readonly<Record<string, FunctionDeclaration<Corex>>>;
export type Maker = SignatureMaker<Corex>;

const extendedKey = Symbol('extended flags');
const internalKey = Symbol('internal flags');

/** Two words of 32 bits. */
function extendedFlags(context: ScriptContext): [number, number] {
  return (context.scratch.get(extendedKey) as [number, number] | undefined) ?? [0, 0];
}

function internalFlags(context: ScriptContext): ReadonlySet<string> {
  return (context.scratch.get(internalKey) as ReadonlySet<string> | undefined) ?? new Set();
}

/** The names that Kamailio knows. */
const internalNames: ReadonlySet<string> = new Set(['USE_UAC_FROM', 'USE_UAC_TO', 'UAC_AUTH']);

type Operation = (flags: [number, number], word: 0 | 1, bit: number) => [number, number] | undefined;

function extended(signature: Maker, kemi: string, doc: string, operation: Operation): Functions[string] {
  return {
    doc,
    returns: { 1: 'done, or set', [-1]: 'not set, or no such flag' },
    signatures: [
      signature({
        kemi,
        args: [arg.int('flag', '0 to 63')],
        run: (_self, context, flag) => {
          if (!(Number.isInteger(flag) && flag >= 0 && flag <= 63)) return -1;
          const changed = operation(extendedFlags(context), flag < 32 ? 0 : 1, 1 << (flag % 32));
          if (changed === undefined) return -1;
          context.scratch.set(extendedKey, changed);
          return 1;
        },
      }),
    ],
  };
}

const withWord = (flags: [number, number], word: 0 | 1, value: number): [number, number] =>
  word === 0 ? [value, flags[1]] : [flags[0], value];

function internal(
  signature: Maker,
  kemi: string,
  doc: string,
  run: (context: ScriptContext, name: string) => number,
): Functions[string] {
  return {
    doc,
    signatures: [
      signature({
        kemi,
        args: [arg.string('flagname', 'USE_UAC_FROM, USE_UAC_TO or UAC_AUTH')],
        run: (_self, context, name) => (internalNames.has(name) ? run(context, name) : 1),
      }),
    ],
  };
}

export function flagFunctions(signature: Maker): Functions {
  return {
    setxflag: extended(signature, 'setxflag', 'Sets an extended flag of the message.', (flags, word, bit) =>
      withWord(flags, word, flags[word] | bit),
    ),
    resetxflag: extended(
      signature,
      'resetxflag',
      'Clears an extended flag of the message.',
      (flags, word, bit) => withWord(flags, word, flags[word] & ~bit),
    ),
    isxflagset: extended(
      signature,
      'isxflagset',
      'Is an extended flag of the message set?',
      (flags, word, bit) => ((flags[word] & bit) === 0 ? undefined : flags),
    ),
    msg_iflag_set: internal(
      signature,
      'msg_iflag_set',
      'Sets an internal flag of the message.',
      (context, name) => {
        context.scratch.set(internalKey, new Set([...internalFlags(context), name]));
        return 1;
      },
    ),
    msg_iflag_reset: internal(signature, 'msg_iflag_reset', 'Clears an internal flag.', (context, name) => {
      context.scratch.set(internalKey, new Set([...internalFlags(context)].filter((flag) => flag !== name)));
      return 1;
    }),
    msg_iflag_is_set: internal(signature, 'msg_iflag_is_set', 'Is an internal flag set?', (context, name) =>
      internalFlags(context).has(name) ? 1 : -2,
    ),
  };
}
