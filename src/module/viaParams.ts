import type { ScriptContext } from './context.ts';

/** Further parameters of our own Via in copies of a request (`via_add_xavp_params`, `via_add_srvid`). */
const key = Symbol('parameters of the own Via');

/** `;name=value...` as it stands in the Via; '' for none. */
export function viaParamsOf(context: ScriptContext): string {
  return context.scratch.size === 0
    ? ''
    : ((context.scratch.get(key) as (() => string) | undefined)?.() ?? '');
}

/** `parts` is asked when a copy is made. */
export function setViaParams(context: ScriptContext, parts: () => string): void {
  context.scratch.set(key, parts);
}
