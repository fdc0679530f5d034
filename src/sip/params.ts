import { endOfQuoted, equalsIgnoreCase, isSpaceCode, skipSpace } from './scan.ts';

/** Ordered `;name=value` parameters; names compare case-insensitively, values are kept as written. */
export interface Param {
  readonly name: string;
  /** undefined for a parameter without `=`. */
  readonly value: string | undefined;
}

export class Params {
  readonly #list: Param[];

  constructor(list: Param[] = []) {
    this.#list = list;
  }

  get size(): number {
    return this.#list.length;
  }

  get list(): readonly Param[] {
    return this.#list;
  }

  has(name: string): boolean {
    return this.#find(name) >= 0;
  }

  /** The value; '' for a parameter without one; undefined when it is not there. */
  get(name: string): string | undefined {
    const at = this.#find(name);
    return at < 0 ? undefined : ((this.#list[at] as Param).value ?? '');
  }

  /** Replaces in place or appends. */
  set(name: string, value?: string): void {
    const at = this.#find(name);
    const param = { name, value };
    if (at < 0) this.#list.push(param);
    else this.#list[at] = param;
  }

  delete(name: string): boolean {
    const at = this.#find(name);
    if (at >= 0) this.#list.splice(at, 1);
    return at >= 0;
  }

  clone(): Params {
    return new Params(this.#list.slice());
  }

  /** With a leading `;` before each. */
  toString(): string {
    let out = '';
    for (const { name, value } of this.#list) out += value === undefined ? `;${name}` : `;${name}=${value}`;
    return out;
  }

  #find(name: string): number {
    for (let i = 0; i < this.#list.length; i++) {
      const other = (this.#list[i] as Param).name;
      if (equalsIgnoreCase(other, name)) return i;
    }
    return -1;
  }
}

/** Walks over `;name[=value]...` without building anything. White space around `;` and `=` is skipped. */
export class ParamCursor {
  /** Offset of the `;` before the parameter. */
  start = 0;
  nameStart = 0;
  nameEnd = 0;
  /** -1 for a parameter without `=`. */
  valueStart = -1;
  valueEnd = -1;
  /** True once something was met that is no parameter; `next` is false from then on. */
  malformed = false;
  readonly #text: string;
  readonly #end: number;
  #position: number;

  constructor(text: string, start: number, end: number) {
    this.#text = text;
    this.#end = end;
    this.#position = skipSpace(text, start, end);
  }

  /** Steps to the next parameter; false at the end and on malformed text. Empty ones (`;;`) are tolerated. */
  next(): boolean {
    const text = this.#text;
    const end = this.#end;
    let position = this.#position;
    do {
      if (position >= end) return false;
      if (text.charCodeAt(position) !== 0x3b) return this.#fail();
      this.start = position;
      position = skipSpace(text, position + 1, end);
      this.nameStart = position;
      while (position < end && !isNameEnd(text.charCodeAt(position))) position++;
      // an empty parameter (";;" or a trailing ";") is tolerated, as Kamailio does
    } while (position === this.nameStart && (position >= end || text.charCodeAt(position) === 0x3b));
    if (position === this.nameStart) return this.#fail();
    this.nameEnd = position;
    return this.#value(skipSpace(text, position, end));
  }

  #value(position: number): boolean {
    const text = this.#text;
    const end = this.#end;
    this.valueStart = this.valueEnd = -1;
    this.#position = position;
    if (position >= end || text.charCodeAt(position) !== 0x3d) return true;
    const start = skipSpace(text, position + 1, end);
    const behind = endOfValue(text, start, end);
    if (behind < 0) return this.#fail();
    this.valueStart = start;
    this.valueEnd = behind;
    this.#position = skipSpace(text, behind, end);
    return true;
  }

  #fail(): false {
    this.malformed = true;
    this.#position = this.#end;
    return false;
  }
}

/** More parameters than this on one value are an attack, not a message. */
const MAX_PARAMS = 128;

/**
 * Parses `;name[=value]...` in `text[start, end)`, quotes respected, white space around `;` and `=` dropped.
 * Returns undefined when it is malformed or has more than 128 parameters.
 */
export function parseParams(text: string, start: number, end: number): Params | undefined {
  const list: Param[] = [];
  const cursor = new ParamCursor(text, start, end);
  while (cursor.next()) {
    if (list.length === MAX_PARAMS) return undefined;
    list.push({
      name: text.slice(cursor.nameStart, cursor.nameEnd),
      value: cursor.valueStart < 0 ? undefined : text.slice(cursor.valueStart, cursor.valueEnd),
    });
  }
  return cursor.malformed ? undefined : new Params(list);
}

/** The offset behind a token or quoted string at `start`; -1 for an unclosed quote. */
function endOfValue(text: string, start: number, end: number): number {
  let position = start;
  if (text.charCodeAt(position) === 0x22) return endOfQuoted(text, position, end);
  while (position < end) {
    const code = text.charCodeAt(position);
    if (code === 0x3b || code === 0x20 || code === 9 || code === 13 || code === 10) break;
    position++;
  }
  return position;
}

function isNameEnd(code: number): boolean {
  return code === 0x3b || code === 0x3d || isSpaceCode(code) || code === 0x2c;
}
