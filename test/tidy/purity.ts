/** What product code must not do: keep state at module level, read a clock, make randomness, ask the process. */
import { roomOf } from './imports.ts';
import type { SourceFile } from './sources.ts';

interface Rule {
  readonly pattern: RegExp;
  readonly says: string;
}

/** Top-level statements begin in the first column: the formatter sees to that. */
const stateRules: readonly Rule[] = [
  { pattern: /^(?:export )?(?:let|var) .*/gm, says: 'a variable at module level' },
  {
    pattern: /^(?:export )?const \w+(?:: (?!.*\b[Rr]eadonly).+)? = (?:\[\]|Object\.create\(null\));/gm,
    says: 'an empty collection at module level',
  },
  { pattern: /^(?:export )?const \w+ = \{\};/gm, says: 'an empty collection at module level' },
  {
    pattern: /^(?:export )?const \w+(?:: [^=]+)? = new (?:Weak)?(?:Map|Set)(?:<.*>)?\(\);/gm,
    says: 'an empty collection at module level',
  },
  {
    pattern:
      /^(?:export )?const \w+(?:: [^=]+)? = new (?!Map\b|Set\b|Weak|RegExp\b|Text|Intl\.|\w*(?:Error|Fault)\b)\w+/gm,
    says: 'an object made at module level',
  },
  {
    pattern: /^ +(?:private |protected |public )?static (?!readonly |async |#?\w+[(<]).*/gm,
    says: 'a static field that can change',
  },
];

const clockRules: readonly Rule[] = [
  {
    pattern: /\bDate\.now\b|\bnew Date\(\)|(?<!new )\bDate\(\)|\bperformance\.now\b/g,
    says: 'reads the clock',
  },
  { pattern: /(?<![.\w])(?:setTimeout|setInterval|setImmediate)\(/g, says: 'starts a timer' },
  { pattern: /\bMath\.random\b/g, says: 'makes randomness' },
  {
    pattern: /\b(?:randomBytes|randomUUID|randomInt|randomFillSync|getRandomValues)\b/g,
    says: 'makes randomness',
  },
  { pattern: /(?<![.\w])process\./g, says: 'asks the process' },
];

export function stateOffences(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => [
    ...offences(stateRules, file, withoutFilledTables(file.code)),
    ...changedConstants(file),
  ]);
}

/** Clocks and chance are for runtime and the entry points. */
export function clockOffences(files: readonly SourceFile[]): string[] {
  const pure = files.filter((file) => !['runtime', 'bin'].includes(roomOf(file.path)));
  return pure.flatMap((file) => offences(clockRules, file, file.code));
}

function offences(rules: readonly Rule[], file: SourceFile, code: string): string[] {
  return rules.flatMap(({ pattern, says }) =>
    [...code.matchAll(pattern)].map((match) => `${file.path} ${says}: ${match[0].trim()}`),
  );
}

/** A collection that a loop at module level fills is a table like any other; `of` and the loop go. */
function withoutFilledTables(code: string): string {
  const loops = [...code.matchAll(/^for \([\s\S]*?^\}/gm)].map((match) => match[0]).join('\n');
  return code.replace(
    /^(?:export )?const (\w+)(?:: [^=]+)? = new (?:Map|Set)(?:<.*>)?\(\);/gm,
    (line, name: string) => (new RegExp(`\\b${name}\\.(?:set|add)\\(`).test(loops) ? '' : line),
  );
}

/** Module-level constants that functions of the same file change: `table.set(...)`, `list[0] = ...`. */
function changedConstants(file: SourceFile): string[] {
  const inside = file.code.replace(/^for \([\s\S]*?^\}/gm, '');
  const names = [...file.code.matchAll(/^(?:export )?const (\w+)/gm)].map((match) => match[1]!);
  return names
    .filter((name) => changes(name).test(inside) && !shadowed(name).test(inside))
    .map((name) => `${file.path} changes its module-level ${name}`);
}

function changes(name: string): RegExp {
  const methods = 'set|add|push|unshift|splice|delete|clear|pop|shift|sort|reverse|fill';
  const call = `.*(?<![.\\w])${name}\\.(?:${methods})\\(`;
  const assignment = `${name}(?:\\.\\w+|\\[[^\\]]*\\])+ (?:[-+|&]|\\?\\?|\\|\\|)?= `;
  return new RegExp(`^[ \\t]+(?:${call}|${assignment})`, 'm');
}

/** The name is also that of a variable or parameter further in: then nothing can be said. */
function shadowed(name: string): RegExp {
  return new RegExp(`^[ \\t]+.*\\b(?:const|let|var|function) ${name}\\b|[(,] *${name}\\??: `, 'm');
}
