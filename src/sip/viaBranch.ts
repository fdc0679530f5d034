import { HeaderKind } from './headerKind.ts';
import type { SipMessage } from './message.ts';
import { parseVia } from './via.ts';

/** The branch of the first or second Via; '' when there is none. */
export function branchOfVia(message: SipMessage, place: 1 | 2): string {
  const first = message.topmostVia;
  if (first === undefined || place === 1) return first?.branch ?? '';
  const line = message.find(HeaderKind.via);
  const next = first.more ? line : message.find(HeaderKind.via, line + 1);
  if (next < 0) return '';
  const start = first.more ? first.end + 1 : message.headerValueStart(next);
  return parseVia(message.text, start, message.headerValueEnd(next))?.branch ?? '';
}
