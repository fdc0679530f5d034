import { arg, type FunctionDeclaration, type SignatureMaker } from '../../../module/define.ts';
import type { PvState } from '../state.ts';

/** Functions on any variable: set, unset, its type, evaluated twice. */

export type Functions = Readonly<Record<string, FunctionDeclaration<PvState>>>;
export type Maker = SignatureMaker<PvState>;

const variable = arg.variable('pvar', 'a variable');

const yesNo = (yes: boolean): number => (yes ? 1 : -1);

export function checkFunctions(signature: Maker): Functions {
  return {
    pv_isset: {
      doc: 'Has a variable a value other than $null?',
      returns: { 1: 'yes', [-1]: 'no' },
      signatures: [
        signature({ args: [variable], run: (_self, context, pv) => yesNo(pv.get(context) !== null) }),
      ],
    },
    pv_unset: {
      doc: 'Assigns $null.',
      returns: { 1: 'done', [-1]: 'the variable is read-only' },
      signatures: [
        signature({
          args: [variable],
          run: (_self, context, pv) => {
            if (!pv.writable) return -1;
            pv.set(context, null);
            return 1;
          },
        }),
      ],
    },
    is_int: {
      doc: 'Is the value of a variable a number?',
      returns: { 1: 'yes', [-1]: 'no' },
      signatures: [
        signature({
          args: [variable],
          run: (_self, context, pv) => yesNo(typeof pv.get(context) === 'number'),
        }),
      ],
    },
    typeof: {
      doc: 'Is the value of a variable of a type?',
      returns: { 1: 'yes', [-1]: 'no' },
      signatures: [
        signature({
          args: [
            variable,
            arg.constant('vtype', 'int, str or null', {
              check: (value) =>
                ['int', 'str', 'null'].includes(String(value))
                  ? undefined
                  : `expected int, str or null, not "${value}"`,
            }),
          ],
          run: (_self, context, pv, type) => yesNo(typeName(pv.get(context)) === type),
        }),
      ],
    },
    not_empty: {
      doc: 'Is the value of a variable a text that is not empty?',
      returns: { 1: 'yes', [-1]: 'no' },
      signatures: [
        signature({
          args: [variable],
          run: (_self, context, pv) => {
            const value = pv.get(context);
            return yesNo(typeof value === 'string' && value !== '');
          },
        }),
      ],
    },
    pv_evalx: {
      doc: 'Evaluates a text, evaluates the result once more, and assigns that.',
      returns: { 1: 'done', [-1]: 'the result holds no valid variables, or the variable is read-only' },
      signatures: [
        signature({
          kemi: 'evalx',
          args: [arg.variable('dst', 'a writable variable'), arg.string('fmt', 'text with variables')],
          run: (self, context, destination, text) => {
            const result = self.formats.evaluate(text, context);
            if (result === undefined || !destination.writable) return -1;
            destination.set(context, result);
            return 1;
          },
        }),
      ],
    },
  };
}

function typeName(value: string | number | null): string {
  return value === null ? 'null' : typeof value === 'number' ? 'int' : 'str';
}
