import assert from 'node:assert/strict';
import { isWireError, parseMessage, type SipMessage } from './message.ts';

/** For tests: parses what must be a message. Line ends may be written as `\n`. */
export function parsed(text: string): SipMessage {
  const message = parseMessage(crlf(text));
  assert.ok(!isWireError(message), isWireError(message) ? message.reason : '');
  return message;
}

/** `\n` to CRLF. */
export function crlf(text: string): string {
  return text.replace(/\r?\n/g, '\r\n');
}
