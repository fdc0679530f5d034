import type { Value } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import { arg, type FunctionDeclaration, type SignatureMaker } from '../../module/define.ts';
import { scriptFlags, setScriptFlags } from '../../module/scriptFlags.ts';
import type { Target } from '../../proxy/target.ts';
import type { Kex } from './kex.ts';

/** Script flags and branch flags. */

export type Functions = Readonly<Record<string, FunctionDeclaration<Kex>>>;
export type Maker = SignatureMaker<Kex>;

/** The bit of a flag from 0 to 31; 0 for anything else. */
function bitOf(flag: Value): number {
  const number = typeof flag === 'string' && flag.trim() !== '' ? Number(flag) : flag;
  return typeof number === 'number' && Number.isInteger(number) && number >= 0 && number <= 31
    ? 1 << number
    : 0;
}

function checkFlag(value: Value): string | undefined {
  return bitOf(value) === 0 ? `a flag is a number from 0 to 31, not "${value ?? ''}"` : undefined;
}

/** Branch 0 is that of the Request-URI, the others are the additional ones. */
function branchAt(context: ScriptContext, index: number | undefined): Target | undefined {
  if (index === undefined || index === 0) return context.target;
  return index > 0 ? context.branches[index - 1] : undefined;
}

const flag = arg.flags('flag', 'number from 0 to 31', { check: checkFlag });
const branch = arg.int('branch', 'index of the branch; 0 is that of the Request-URI', { optional: true });

type ScriptFlagOperation = (context: ScriptContext, bit: number) => number;
type BranchFlagOperation = (target: Target, bit: number) => number;

function onScriptFlag(
  signature: Maker,
  kemi: string,
  doc: string,
  run: ScriptFlagOperation,
): Functions[string] {
  return {
    doc,
    returns: { 1: 'done, or set', [-1]: 'not set, or no such flag' },
    signatures: [
      signature({
        kemi,
        args: [flag],
        run: (_self, context, written) => {
          const bit = bitOf(written);
          return bit === 0 ? -1 : run(context, bit);
        },
      }),
    ],
  };
}

function onBranchFlag(
  signature: Maker,
  kemi: string,
  doc: string,
  run: BranchFlagOperation,
): Functions[string] {
  return {
    doc,
    returns: { 1: 'done, or set', [-1]: 'not set, or no such flag or branch' },
    signatures: [
      signature({
        kemi,
        args: [flag, branch],
        run: (_self, context, written, index) => {
          const bit = bitOf(written);
          const target = branchAt(context, index);
          return bit === 0 || target === undefined ? -1 : run(target, bit);
        },
      }),
    ],
  };
}

export function flagFunctions(signature: Maker): Functions {
  return {
    setsflag: onScriptFlag(signature, 'setsflag', 'Sets a script flag.', (context, bit) => {
      setScriptFlags(context, scriptFlags(context) | bit);
      return 1;
    }),
    resetsflag: onScriptFlag(signature, 'resetsflag', 'Clears a script flag.', (context, bit) => {
      setScriptFlags(context, scriptFlags(context) & ~bit);
      return 1;
    }),
    issflagset: onScriptFlag(signature, 'issflagset', 'Is a script flag set?', (context, bit) =>
      (scriptFlags(context) & bit) === 0 ? -1 : 1,
    ),
    setbflag: onBranchFlag(signature, 'setbflag', 'Sets a flag of a branch.', (target, bit) => {
      target.branchFlags |= bit;
      return 1;
    }),
    resetbflag: onBranchFlag(signature, 'resetbflag', 'Clears a flag of a branch.', (target, bit) => {
      target.branchFlags &= ~bit;
      return 1;
    }),
    isbflagset: onBranchFlag(signature, 'isbflagset', 'Is a flag of a branch set?', (target, bit) =>
      (target.branchFlags & bit) === 0 ? -1 : 1,
    ),
  };
}
