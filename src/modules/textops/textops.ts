import { errorText } from '../../base/errors.ts';
import { PosixMatcher } from '../../base/posixMatcher.ts';
import { compilePosixRegex, compileRegexArgument, RegexCache } from '../../base/posixRegex.ts';
import type { Host } from '../../module/host.ts';
import { Substitution } from './substitution.ts';

/** Compiled substitutions that are kept: those of the config, and some that come at run time. */
const maxSubstitutions = 500;

/** The module instance: what its functions share. */
export class TextOps {
  readonly host: Host;
  /** Line by line, letter case aside. */
  readonly #lineRegexes = new RegexCache(compileRegexArgument);
  /** Over the whole text, letter case aside. */
  readonly #wholeRegexes = new RegexCache((pattern) => compilePosixRegex(pattern, 'i'));
  /** Over the whole text, as written. */
  readonly #exactRegexes = new RegexCache((pattern) => compilePosixRegex(pattern));
  readonly #matchers = new WeakMap<RegExp, PosixMatcher>();
  readonly #substitutions = new Map<string, Substitution | { readonly error: string }>();

  constructor(host: Host) {
    this.host = host;
  }

  /** A regular expression that comes at run time; undefined (and logged) when it is malformed. */
  lineRegex(pattern: string): RegExp | undefined {
    return this.#usable(this.#lineRegexes, pattern);
  }

  wholeRegex(pattern: string): RegExp | undefined {
    return this.#usable(this.#wholeRegexes, pattern);
  }

  exactRegex(pattern: string): RegExp | undefined {
    return this.#usable(this.#exactRegexes, pattern);
  }

  #usable(cache: RegexCache, pattern: string): RegExp | undefined {
    const compiled = cache.get(pattern);
    if ('regex' in compiled) return compiled.regex;
    this.host.log.error(`malformed regular expression "${pattern}": ${compiled.error}`);
    return undefined;
  }

  /** Finds what an expression matches. */
  matcherOf(regex: RegExp): PosixMatcher {
    let matcher = this.#matchers.get(regex);
    if (matcher === undefined) {
      matcher = new PosixMatcher(regex);
      this.#matchers.set(regex, matcher);
    }
    return matcher;
  }

  /** undefined (and logged) when it is malformed. */
  substitution(text: string): Substitution | undefined {
    let found = this.#substitutions.get(text);
    if (found === undefined) {
      found = this.#parse(text);
      if (this.#substitutions.size >= maxSubstitutions) this.#substitutions.clear();
      this.#substitutions.set(text, found);
    }
    if (found instanceof Substitution) return found;
    this.host.log.error(`malformed substitution "${text}": ${found.error}`);
    return undefined;
  }

  #parse(text: string): Substitution | { readonly error: string } {
    try {
      return Substitution.parse(text, this.host.formats);
    } catch (error) {
      return { error: errorText(error) };
    }
  }
}
