import type { HeaderValue } from '../../sip/headerValues.ts';
import { limits } from '../../sip/limits.ts';
import type { SipMessage } from '../../sip/message.ts';
import { ParamCursor } from '../../sip/params.ts';
import { endOfListElement, endOfQuoted, equalsIgnoreCase, skipSpace, trimEnd } from '../../sip/scan.ts';

/** Values of all headers of a name, split at commas. */
export function listValues(message: SipMessage, name: string): HeaderValue[] {
  const values: HeaderValue[] = [];
  for (let i = message.findName(name); i >= 0; i = message.findName(name, i + 1)) {
    const lineEnd = message.headerValueEnd(i);
    for (let position = message.headerValueStart(i); position < lineEnd; ) {
      const behind = endOfListElement(message.text, position, lineEnd);
      const start = skipSpace(message.text, position, behind);
      if (start < behind && values.length < limits.valueCount)
        values.push({ header: i, start, end: trimEnd(message.text, start, behind) });
      position = behind + 1;
    }
  }
  return values;
}

/** Each header of a name is one value, commas and all (Authorization and its like). */
export function wholeValues(message: SipMessage, name: string): HeaderValue[] {
  const values: HeaderValue[] = [];
  for (let i = message.findName(name); i >= 0; i = message.findName(name, i + 1))
    values.push({ header: i, start: message.headerValueStart(i), end: message.headerValueEnd(i) });
  return values;
}

/** Where a parameter of a value stands. */
export interface ParamPlace {
  /** With its separator. */
  readonly start: number;
  readonly end: number;
  readonly nameEnd: number;
}

/** `;name=value` behind the URI of a value; undefined when it is not there. */
export function semicolonParam(
  message: SipMessage,
  value: HeaderValue,
  name: string,
): ParamPlace | undefined {
  const { text } = message;
  const cursor = new ParamCursor(text, paramsStart(text, value), value.end);
  while (cursor.next()) {
    if (!equalsIgnoreCase(text.slice(cursor.nameStart, cursor.nameEnd), name)) continue;
    const end = cursor.valueStart < 0 ? cursor.nameEnd : cursor.valueEnd;
    return { start: cursor.start, end, nameEnd: cursor.nameEnd };
  }
  return undefined;
}

/** The offset of the first parameter's `;`, behind `<uri>`. */
function paramsStart(text: string, { start, end }: HeaderValue): number {
  let position = start;
  while (position < end) {
    const char = text[position];
    if (char === '"') {
      const behind = endOfQuoted(text, position, end);
      if (behind < 0) return end;
      position = behind;
    } else if (char === '<') {
      const close = text.indexOf('>', position);
      position = close < 0 || close >= end ? end : close + 1;
    } else if (char === ';') return position;
    else position++;
  }
  return end;
}

/** `name=value` between commas behind a scheme (RFC 3261 §20.7); undefined when it is not there. */
export function commaParam(message: SipMessage, value: HeaderValue, name: string): ParamPlace | undefined {
  const { text } = message;
  const scheme = /^[^\s,=]+\s+(?=[^\s=,]+\s*=)/.exec(text.slice(value.start, value.end));
  let position = value.start + (scheme?.[0].length ?? 0);
  for (let previousEnd = -1; position < value.end; ) {
    const behind = endOfListElement(text, position, value.end);
    const start = skipSpace(text, position, behind);
    const end = trimEnd(text, start, behind);
    const equals = text.indexOf('=', start);
    const nameEnd = trimEnd(text, start, equals < 0 || equals > end ? end : equals);
    if (equalsIgnoreCase(text.slice(start, nameEnd), name)) {
      // with the comma before it, or, for the first one, the comma behind it
      if (previousEnd >= 0) return { start: previousEnd, end, nameEnd };
      return { start, end: behind < value.end ? skipSpace(text, behind + 1, value.end) : end, nameEnd };
    }
    previousEnd = end;
    position = behind + 1;
  }
  return undefined;
}
