import type { Value } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { PvBinding, PvReference } from '../../module/define.ts';
import { avpKey } from './avpNames.ts';
import type { PvState } from './state.ts';
import type { Pvs } from './values.ts';

/** `$avp(name)`: each name a stack. */

/** The store's key of an `$avp`: constant names at load, others for each use; a number names an integer id. */
export function avpKeyOf(self: PvState, pv: PvReference): (context: ScriptContext) => string {
  if (pv.inner === undefined) {
    return (context) => {
      const name = pv.innerOf(context);
      return /^\d+$/.test(name) ? `i:${name}` : avpKey(name, self.avpAliases);
    };
  }
  const key = avpKey(pv.inner, self.avpAliases);
  return () => key;
}

/**
 * Kamailio's rules: a value is pushed, whatever the index; with `[*]` it replaces all; `$null` takes the
 * newest away, with `[*]` all.
 */
function assign(context: ScriptContext, key: string, index: number | '*' | undefined, value: Value): void {
  const { avps } = context.variables;
  if (index === '*') avps.deleteAll(key);
  if (value !== null) avps.push(key, value);
  else if (index !== '*') avps.remove(key, 0);
}

function bindAvp(self: PvState, pv: PvReference): PvBinding {
  const keyOf = avpKeyOf(self, pv);
  return {
    get: (context) => {
      const index = pv.indexOf(context);
      const key = keyOf(context);
      const { avps } = context.variables;
      if (index === '*') return avps.count(key) === 0 ? null : avps.all(key).join(', ');
      return avps.get(key, index ?? 0);
    },
    set: (context, value, operator) =>
      assign(context, keyOf(context), operator === ':=' ? '*' : pv.indexOf(context), value),
  };
}

export const avpPvs: Pvs = {
  avp: {
    doc: 'attribute-value pair of the message or its transaction: $avp(name), $(avp(name)[index])',
    inner: 'required',
    index: true,
    bind: bindAvp,
  },
};
