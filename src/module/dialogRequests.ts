import type { SipMessage } from '../sip/message.ts';

/** A request within a dialog that may change or end it, not one that only acknowledges. */
export function movesWithinDialog({ toTag, method }: SipMessage): boolean {
  return toTag !== '' && method !== 'ACK' && method !== 'CANCEL' && method !== 'PRACK';
}
