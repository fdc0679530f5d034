/**
 * Options of commands that follow Go's flag package: long names with one dash or two, several names for one
 * option, `-name value` or `-name=value`. Help is made of the same table.
 */
import { parseArgs } from 'node:util';
import { UsageError } from './options.ts';

export interface Flag {
  /** All names without dashes, the main one first. */
  readonly names: readonly string[];
  /** `texts` may be given several times. */
  readonly type: 'switch' | 'text' | 'texts' | 'number';
  /** What stands for the value in the help. */
  readonly value?: string | undefined;
  readonly help: string;
  /** Heading in the help. */
  readonly group: string;
}

export type Flags = Readonly<Record<string, Flag>>;

type FlagValue<F extends Flag> = F['type'] extends 'switch'
  ? true
  : F['type'] extends 'text'
    ? string
    : F['type'] extends 'number'
      ? number
      : readonly string[];

export interface ParsedFlags<T extends Flags> {
  readonly values: { readonly [K in keyof T]?: FlagValue<T[K]> };
  /** Arguments that belong to no option. */
  readonly rest: readonly string[];
}

/** Throws `UsageError` naming the option that is unknown, has no value, or is no number. */
export function parseFlags<const T extends Flags>(flags: T, argv: readonly string[]): ParsedFlags<T> {
  const keyOfName = new Map<string, string>();
  for (const [key, { names }] of Object.entries(flags)) for (const name of names) keyOfName.set(name, key);
  const args = argv.map((argument) => normalised(argument, keyOfName));
  const options = Object.fromEntries(
    Object.entries(flags).map(([key, { type }]) => [
      key,
      { type: type === 'switch' ? ('boolean' as const) : ('string' as const), multiple: type === 'texts' },
    ]),
  );
  const { values, positionals } = parseStrictly(args, options, flags);
  for (const [key, flag] of Object.entries(flags)) {
    const value = values[key];
    if (flag.type !== 'number' || value === undefined) continue;
    if (!/^-?\d+$/.test(String(value))) {
      throw new UsageError(`-${flag.names[0]} takes a number, got "${String(value)}"`);
    }
    values[key] = Number(value);
  }
  return { values: values as ParsedFlags<T>['values'], rest: positionals };
}

type Values = Record<string, unknown>;

function parseStrictly(
  args: string[],
  options: Record<string, { type: 'boolean' | 'string'; multiple: boolean }>,
  flags: Flags,
): { values: Values; positionals: readonly string[] } {
  try {
    const { values, positionals } = parseArgs({ args, options, strict: true, allowPositionals: true });
    return { values: { ...values }, positionals };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const key = /'--([^' =]+)/.exec(text)?.[1];
    const name = key === undefined ? undefined : flags[key]?.names[0];
    throw new UsageError(name === undefined ? text : `-${name} needs a value`);
  }
}

/** `-name=value` as `--key=value`. */
function normalised(argument: string, keyOfName: ReadonlyMap<string, string>): string {
  const match = /^--?([A-Za-z][^=]*)(=.*)?$/s.exec(argument);
  if (match === null) return argument;
  const [, name = '', value = ''] = match;
  const key = keyOfName.get(name);
  if (key !== undefined) return `--${key}${value}`;
  const near = nearest(name, [...keyOfName.keys()]);
  throw new UsageError(`unknown option -${name}${near === undefined ? '' : `; did you mean -${near}?`}`);
}

function nearest(name: string, names: readonly string[]): string | undefined {
  const ranked = names
    .map((candidate) => ({ candidate, cost: distance(name, candidate) }))
    .sort((one, other) => one.cost - other.cost);
  const [best] = ranked;
  return best !== undefined && best.cost <= Math.max(1, name.length / 3) ? best.candidate : undefined;
}

/** Levenshtein's. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, i) => i);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const replaced = (row[j - 1] as number) + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[other.length] as number;
}

/** The options with their help, by group, in the order of the table. */
export function flagsHelp(flags: Flags): string {
  const groups = new Map<string, string[]>();
  for (const flag of Object.values(flags)) {
    const lines = groups.get(flag.group) ?? [];
    const names = flag.names.map((name) => `-${name}`).join(', ');
    lines.push(`  ${`${names}${flag.value === undefined ? '' : ` ${flag.value}`}`.padEnd(30)} ${flag.help}`);
    groups.set(flag.group, lines);
  }
  return [...groups].map(([group, lines]) => `${group}:\n${lines.join('\n')}`).join('\n\n');
}
