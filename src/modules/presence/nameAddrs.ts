import { type NameAddr, parseNameAddr, splitValues } from '../../sip/nameAddr.ts';

/** A value of a Route header, as written, and its URI. */
export interface RouteValue {
  readonly text: string;
  readonly uri: string;
}

/** The values of a comma list, without those that are malformed. */
export function nameAddrsIn(list: string): readonly RouteValue[] {
  if (list === '') return [];
  return splitValues(list, 0, list.length)
    .map(([start, end]) => parseNameAddr(list, start, end))
    .filter((value): value is NameAddr => value !== undefined)
    .map((value) => ({ text: list.slice(value.start, value.end).trim(), uri: value.uri }));
}
