import { matchBudget, PosixMatcher } from '../../base/posixMatcher.ts';
import { compileLineRegex, compilePosixRegex } from '../../base/posixRegex.ts';
import { splitSubstitution } from '../../base/substitution.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { Formats } from '../../module/host.ts';

/** A match of a substitution and what comes in its place; offsets in the searched text. */
export interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** An empty match would replace nothing for ever: Kamailio refuses it too. */
export const emptyMatch = 'empty match';

/** Stand-ins for what a replacement holds besides text; no character of a message is that high. */
const captureBase = 0xe000;
const uriMark = '\ue00a';
const dollarMark = '\ue00b';

/** `/regexp/replacement/flags` with `\0` to `\9`, `\u` (the Request-URI) and script variables in the replacement. */
export class Substitution {
  readonly isGlobal: boolean;
  readonly #matcher: PosixMatcher;
  readonly #template: (context: ScriptContext) => string;

  private constructor(regex: RegExp, isGlobal: boolean, template: (context: ScriptContext) => string) {
    this.#matcher = new PosixMatcher(regex);
    this.isGlobal = isGlobal;
    this.#template = template;
  }

  static parse(text: string, formats: Formats | undefined): Substitution | { readonly error: string } {
    const parts = splitSubstitution(text);
    if ('error' in parts) return parts;
    const flags = /^[igs]*$/.exec(parts.flags);
    if (flags === null) return { error: `unknown flags '${parts.flags}'; i, g and s are known` };
    const compile = parts.flags.includes('s') ? compilePosixRegex : compileLineRegex;
    const compiled = compile(parts.pattern, parts.flags.includes('i') ? 'i' : '');
    if ('error' in compiled) return compiled;
    const marked = withMarks(parts.replacement);
    const template =
      formats !== undefined && marked.includes('$') ? formats.text(marked) : (): string => marked;
    return new Substitution(compiled.regex, parts.flags.includes('g'), template);
  }

  /** What to replace in a text; `emptyMatch` when the expression matches nothing at some place. */
  run(text: string, context: ScriptContext): Replacement[] | typeof emptyMatch {
    const found: Replacement[] = [];
    let template: string | undefined;
    const budget = matchBudget();
    let match = this.#matcher.exec(text, 0, budget);
    while (match !== null) {
      if (match[0] === '') return emptyMatch;
      template ??= this.#template(context);
      const end = match.index + match[0].length;
      found.push({ start: match.index, end, text: filled(template, match, context) });
      if (!this.isGlobal) break;
      match = this.#matcher.exec(text, end, budget);
    }
    return found;
  }

  /** The text after the substitution; undefined when nothing matched. */
  apply(text: string, context: ScriptContext): string | undefined | typeof emptyMatch {
    const found = this.run(text, context);
    if (found === emptyMatch) return emptyMatch;
    if (found.length === 0) return undefined;
    let out = '';
    let position = 0;
    for (const { start, end, text: replacement } of found) {
      out += text.slice(position, start) + replacement;
      position = end;
    }
    return out + text.slice(position);
  }
}

/** Escapes become characters or marks; variables stay. */
function withMarks(replacement: string): string {
  return replacement.replace(/\\([\s\S])/g, (_whole, char: string) => {
    if (char >= '0' && char <= '9') return String.fromCharCode(captureBase + Number(char));
    if (char === 'n') return '\n';
    if (char === 'r') return '\r';
    if (char === 't') return '\t';
    if (char === 'u') return uriMark;
    return char === '$' ? dollarMark : char;
  });
}

function filled(template: string, match: RegExpExecArray, context: ScriptContext): string {
  return template.replace(/[\ue000-\ue00b]/g, (mark) => {
    if (mark === uriMark) return context.target.requestUri;
    if (mark === dollarMark) return '$';
    return match[mark.charCodeAt(0) - captureBase] ?? '';
  });
}

/** For load-time checks. */
export function checkSubstitution(text: unknown): string | undefined {
  const parsed = Substitution.parse(String(text), undefined);
  return 'error' in parsed ? parsed.error : undefined;
}
