import type { Value, VariableRef } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import { arg } from '../../module/define.ts';
import type { CoreFunctions, CoreTools } from './state.ts';

/** `setavpflag`, `resetavpflag`, `isavpflagset`: named flags (`avpflags`) of the AVPs of one name. */

const avp = arg.variable('avp', 'an AVP: $avp(name)');
const flag = arg.constant('flag', 'name that avpflags declares', {
  check: (value: Value) =>
    /^\w+$/.test(String(value)) ? undefined : `"${value ?? ''}" is no name of a flag`,
});

function isThere(context: ScriptContext, variable: VariableRef): boolean {
  return variable.get(context) !== null;
}

export function avpFlagFunctions({ signature }: CoreTools): CoreFunctions {
  return {
    setavpflag: {
      doc: 'Sets a flag of an AVP.',
      returns: { 1: 'set', [-1]: 'there is no such AVP' },
      signatures: [
        signature({
          args: [avp, flag],
          run: (_self, context, variable, name) => {
            if (!isThere(context, variable)) return -1;
            context.variables.avps.flags.add(`${variable.text} ${name}`);
            return 1;
          },
        }),
      ],
    },
    resetavpflag: {
      doc: 'Clears a flag of an AVP.',
      returns: { 1: 'cleared', [-1]: 'there is no such AVP' },
      signatures: [
        signature({
          args: [avp, flag],
          run: (_self, context, variable, name) => {
            if (!isThere(context, variable)) return -1;
            context.variables.avps.flags.delete(`${variable.text} ${name}`);
            return 1;
          },
        }),
      ],
    },
    isavpflagset: {
      doc: 'Is a flag of an AVP set?',
      returns: { 1: 'set', [-1]: 'not set, or there is no such AVP' },
      signatures: [
        signature({
          args: [avp, flag],
          run: (_self, context, variable, name) =>
            isThere(context, variable) && context.variables.avps.flags.has(`${variable.text} ${name}`)
              ? 1
              : -1,
        }),
      ],
    },
  };
}
