import type { NameAddr } from '../../sip/nameAddr.ts';
import { parseUint } from '../../sip/scan.ts';

/** What a malformed expiry means (RFC 3261 §20.19). */
const malformedExpiresSec = 3600;
const maxExpiresSec = 0xffffffff;

/** Seconds in an expires parameter or Expires header; 3600 when malformed; undefined when it says nothing. */
export function expiresOf(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  const digits = text.charCodeAt(0) === 0x2b ? 1 : 0;
  const number = parseUint(text, digits, text.length, maxExpiresSec);
  return number < 0 ? malformedExpiresSec : number;
}

/** q in thousandths; undefined when it says nothing, -1 when it is no number from 0 to 1. Later digits are dropped. */
export function qOf(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  if (!/^(\d+(\.\d*)?|\.\d+)$/.test(text)) return -1;
  const [whole = '', fraction = ''] = text.split('.');
  const thousandths = Number(whole) * 1000 + Number(fraction.slice(0, 3).padEnd(3, '0'));
  return thousandths > 1000 ? -1 : thousandths;
}

/** `0.75` for 750, `1` for 1000. */
export function qText(thousandths: number): string {
  return `${thousandths / 1000}`;
}

/** `+sip.instance` without its quotes, '' for none (RFC 5627 §4.1). */
export function instanceOf(contact: NameAddr): string {
  return unquoted(contact.params.get('+sip.instance') ?? '');
}

/** `reg-id`: 0 when there is none, -1 when it is no positive number (RFC 5626 §4.2). */
export function regIdOf(contact: NameAddr): number {
  const text = contact.params.get('reg-id');
  if (text === undefined) return 0;
  const number = parseUint(text, 0, text.length, 0x7fffffff);
  return number > 0 ? number : -1;
}

export function unquoted(text: string): string {
  return text.length >= 2 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
}
