import type { ScriptContext } from './context.ts';

/** Marks the stand-in request of event routes that have no message of their own (`is_faked_msg`). */
const key = Symbol('stand-in message');

export function markAsFake(context: ScriptContext): void {
  context.scratch.set(key, true);
}

export function isFake(context: ScriptContext): boolean {
  return context.scratch.size > 0 && context.scratch.has(key);
}
