import { type RpcArgument, RpcDouble, RpcRecords, RpcStruct, type RpcValue } from '../../module/rpc.ts';

/** JSON text of RPC values. Tabs and line ends stand where scripts around kamctl expect them. */
export type JsonValue =
  | string
  | number
  | null
  | { readonly members: readonly (readonly [string, JsonValue])[] }
  | readonly JsonValue[];

export function jsonObject(...members: readonly (readonly [string, JsonValue])[]): JsonValue {
  return { members };
}

export function toJson(value: RpcValue): JsonValue {
  if (typeof value === 'number' || typeof value === 'string') return value;
  if (value instanceof RpcDouble) return value.value;
  if (value instanceof RpcStruct)
    return { members: value.members.map(({ name, value: v }) => [name, toJson(v)] as const) };
  return (value instanceof RpcRecords ? value.list : value).map(toJson);
}

export function renderJson(value: JsonValue, pretty: boolean, depth = 0): string {
  if (value === null || typeof value === 'string' || typeof value === 'number') return JSON.stringify(value);
  if ('members' in value) return renderObject(value.members, pretty, depth);
  return `[${value.map((each) => renderJson(each, pretty, depth + 1)).join(pretty ? ', ' : ',')}]`;
}

function renderObject(
  members: readonly (readonly [string, JsonValue])[],
  pretty: boolean,
  depth: number,
): string {
  if (!pretty)
    return `{${members.map(([name, value]) => `${JSON.stringify(name)}:${renderJson(value, false)}`).join(',')}}`;
  const tabs = '\t'.repeat(depth + 1);
  const lines = members.map(
    ([name, value]) => `${tabs}${JSON.stringify(name)}:\t${renderJson(value, true, depth + 1)}`,
  );
  return `{\n${lines.join(',\n')}${lines.length > 0 ? '\n' : ''}${'\t'.repeat(depth)}}`;
}

/** Arguments by position; of named ones only the order counts. undefined when they are neither list nor object. */
export function argumentsOf(params: unknown): RpcArgument[] | undefined {
  if (params === undefined) return [];
  if (typeof params !== 'object' || params === null) return undefined;
  const values: unknown[] = Array.isArray(params) ? params : Object.values(params);
  const out: RpcArgument[] = [];
  for (const value of values) {
    const argument = argumentOf(value);
    if (argument === undefined) return undefined;
    out.push(argument);
  }
  return out;
}

function argumentOf(value: unknown): RpcArgument | undefined {
  if (typeof value === 'number' || typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const struct = new RpcStruct();
  for (const [name, member] of Object.entries(value)) {
    const argument = argumentOf(member);
    if (argument === undefined) return undefined;
    struct.add(name, argument);
  }
  return struct;
}
