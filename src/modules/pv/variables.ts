import type { Value } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { PvBinding, PvReference } from '../../module/define.ts';
import type { PvState } from './state.ts';
import type { Pvs } from './values.ts';

/** `$var`, `$vz`, `$vn`, `$shv`. */

/** Keeps `$vn` apart from `$var` in the same map; cannot stand in a config's name. */
export const nullablePrefix = '\u0000';

/** Calls `use` with a name that is constant, or evaluated each time. */
function nameOf(pv: PvReference, prefix = ''): (context: ScriptContext) => string {
  if (pv.inner === undefined) return (context) => prefix + pv.innerOf(context);
  const name = prefix + pv.inner;
  return () => name;
}

function bindVar(self: PvState, pv: PvReference): PvBinding {
  if (pv.inner === undefined) return bindDynamicVar(self, pv);
  const name = pv.inner;
  const initial = self.initial.get(name) ?? 0;
  return {
    get: (context) => context.locals.get(name) ?? initial,
    // $null makes it 0, as documented
    set: (context, value) => {
      context.locals.set(name, value ?? 0);
    },
  };
}

function bindDynamicVar(self: PvState, pv: PvReference): PvBinding {
  return {
    get: (context) => {
      const name = pv.innerOf(context);
      return context.locals.get(name) ?? self.initial.get(name) ?? 0;
    },
    set: (context, value) => {
      context.locals.set(pv.innerOf(context), value ?? 0);
    },
  };
}

function bindNullable(_self: PvState, pv: PvReference): PvBinding {
  const name = nameOf(pv, nullablePrefix);
  return {
    get: (context) => context.locals.get(name(context)) ?? null,
    set: (context, value) => {
      context.locals.set(name(context), value);
    },
  };
}

/** More names than a config could mean: `$shv($var(x))` must not grow without bound. */
export const maxShared = 100_000;

export function setShared(self: PvState, name: string, value: Value): boolean {
  if (!self.shared.has(name) && self.shared.size >= maxShared) {
    self.host.log.error(`no more than ${maxShared} shared variables`);
    return false;
  }
  self.shared.set(name, value ?? '');
  return true;
}

function bindShared(self: PvState, pv: PvReference): PvBinding {
  const name = nameOf(pv);
  return {
    get: (context) => self.shared.get(name(context)) ?? 0,
    set: (context, value) => {
      setShared(self, name(context), value);
    },
  };
}

export const variablePvs: Pvs = {
  var: { doc: 'variable of this run of the script, 0 until assigned', inner: 'required', bind: bindVar },
  vz: { doc: 'the same as $var', inner: 'required', bind: bindVar },
  vn: {
    doc: 'variable of this run of the script, null until assigned',
    inner: 'required',
    bind: bindNullable,
  },
  shv: { doc: 'variable shared by all messages, 0 until assigned', inner: 'required', bind: bindShared },
};
