import type { Value } from '../../lang/catalogue.ts';
import { arg } from '../../module/define.ts';
import type { CoreFunctions, CoreTools } from './state.ts';

/** `setflag`, `resetflag`, `isflagset`: flags of the message, then of its transaction. */

/** 0 to 31, from a number or its text; undefined for anything else. */
export function flagNumber(value: Value): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) && number >= 0 && number <= 31
    ? number
    : undefined;
}

/** Load-time check of a constant flag. */
export function checkFlag(value: Value): string | undefined {
  return flagNumber(value) === undefined
    ? `a flag is a number from 0 to 31, not "${value ?? ''}"`
    : undefined;
}

const flag = arg.flags('flag', 'number from 0 to 31', { check: checkFlag });

export function flagFunctions({ signature }: CoreTools): CoreFunctions {
  return {
    setflag: {
      doc: 'Sets a flag of the message.',
      returns: { 1: 'set', [-1]: 'no such flag' },
      signatures: [
        signature({
          kemi: 'setflag',
          args: [flag],
          run: (_self, context, written) => {
            const number = flagNumber(written);
            if (number === undefined) return -1;
            context.flags |= 1 << number;
            return 1;
          },
        }),
      ],
    },
    resetflag: {
      doc: 'Clears a flag of the message.',
      returns: { 1: 'cleared', [-1]: 'no such flag' },
      signatures: [
        signature({
          kemi: 'resetflag',
          args: [flag],
          run: (_self, context, written) => {
            const number = flagNumber(written);
            if (number === undefined) return -1;
            context.flags &= ~(1 << number);
            return 1;
          },
        }),
      ],
    },
    isflagset: {
      doc: 'Is a flag of the message set?',
      returns: { 1: 'set', [-1]: 'not set' },
      signatures: [
        signature({
          kemi: 'isflagset',
          args: [flag],
          run: (_self, context, written) => {
            const number = flagNumber(written);
            return number !== undefined && (context.flags & (1 << number)) !== 0 ? 1 : -1;
          },
        }),
      ],
    },
  };
}
