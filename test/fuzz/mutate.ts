import { readdirSync, readFileSync } from 'node:fs';
import type { Random } from './random.ts';

/** What hurts parsers of SIP: separators, ends of everything, unusual bytes, numbers at their limits. */
const tokens = [
  '\r\n',
  '\n',
  '\r',
  '\r\n\r\n',
  '\r\n ',
  ' ',
  '\t',
  '\0',
  '\xff',
  '\xc3\xa4',
  '\u0080',
  ';',
  ';;',
  ',',
  ',,',
  ':',
  '=',
  '"',
  '\\',
  '\\"',
  '<',
  '>',
  '<<',
  '(',
  '@',
  '%',
  '%00',
  '%zz',
  '?',
  '&',
  '*',
  '/',
  '[',
  ']',
  '[::1]',
  '-1',
  '0',
  '255',
  '256',
  '65536',
  '4294967296',
  '99999999999999999999',
  '1e9',
  'SIP/2.0',
  'sip:',
  'sips:',
  'tel:',
  'z9hG4bK',
  ';tag=',
  ';lr',
  ';branch=',
  ';rport',
  ';received=',
  ';q=',
  'Via: SIP/2.0/UDP a\r\n',
  'Contact: *\r\n',
  'Content-Length: 5\r\n',
  'l: 0\r\n',
  'Route: <sip:a;lr>\r\n',
  'Digest realm="',
  'm=audio 1 RTP/AVP 0\r\n',
  'v=0\r\n',
  '--',
  'boundary=',
]; // prettier-ignore

type Mutation = (text: string, random: Random, corpus: readonly string[]) => string;

function span(text: string, random: Random, longest: number): [number, number] {
  const start = random.below(text.length + 1);
  return [start, Math.min(text.length, start + random.below(longest))];
}

const mutations: readonly Mutation[] = [
  // one byte to another
  (text, random) => {
    const at = random.below(text.length + 1);
    return text.slice(0, at) + String.fromCharCode(random.below(256)) + text.slice(at + 1);
  },
  // a token put in
  (text, random) => {
    const at = random.below(text.length + 1);
    return text.slice(0, at) + random.pick(tokens) + text.slice(at);
  },
  // a token over what stands there
  (text, random) => {
    const token = random.pick(tokens);
    const at = random.below(text.length + 1);
    return text.slice(0, at) + token + text.slice(at + token.length);
  },
  // a part away
  (text, random) => {
    const [start, end] = span(text, random, 40);
    return text.slice(0, start) + text.slice(end);
  },
  // a part repeated, sometimes often
  (text, random) => {
    const [start, end] = span(text, random, 60);
    const times = random.below(8) === 0 ? 1 + random.below(2000) : 2;
    return text.slice(0, end) + text.slice(start, end).repeat(times).slice(0, 60000) + text.slice(end);
  },
  // the end away
  (text, random) => text.slice(0, random.below(text.length + 1)),
  // a part of another message put in
  (text, random, corpus) => {
    const other = random.pick(corpus);
    const [start, end] = span(other, random, 300);
    const at = random.below(text.length + 1);
    return text.slice(0, at) + other.slice(start, end) + text.slice(at);
  },
  // two lines change places
  (text, random) => {
    const lines = text.split('\r\n');
    const [a, b] = [random.below(lines.length), random.below(lines.length)];
    [lines[a], lines[b]] = [lines[b] as string, lines[a] as string];
    return lines.join('\r\n');
  },
];

/** One to five changes to a message of the corpus. */
export function mutate(corpus: readonly string[], random: Random): string {
  let text = random.pick(corpus);
  for (let left = 1 + random.below(5); left > 0; left--) text = random.pick(mutations)(text, random, corpus);
  return text.slice(0, 70000);
}

/** The messages of RFC 4475 as latin1 texts. `root`: the repository's root. */
export function tortureCorpus(root: URL): string[] {
  const folder = new URL('test/fixtures/rfc4475/', root);
  return readdirSync(folder)
    .filter((name) => name.endsWith('.dat'))
    .sort()
    .map((name) => readFileSync(new URL(name, folder), 'latin1'));
}
