/**
 * Bencode, the encoding of the ng control protocol. Texts are latin1, one character a byte, so that bytes survive.
 * Dictionaries keep their order: rtpengine asks for none.
 */

export type Bencode = string | number | readonly Bencode[] | Dictionary;
export type Dictionary = ReadonlyMap<string, Bencode>;

/** Deeper or longer input is refused: no node sends such a thing. */
const MAX_DEPTH = 32;
const MAX_ITEMS = 20_000;

export function encode(value: Bencode): string {
  if (typeof value === 'string') return `${value.length}:${value}`;
  if (typeof value === 'number') return `i${value}e`;
  if (isList(value)) return `l${value.map(encode).join('')}e`;
  let text = 'd';
  for (const [key, each] of value) text += encode(key) + encode(each);
  return `${text}e`;
}

function isList(value: readonly Bencode[] | Dictionary): value is readonly Bencode[] {
  return Array.isArray(value);
}

/** The value that stands at `start` and ends with the text; undefined when it is malformed or too large. */
export function decode(text: string, start = 0): Bencode | undefined {
  const reader = new Reader(text, start);
  const value = reader.value(0);
  return value !== undefined && reader.atEnd ? value : undefined;
}

/** Like `decode`, for a dictionary. */
export function decodeDictionary(text: string, start = 0): Dictionary | undefined {
  const value = decode(text, start);
  return value instanceof Map ? value : undefined;
}

class Reader {
  readonly #text: string;
  #at: number;
  #items = 0;

  constructor(text: string, start: number) {
    this.#text = text;
    this.#at = start;
  }

  get atEnd(): boolean {
    return this.#at === this.#text.length;
  }

  value(depth: number): Bencode | undefined {
    if (depth > MAX_DEPTH || ++this.#items > MAX_ITEMS) return undefined;
    switch (this.#text[this.#at]) {
      case 'i':
        return this.#integer();
      case 'l':
        return this.#list(depth);
      case 'd':
        return this.#dictionary(depth);
      default:
        return this.#string();
    }
  }

  #integer(): number | undefined {
    const end = this.#text.indexOf('e', this.#at);
    const digits = this.#text.slice(this.#at + 1, end);
    if (end < 0 || !/^-?\d{1,19}$/.test(digits)) return undefined;
    this.#at = end + 1;
    return Number(digits);
  }

  #string(): string | undefined {
    const colon = this.#text.indexOf(':', this.#at);
    const digits = this.#text.slice(this.#at, colon);
    if (colon < 0 || !/^\d{1,7}$/.test(digits)) return undefined;
    const end = colon + 1 + Number(digits);
    if (end > this.#text.length) return undefined;
    this.#at = end;
    return this.#text.slice(colon + 1, end);
  }

  #list(depth: number): Bencode[] | undefined {
    const list: Bencode[] = [];
    this.#at++;
    while (!this.#closes()) {
      const value = this.value(depth + 1);
      if (value === undefined) return undefined;
      list.push(value);
    }
    return list;
  }

  #dictionary(depth: number): Dictionary | undefined {
    const entries = new Map<string, Bencode>();
    this.#at++;
    while (!this.#closes()) {
      const key = this.#string();
      const value = key === undefined ? undefined : this.value(depth + 1);
      if (key === undefined || value === undefined) return undefined;
      entries.set(key, value);
    }
    return entries;
  }

  #closes(): boolean {
    if (this.#text[this.#at] !== 'e') return false;
    this.#at++;
    return true;
  }
}

/** A text field of a dictionary; undefined when there is none. */
export function textOf(dictionary: Dictionary | undefined, key: string): string | undefined {
  const value = dictionary?.get(key);
  return typeof value === 'string' ? value : undefined;
}

/** A number field. */
export function numberOf(dictionary: Dictionary | undefined, key: string): number | undefined {
  const value = dictionary?.get(key);
  return typeof value === 'number' ? value : undefined;
}

/** A dictionary inside a dictionary. */
export function dictionaryOf(dictionary: Dictionary | undefined, key: string): Dictionary | undefined {
  const value = dictionary?.get(key);
  return value instanceof Map ? value : undefined;
}

/** A list inside a dictionary; empty when there is none. */
export function listOf(dictionary: Dictionary | undefined, key: string): readonly Bencode[] {
  const value = dictionary?.get(key);
  return Array.isArray(value) ? value : [];
}
