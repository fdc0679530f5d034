import { type HeaderKind, headerNames } from './headerKind.ts';
import type { SipMessage } from './message.ts';
import { type WireError, wireError } from './wireError.ts';

/** A fault of a parsed message: answered with `status`, or discarded when it is a response. */
export function fault(message: SipMessage, reason: string, offset: number, status = 400): WireError {
  return wireError(reason, offset, message.isRequest ? status : 0);
}

/** `what` is wrong with the (first) header of a kind. */
export function headerFault(message: SipMessage, kind: HeaderKind, what: string): WireError {
  const i = message.find(kind);
  return fault(message, `${what} ${headerNames[kind]}`, i < 0 ? message.headersEnd : message.headerStart(i));
}
