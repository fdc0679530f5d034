/** Characters behind the start of a match that are tried for a longer one. */
const maxTried = 512;

/** How many tries for longer matches one pass over a text may make; when they are used up, first matches count. */
export interface MatchBudget {
  tries: number;
}

export function matchBudget(): MatchBudget {
  return { tries: 20_000 };
}

/**
 * Finds matches as POSIX has it: of all that begin leftmost, the longest; JavaScript takes the first alternative
 * that fits. Where the text is to be replaced that makes a difference: `(00|0049)` in 0049123.
 */
export class PosixMatcher {
  readonly #regex: RegExp;
  /** Matches only up to the end of the text; undefined where the first match is the longest anyway. */
  readonly #pinned: RegExp | undefined;

  constructor(regex: RegExp) {
    const flags = regex.flags.replace(/[gy]/g, '');
    this.#regex = new RegExp(regex.source, `${flags}g`);
    if (mayBeLonger(regex.source)) this.#pinned = new RegExp(`(?:${regex.source})(?![^])`, `${flags}y`);
  }

  /** The first match that begins at or behind `from`. */
  exec(text: string, from: number, budget: MatchBudget): RegExpExecArray | null {
    this.#regex.lastIndex = from;
    const match = this.#regex.exec(text);
    return match === null || this.#pinned === undefined ? match : longest(this.#pinned, text, match, budget);
  }
}

function longest(pinned: RegExp, text: string, match: RegExpExecArray, budget: MatchBudget): RegExpExecArray {
  const { index } = match;
  for (let end = Math.min(text.length, index + maxTried); end > index + match[0].length; end--) {
    if (budget.tries-- <= 0) break;
    pinned.lastIndex = index;
    const longer = pinned.exec(text.slice(0, end));
    if (longer !== null) return longer;
  }
  return match;
}

/** Only alternatives make it so; what looks at its right side (`$`, `\b`) cannot be tried on a shorter text. */
function mayBeLonger(source: string): boolean {
  return source.includes('|') && !/\$|\(\?!|\\[bB]/.test(source);
}
