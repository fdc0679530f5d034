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
      if (other === name || (other.length === name.length && other.toLowerCase() === name.toLowerCase()))
        return i;
    }
    return -1;
  }
}

/**
 * Parses `;name[=value]...` in `text[start, end)`, quotes respected, white space around `;` and `=` dropped.
 * Returns undefined when it is malformed.
 */
export function parseParams(text: string, start: number, end: number): Params | undefined {
  const list: Param[] = [];
  let position = skipSpace(text, start, end);
  while (position < end) {
    if (text.charCodeAt(position) !== 0x3b) return undefined;
    position = skipSpace(text, position + 1, end);
    const nameStart = position;
    while (position < end && !isNameEnd(text.charCodeAt(position))) position++;
    if (position === nameStart) {
      // an empty parameter (";;" or a trailing ";") is tolerated, as Kamailio does
      if (position >= end || text.charCodeAt(position) === 0x3b) continue;
      return undefined;
    }
    const name = text.slice(nameStart, position);
    position = skipSpace(text, position, end);
    if (position >= end || text.charCodeAt(position) !== 0x3d) {
      list.push({ name, value: undefined });
      continue;
    }
    position = skipSpace(text, position + 1, end);
    const valueEnd = endOfValue(text, position, end);
    if (valueEnd < 0) return undefined;
    list.push({ name, value: text.slice(position, valueEnd) });
    position = skipSpace(text, valueEnd, end);
  }
  return new Params(list);
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

/** The offset behind the closing quote of the quoted string at `start`, or -1 (RFC 3261 §25.1 quoted-string). */
export function endOfQuoted(text: string, start: number, end: number): number {
  for (let position = start + 1; position < end; position++) {
    const code = text.charCodeAt(position);
    if (code === 0x5c) position++;
    else if (code === 0x22) return position + 1;
  }
  return -1;
}

export function skipSpace(text: string, start: number, end: number): number {
  let position = start;
  while (position < end) {
    const code = text.charCodeAt(position);
    if (code !== 0x20 && code !== 9 && code !== 13 && code !== 10) break;
    position++;
  }
  return position;
}

function isNameEnd(code: number): boolean {
  return (
    code === 0x3b ||
    code === 0x3d ||
    code === 0x20 ||
    code === 9 ||
    code === 13 ||
    code === 10 ||
    code === 0x2c
  );
}
