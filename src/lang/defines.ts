import { compilePosixRegex } from '../base/posixRegex.ts';
import { splitSubstitution } from '../base/substitution.ts';
import { type ExpressionValue, evaluateExpression, expressionText } from './ifexp.ts';

export interface Substitution {
  readonly regex: RegExp;
  readonly replacement: string;
}

type Outcome = { readonly error: string } | undefined;

export type Environment = (name: string) => string | undefined;

/** Names that the preprocessor knows, and the substitutions it makes inside of strings. */
export class DefineTable {
  /** Value of a define; undefined when it is only set. */
  readonly #values = new Map<string, string | undefined>();
  readonly #substitutions: Substitution[] = [];
  /** Substitutions as written: one that an included file repeats is made once. */
  readonly #seen = new Set<string>();
  readonly #environment: Environment;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  valueOf(name: string): string | undefined {
    return this.#values.get(name);
  }

  set(name: string, value: string | undefined): void {
    this.#values.set(name, value === '' ? undefined : value);
  }

  remove(name: string): void {
    this.#values.delete(name);
  }

  names(): IterableIterator<string> {
    return this.#values.keys();
  }

  entries(): ReadonlyMap<string, string | undefined> {
    return this.#values;
  }

  environment(name: string): string | undefined {
    return this.#environment(name);
  }

  evaluate(text: string): ReturnType<typeof evaluateExpression> {
    return evaluateExpression(text, (name) => this.#expressionValue(name));
  }

  /**
   * `/regexp/replacement/flags` with any delimiter. `define` names what happens besides the substitution:
   * nothing, or a define of the expression's text with the plain or the quoted replacement.
   */
  addSubstitution(text: string, define: 'none' | 'plain' | 'quoted'): Outcome {
    const parts = splitSubstitution(text);
    if ('error' in parts) return parts;
    const delimiter = text[0] as string;
    const [pattern, rawReplacement] = [parts.pattern, parts.replacement].map((part) =>
      part.replaceAll(`\\${delimiter}`, delimiter),
    ) as [string, string];
    const { flags } = parts;
    if (!/^[gi]*$/.test(flags)) return { error: `unknown flags '${flags}'` };
    const compiled = compilePosixRegex(pattern, [...new Set(flags)].join(''));
    if ('error' in compiled) return compiled;
    const replacement = this.#expandEnvironment(rawReplacement);
    if (!this.#seen.has(text)) {
      this.#seen.add(text);
      this.#substitutions.push({ regex: compiled.regex, replacement: toJsReplacement(replacement) });
    }
    if (define !== 'none') this.set(pattern, define === 'quoted' ? `"${replacement}"` : replacement);
    return undefined;
  }

  substitute(text: string): string {
    let result = text;
    for (const { regex, replacement } of this.#substitutions) {
      regex.lastIndex = 0;
      result = result.replace(regex, replacement);
    }
    return result;
  }

  #expandEnvironment(text: string): string {
    return text.replace(/\$env\((\w+)\)/g, (_, name: string) => this.#environment(name) ?? '');
  }

  #expressionValue(name: string): ExpressionValue {
    if (!this.#values.has(name)) return 0;
    const value = this.#values.get(name);
    if (value === undefined) return 1;
    return unquote(value);
  }
}

export function unquote(text: string): string {
  const quote = text[0];
  const quoted = text.length >= 2 && (quote === '"' || quote === "'") && text.endsWith(quote);
  return quoted ? text.slice(1, -1) : text;
}

/** The text of an expression's value as a define has it. */
export function defineText(value: ExpressionValue, quoted: boolean): string {
  const text = expressionText(value);
  return quoted ? `"${text}"` : text;
}

/** `\1` of sed to `$1` of JavaScript; a `$` means itself. */
function toJsReplacement(text: string): string {
  return text.replaceAll('$', '$$$$').replace(/\\(\d)/g, '$$$1');
}
