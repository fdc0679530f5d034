/** Options in the style of Go's flag package: `-name value`, `--name value`, `-name=value`; one table makes parser, help and docs. */
import { UsageError } from './options.ts';

export interface OptionDeclaration {
  /** `count`: `-v`, `-vv`; each letter counts. */
  readonly kind: 'flag' | 'text' | 'number' | 'list' | 'count';
  /** Other names of the same option, without dashes. */
  readonly aliases: readonly string[];
  /** What stands for the value in the help; '' for flags. */
  readonly value: string;
  readonly group: string;
  readonly help: string;
}

export type OptionTable = Readonly<Record<string, OptionDeclaration>>;

/** What the user gave. `Name` is the first name of each option. */
export class GivenOptions<Name extends string> {
  readonly #values: ReadonlyMap<string, readonly string[]>;
  readonly positionals: readonly string[];

  constructor(values: ReadonlyMap<string, readonly string[]>, positionals: readonly string[]) {
    this.#values = values;
    this.positionals = positionals;
  }

  has(name: Name): boolean {
    return this.#values.has(name);
  }

  flag(name: Name): boolean {
    return this.#values.get(name)?.at(-1) === 'true';
  }

  /** A flag that may be turned off (`-name=false`); undefined when it was not given. */
  choice(name: Name): boolean | undefined {
    return this.has(name) ? this.flag(name) : undefined;
  }

  /** The last one wins. */
  text(name: Name): string | undefined {
    return this.#values.get(name)?.at(-1);
  }

  list(name: Name): readonly string[] {
    return this.#values.get(name) ?? [];
  }

  /** How often a counting option was given. */
  count(name: Name): number {
    return this.#values.get(name)?.length ?? 0;
  }

  number(name: Name, least = 0, most = Number.MAX_SAFE_INTEGER): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (!/^\d+(\.\d+)?$/.test(text) || value < least || value > most) {
      throw new UsageError(
        `-${name} ${text}: wants a number from ${least}${most < 2 ** 53 - 1 ? ` to ${most}` : ''}`,
      );
    }
    return value;
  }
}

/** Throws a `UsageError` of one line. What follows `--` is no option. */
export function parseOptions<Table extends OptionTable>(
  table: Table,
  argv: readonly string[],
): GivenOptions<keyof Table & string> {
  const names = namesOf(table);
  const values = new Map<string, string[]>();
  const positionals: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] as string;
    if (word === '--') {
      positionals.push(...argv.slice(i + 1));
      break;
    }
    if (!word.startsWith('-') || word === '-') {
      positionals.push(word);
      continue;
    }
    const { name, option, value, times } = readOption(word, names);
    const given = value ?? implied(option, argv[i + 1], word);
    if (value === undefined && takesValue(option)) i++;
    const list = values.get(name) ?? [];
    for (let n = 0; n < times; n++) list.push(given);
    values.set(name, list);
  }
  return new GivenOptions(values, positionals);
}

type Named = { readonly name: string; readonly option: OptionDeclaration };

function namesOf(table: OptionTable): ReadonlyMap<string, Named> {
  const names = new Map<string, Named>();
  for (const [name, option] of Object.entries(table)) {
    for (const each of [name, ...option.aliases]) names.set(each, { name, option });
  }
  return names;
}

function readOption(
  word: string,
  names: ReadonlyMap<string, Named>,
): Named & { readonly value: string | undefined; readonly times: number } {
  const equals = word.indexOf('=');
  const given = word.slice(word.startsWith('--') ? 2 : 1, equals < 0 ? undefined : equals);
  const value = equals < 0 ? undefined : word.slice(equals + 1);
  const known = names.get(given);
  if (known !== undefined) {
    if (known.option.kind === 'flag' && value !== undefined && value !== 'true' && value !== 'false')
      throw new UsageError(`${word}: wants true or false`);
    return { ...known, value, times: 1 };
  }
  const repeated = /^(.)\1+$/.test(given) ? names.get(given[0] as string) : undefined;
  if (repeated?.option.kind === 'count' && value === undefined) {
    return { ...repeated, value: 'true', times: given.length };
  }
  throw new UsageError(`unknown option ${word}${suggestion(given, names)}. See --help.`);
}

function suggestion(given: string, names: ReadonlyMap<string, Named>): string {
  const close = [...names.keys()].find(
    (name) => name.length > 2 && (name.startsWith(given) || given.startsWith(name)),
  );
  return close === undefined ? '' : ` (did you mean --${close}?)`;
}

function takesValue(option: OptionDeclaration): boolean {
  return option.kind !== 'flag' && option.kind !== 'count';
}

function implied(option: OptionDeclaration, next: string | undefined, word: string): string {
  if (!takesValue(option)) return 'true';
  if (next === undefined) throw new UsageError(`${word} wants ${option.value}`);
  return next;
}

/** One letter or two, then the long names: `-fu, --fuser NAME`. */
export function optionTitle(name: string, option: OptionDeclaration): string {
  const all = [name, ...option.aliases].map((each) => (each.length <= 3 ? `-${each}` : `--${each}`));
  const sorted = all.sort((a, b) => Number(a.startsWith('--')) - Number(b.startsWith('--')));
  return `${sorted.join(', ')}${option.value === '' ? '' : ` ${option.value}`}`;
}

/** All options, group by group, wrapped to `width` columns. */
export function optionsHelp(table: OptionTable, width: number): string {
  const lines: string[] = [];
  for (const group of groupsOf(table)) {
    lines.push('', `${group}:`);
    for (const [name, option] of Object.entries(table)) {
      if (option.group !== group) continue;
      lines.push(
        `  ${optionTitle(name, option)}`,
        ...wrapped(option.help, width - 8).map((line) => `        ${line}`),
      );
    }
  }
  return lines.join('\n').trimStart();
}

/** The same as tables for docs. */
export function optionsMarkdown(table: OptionTable): string {
  const parts = groupsOf(table).map((group) => {
    const rows = Object.entries(table)
      .filter(([, option]) => option.group === group)
      .map(
        ([name, option]) => `| \`${optionTitle(name, option)}\` | ${option.help.replaceAll('|', '\\|')} |`,
      );
    return [`## ${group}`, '', '| option | meaning |', '|---|---|', ...rows].join('\n');
  });
  return parts.join('\n\n');
}

function groupsOf(table: OptionTable): string[] {
  return [...new Set(Object.values(table).map(({ group }) => group))];
}

export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = '';
    }
    line += line === '' ? word : ` ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}
