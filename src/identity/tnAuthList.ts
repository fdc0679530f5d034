/** TNAuthList: which numbers a certificate may sign for (RFC 8226 §9). */
import { contentOf, type DerElement, findExtension, makeElement, readElement } from './der.ts';
import { canonicalNumber } from './telephoneNumber.ts';

/** OBJECT IDENTIFIER of the extension. */
export const tnAuthListOid = '1.3.6.1.5.5.7.1.26';

export type TnEntry =
  /** All numbers of a service provider; which ones those are is not in the certificate. */
  | { readonly kind: 'spc'; readonly code: string }
  | { readonly kind: 'range'; readonly start: string; readonly count: number }
  | { readonly kind: 'one'; readonly number: string };

/** The same in DER, without its tag. */
const oidBytes = [0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01, 0x1a];

/** More entries than this are refused. */
const maxEntries = 10_000;

/** Reads the value of the extension (DER); undefined when it is malformed. */
export function decodeTnAuthList(der: Uint8Array): readonly TnEntry[] | undefined {
  const list = readElement(der, 0);
  if (list === undefined || list.tag !== 0x30 || list.end !== der.length) return undefined;
  const entries: TnEntry[] = [];
  for (let at = list.start; at < list.end; ) {
    const element = readElement(der, at);
    if (element === undefined || element.end > list.end || entries.length >= maxEntries) return undefined;
    const entry = readEntry(der, element);
    if (entry === undefined) return undefined;
    entries.push(entry);
    at = element.end;
  }
  return entries;
}

/** The list of a certificate in DER: undefined when it has none, 'malformed' when it cannot be read. */
export function tnAuthListOf(certificate: Uint8Array): readonly TnEntry[] | 'malformed' | undefined {
  const value = findExtension(certificate, Buffer.from(oidBytes));
  return value === undefined ? undefined : (decodeTnAuthList(value) ?? 'malformed');
}

/** The tags are explicit: each choice holds one element. */
function readEntry(der: Uint8Array, choice: DerElement): TnEntry | undefined {
  const inner = readElement(der, choice.start);
  if (inner === undefined || inner.end !== choice.end) return undefined;
  switch (choice.tag) {
    case 0xa0:
      return inner.tag === 0x16 ? { kind: 'spc', code: text(der, inner) } : undefined;
    case 0xa1:
      return inner.tag === 0x30 ? readRange(der, inner) : undefined;
    case 0xa2:
      return inner.tag === 0x16 ? { kind: 'one', number: text(der, inner) } : undefined;
    default:
      return undefined;
  }
}

function readRange(der: Uint8Array, range: DerElement): TnEntry | undefined {
  const start = readElement(der, range.start);
  const count = start && readElement(der, start.end);
  if (start === undefined || count === undefined || start.tag !== 0x16 || count.tag !== 0x02)
    return undefined;
  if (count.end - count.start > 6) return undefined;
  let value = 0;
  for (let i = count.start; i < count.end; i++) value = value * 256 + (der[i] as number);
  return value < 2 ? undefined : { kind: 'range', start: text(der, start), count: value };
}

function text(der: Uint8Array, element: DerElement): string {
  return contentOf(der, element).toString('latin1');
}

/** The value of the extension in DER. */
export function encodeTnAuthList(entries: readonly TnEntry[]): Buffer {
  return makeElement(0x30, Buffer.concat(entries.map(encodeEntry)));
}

function encodeEntry(entry: TnEntry): Buffer {
  switch (entry.kind) {
    case 'spc':
      return makeElement(0xa0, makeElement(0x16, Buffer.from(entry.code, 'latin1')));
    case 'one':
      return makeElement(0xa2, makeElement(0x16, Buffer.from(entry.number, 'latin1')));
    case 'range':
      return makeElement(
        0xa1,
        makeElement(
          0x30,
          Buffer.concat([
            makeElement(0x16, Buffer.from(entry.start, 'latin1')),
            makeElement(0x02, integer(entry.count)),
          ]),
        ),
      );
  }
}

function integer(value: number): Buffer {
  const digits = value.toString(16);
  const bytes = Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex');
  return (bytes[0] as number) >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes;
}

/**
 * May this list sign for the number? A service provider code covers numbers that only the provider knows, so
 * it does not speak against any; a list of numbers alone must have it.
 */
export function coversNumber(entries: readonly TnEntry[], telephoneNumber: string): boolean {
  const number = canonicalNumber(telephoneNumber);
  if (number === undefined) return false;
  return entries.some((entry) => entry.kind === 'spc' || coversBy(entry, number));
}

function coversBy(entry: Exclude<TnEntry, { kind: 'spc' }>, number: string): boolean {
  if (entry.kind === 'one') return canonicalNumber(entry.number) === number;
  const start = canonicalNumber(entry.start);
  // a range counts numbers of the same length: 1000 with 10 does not hold 01005
  if (start === undefined || start.length !== number.length || !/^\d+$/.test(start + number)) return false;
  const distance = BigInt(number) - BigInt(start);
  return distance >= 0n && distance < BigInt(entry.count);
}

/** `+15551230000`, `+15551230000+100` for a range with its count, `spc:709J`; undefined when it is none of these. */
export function parseTnEntry(word: string): TnEntry | undefined {
  if (/^spc:[A-Za-z0-9]{1,10}$/i.test(word)) return { kind: 'spc', code: word.slice(4) };
  const match = /^\+?([0-9#*]{1,15})(?:\+(\d{1,9}))?$/.exec(word);
  if (match === null) return undefined;
  const [, number = '', count] = match;
  if (count === undefined) return { kind: 'one', number };
  return Number(count) >= 2 ? { kind: 'range', start: number, count: Number(count) } : undefined;
}
