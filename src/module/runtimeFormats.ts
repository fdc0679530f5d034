import type { ScriptContext } from './context.ts';
import type { Formats } from './host.ts';

/** Distinct texts kept compiled; a script that makes up ever new ones pays for compiling each. */
const maxFormats = 512;

type Format = (context: ScriptContext) => string;

/**
 * Formats that are only known at run time (`pv_evalx`, a prefix with variables). Each text is compiled once
 * and kept; when there are too many, the least recently used one goes.
 */
export class RuntimeFormats {
  readonly #formats: Formats;
  readonly #compiled = new Map<string, Format | undefined>();

  constructor(formats: Formats) {
    this.#formats = formats;
  }

  /** undefined when a variable in the text is malformed or unknown. */
  evaluate(text: string, context: ScriptContext): string | undefined {
    if (!text.includes('$')) return text;
    const format = this.#compiled.has(text) ? this.#reuse(text) : this.#compile(text);
    return format?.(context);
  }

  get size(): number {
    return this.#compiled.size;
  }

  #compile(text: string): Format | undefined {
    const [oldest] = this.#compiled.keys();
    if (this.#compiled.size >= maxFormats && oldest !== undefined) this.#compiled.delete(oldest);
    let format: Format | undefined;
    try {
      format = this.#formats.text(text);
    } catch {
      format = undefined; // a wrong text stays known as wrong
    }
    this.#compiled.set(text, format);
    return format;
  }

  #reuse(text: string): Format | undefined {
    const format = this.#compiled.get(text);
    this.#compiled.delete(text);
    this.#compiled.set(text, format);
    return format;
  }
}
