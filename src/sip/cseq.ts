import { isDigit, isSpaceCode, parseUint, skipSpace } from './scan.ts';

export interface CSeq {
  /** 0 to 2^32-1. */
  readonly number: number;
  readonly method: string;
}

/** The CSeq value that is all of `text[start, end)` (RFC 3261 §20.16); undefined when malformed. */
export function parseCSeq(text: string, start: number, end: number): CSeq | undefined {
  let digitsEnd = start;
  while (digitsEnd < end && isDigit(text.charCodeAt(digitsEnd))) digitsEnd++;
  const number = parseUint(text, start, digitsEnd, 0xffffffff);
  const methodStart = skipSpace(text, digitsEnd, end);
  if (number < 0 || methodStart === digitsEnd || methodStart === end) return undefined;
  for (let position = methodStart; position < end; position++) {
    if (isSpaceCode(text.charCodeAt(position))) return undefined;
  }
  return { number, method: text.slice(methodStart, end) };
}
