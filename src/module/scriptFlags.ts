import type { ScriptContext } from './context.ts';

/** Script flags (`setsflag`, `$sf`): 32 bits that belong to one run of the script, not to the message. */
const key = Symbol('script flags');

export function scriptFlags(context: ScriptContext): number {
  return context.scratch.size === 0 ? 0 : ((context.scratch.get(key) as number | undefined) ?? 0);
}

export function setScriptFlags(context: ScriptContext, flags: number): void {
  context.scratch.set(key, flags >>> 0);
}
