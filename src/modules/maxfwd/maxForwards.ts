import type { Edit } from '../../sip/editList.ts';
import { HeaderKind } from '../../sip/headerKind.ts';
import type { SipMessage } from '../../sip/message.ts';
import { parseUint } from '../../sip/scan.ts';

/** The greatest value that is read; RFC 3261 §20.22 says 255, Kamailio takes 16 bits. */
const greatest = 65535;
const name = 'Max-Forwards: ';

const missing = -1;
const malformed = -2;

/** The Max-Forwards of one message, counting what this module has already changed. */
export class MaxForwards {
  readonly #config: { readonly max_limit: number };

  constructor(config: { readonly max_limit: number }) {
    this.#config = config;
  }

  /** 2 added, 1 decremented, -1 was zero, -2 malformed. */
  process(message: SipMessage, initial: number): number {
    const header = message.find(HeaderKind.maxForwards);
    if (header < 0) return this.#processMissing(message, initial);
    const start = message.headerValueStart(header);
    const end = message.headerValueEnd(header);
    const before = changeAt(message, start, end);
    const value = before === undefined ? valueAt(message.text, start, end) : numberIn(before);
    if (value < 0) return -2;
    if (value === 0) return -1;
    if (before !== undefined) message.edits.revoke(before);
    // as wide as it was, like Kamailio's
    message.edits.replace(start, end, String(this.#lowered(value)).padStart(end - start, ' '));
    return 1;
  }

  #processMissing(message: SipMessage, initial: number): number {
    const added = addition(message);
    if (added === undefined) {
      if (!(initial >= 0)) return -2;
      message.edits.insert(message.headersStart, `${name}${Math.trunc(initial)}\r\n`);
      return 2;
    }
    const value = numberIn(added);
    if (value === 0) return -1;
    message.edits.revoke(added);
    message.edits.insert(message.headersStart, `${name}${this.#lowered(value)}\r\n`);
    return 1;
  }

  #lowered(value: number): number {
    return Math.min(value - 1, this.#config.max_limit);
  }

  /** 1 below, -1 not below, -2 no header, -3 malformed. */
  isBelow(message: SipMessage, limit: number): number {
    const value = current(message);
    if (value === missing) return -2;
    if (value === malformed) return -3;
    return value < limit ? 1 : -1;
  }
}

/** The value as it would leave now; `missing` or `malformed`. */
function current(message: SipMessage): number {
  const header = message.find(HeaderKind.maxForwards);
  if (header < 0) {
    const added = addition(message);
    return added === undefined ? missing : numberIn(added);
  }
  const start = message.headerValueStart(header);
  const end = message.headerValueEnd(header);
  const change = changeAt(message, start, end);
  const value = change === undefined ? valueAt(message.text, start, end) : numberIn(change);
  return value < 0 ? malformed : value;
}

/** An empty value counts as 0, as Kamailio reads it. */
function valueAt(text: string, start: number, end: number): number {
  return start === end ? 0 : parseUint(text, start, end, greatest);
}

function numberIn(edit: Edit): number {
  const text = String(edit.text).trim();
  const digits = text.slice(text.lastIndexOf(' ') + 1);
  return parseUint(digits, 0, digits.length, Number.MAX_SAFE_INTEGER);
}

/** The pending replacement of the value, when the header was processed before. */
function changeAt(message: SipMessage, start: number, end: number): Edit | undefined {
  if (message.edits.size === 0) return undefined;
  return message.edits.edits.find((edit) => edit.start === start && edit.end === end && end > start);
}

/** The pending insertion of the header. */
function addition(message: SipMessage): Edit | undefined {
  return message.edits.edits.find(
    (edit) =>
      edit.start === message.headersStart && typeof edit.text === 'string' && edit.text.startsWith(name),
  );
}
