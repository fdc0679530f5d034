import type { SipMessage } from '../../sip/message.ts';
import { methodIds } from '../../sip/methodIds.ts';
import { equalsIgnoreCase } from '../../sip/scan.ts';

/** Is the method among `A|B|C`? No list is made: this runs for every message. */
export function isMethod(message: SipMessage, names: string): number {
  const { method } = message;
  let start = 0;
  for (;;) {
    let end = names.indexOf('|', start);
    if (end < 0) end = names.length;
    if (end - start === method.length) {
      const isWhole = start === 0 && end === names.length;
      if (equalsIgnoreCase(isWhole ? names : names.slice(start, end), method)) return 1;
    }
    if (end === names.length) return -1;
    start = end + 1;
  }
}

/** A list may hold only methods that have an id; a lone name may be anything. */
export function checkMethods(value: unknown): string | undefined {
  const names = String(value).split('|');
  if (names.some((name) => name === '')) return 'empty method name';
  if (names.length === 1) return undefined;
  const unknown = names.find((name) => !Object.hasOwn(methodIds, name.toUpperCase()));
  return unknown === undefined ? undefined : `unknown method '${unknown}' in a list`;
}
