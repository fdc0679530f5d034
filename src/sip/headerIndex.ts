import { HeaderKind, headerKindAt } from './headerKind.ts';
import { isBlankCode, skipSpace, trimEnd } from './scan.ts';

/**
 * Numbers per indexed header line in an index: kind and length of the name in one, then three offsets. A
 * line ends where the next one begins; behind the last one stands one more number, the end of the headers.
 */
export const STRIDE = 4;
export const NAME = 1;
export const VALUE_START = 2;
export const VALUE_END = 3;
export const KIND_BITS = 7;
export const KIND_MASK = 127;

/**
 * Adds the header line at `start` to the index; the offset behind it, or -1. Reading characters one by one is what
 * costs here, so names are found by native searches and each character is asked for once.
 */
export function indexHeader(text: string, start: number, first: number, index: number[]): number {
  let lineFeed = text.indexOf('\n', start);
  const colon = text.indexOf(':', start);
  if (colon <= start || colon > lineFeed) return -1;
  while (lineFeed >= 0 && isBlankCode(text.charCodeAt(lineFeed + 1)))
    lineFeed = text.indexOf('\n', lineFeed + 1);
  if (lineFeed < 0) return -1;
  let nameEnd = colon;
  let kind = headerKindAt(text, start, nameEnd, first);
  if (kind === HeaderKind.other && isBlankCode(text.charCodeAt(colon - 1))) {
    nameEnd = trimEnd(text, start, colon);
    kind = headerKindAt(text, start, nameEnd, first);
  }
  const valueStart = skipSpace(text, colon + 1, lineFeed);
  index.push(kind | ((nameEnd - start) << KIND_BITS), start, valueStart, trimEnd(text, valueStart, lineFeed));
  return lineFeed + 1;
}
