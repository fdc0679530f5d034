/** Keeps equal strings once, bounded: user agents, paths and sockets repeat over hundreds of thousands of bindings. */
export class StringPool {
  readonly #known = new Map<string, string>();
  readonly #limit: number;

  constructor(limit = 10_000) {
    this.#limit = limit;
  }

  share(text: string): string {
    if (text === '') return text;
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const own = detached(text);
    if (this.#known.size >= this.#limit) this.#known.clear();
    this.#known.set(own, own);
    return own;
  }
}

/**
 * A copy that does not keep the text alive it was cut from: V8 makes a slice point into its parent, and a
 * binding would hold the whole REGISTER.
 */
export function detached(text: string): string {
  // below 13 characters V8 copies anyway
  if (text.length < 13) return text;
  // what came over the wire has one byte a character, and so should the copy
  const encoding = /[^\x00-\xff]/.test(text) ? 'utf16le' : 'latin1';
  return Buffer.from(text, encoding).toString(encoding);
}
