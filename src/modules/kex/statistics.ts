import type { Host } from '../../module/host.ts';
import { type RpcArgument, RpcStruct, type RpcValue } from '../../module/rpc.ts';

/** `stats.*`: counters by `all`, `group:`, `name`, `group:name` or `group.name`. */

interface Entry {
  readonly group: string;
  readonly name: string;
  readonly value: number;
}

function compare(a: Entry, b: Entry): number {
  if (a.group !== b.group) return a.group < b.group ? -1 : 1;
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

function select(host: Host, what: string): readonly Entry[] {
  const { statistics } = host;
  if (what === 'all') return [...statistics.list()].sort(compare);
  if (what.endsWith(':') || what.endsWith('.')) return [...statistics.list(what.slice(0, -1))].sort(compare);
  const at = what.search(/[:.]/);
  const group = at < 0 ? undefined : what.slice(0, at);
  const name = what.slice(at + 1);
  return statistics.list(group).filter((entry) => entry.name === name);
}

export function selected(host: Host, args: readonly RpcArgument[]): readonly Entry[] {
  return args.flatMap((what) => select(host, String(what)));
}

export function asLines(entries: readonly Entry[]): RpcValue[] {
  return entries.map(({ group, name, value }) => `${group}:${name} = ${value}`);
}

/** One record with a member for each counter; as text so that no front end loses digits. */
export function asStruct(entries: readonly Entry[], numeric: boolean): RpcStruct {
  const struct = new RpcStruct();
  for (const { group, name, value } of entries)
    struct.add(`${group}.${name}`, numeric ? value : String(value));
  return struct;
}

export function reset(host: Host, entries: readonly Entry[]): void {
  for (const { group, name } of entries) host.statistics.reset(name, group);
}
