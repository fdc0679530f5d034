import type { NameAddr } from '../sip/nameAddr.ts';
import type { ScriptContext } from './context.ts';

const key = Symbol('contact uris');

/** Gives a Contact another URI for all that look at it later (registrar), not only in the copy that is sent. */
export function changeContactUri(context: ScriptContext, contact: NameAddr, uri: string): void {
  const changed = context.scratch.get(key) as Map<number, string> | undefined;
  if (changed !== undefined) changed.set(contact.uriStart, uri);
  else context.scratch.set(key, new Map([[contact.uriStart, uri]]));
}

/** The URI of a Contact of the context's message, as received or as changed since. */
export function contactUriOf(context: ScriptContext, contact: NameAddr): string {
  if (context.scratch.size === 0) return contact.uri;
  const changed = context.scratch.get(key) as ReadonlyMap<number, string> | undefined;
  return changed?.get(contact.uriStart) ?? contact.uri;
}
