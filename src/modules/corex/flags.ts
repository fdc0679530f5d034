import type { ScriptContext } from '../../module/context.ts';
import { arg, type FunctionDeclaration, type SignatureMaker } from '../../module/define.ts';
import type { Corex } from './corex.ts';

/** Extended message flags (64) and internal message flags. */

export type Functions = Readonly<Record<string, FunctionDeclaration<Corex>>>;
export type Maker = SignatureMaker<Corex>;

const internalKey = Symbol('internal flags');

/** Under these names they stand among the AVPs, and so go with the transaction; no config can write such names. */
const words = ['\u0000xflags0', '\u0000xflags1'] as const;

function word(context: ScriptContext, index: 0 | 1): number {
  return Number(context.variables.avps.get(words[index]) ?? 0);
}

function setWord(context: ScriptContext, index: 0 | 1, value: number): void {
  const { avps } = context.variables;
  if (!avps.replace(words[index], 0, value)) avps.push(words[index], value);
}

function internalFlags(context: ScriptContext): ReadonlySet<string> {
  return (context.scratch.get(internalKey) as ReadonlySet<string> | undefined) ?? new Set();
}

/** The names that Kamailio knows. */
const internalNames: ReadonlySet<string> = new Set(['USE_UAC_FROM', 'USE_UAC_TO', 'UAC_AUTH']);

/** From the word that holds the flag, and the flag's bit: the new word; undefined answers -1. */
type Operation = (flags: number, bit: number) => number | undefined;

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
          const index = flag < 32 ? 0 : 1;
          const changed = operation(word(context, index), 1 << (flag % 32));
          if (changed === undefined) return -1;
          setWord(context, index, changed);
          return 1;
        },
      }),
    ],
  };
}

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
    setxflag: extended(signature, 'setxflag', 'Sets an extended flag.', (flags, bit) => flags | bit),
    resetxflag: extended(signature, 'resetxflag', 'Clears an extended flag.', (flags, bit) => flags & ~bit),
    isxflagset: extended(signature, 'isxflagset', 'Is an extended flag set?', (flags, bit) =>
      (flags & bit) === 0 ? undefined : flags,
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
