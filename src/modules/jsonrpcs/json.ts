import {
  type RpcArgument,
  RpcDouble,
  RpcLongList,
  RpcRecords,
  RpcStruct,
  type RpcValue,
} from '../../module/rpc.ts';

/** Members in order, as those of an RPC struct. */
export class JsonObject {
  readonly members: readonly (readonly [string, JsonValue])[];
  constructor(...members: readonly (readonly [string, JsonValue])[]) {
    this.members = members;
  }
}

export type JsonValue = RpcValue | null | JsonObject;

/**
 * JSON text of RPC values, piece by piece: a reply may be of any length. Tabs and line ends stand where scripts around
 * kamctl expect them.
 */
export function* jsonPieces(value: JsonValue, pretty: boolean, depth = 0): Generator<string> {
  if (value === null || typeof value === 'string' || typeof value === 'number') yield JSON.stringify(value);
  else if (value instanceof RpcDouble) yield JSON.stringify(value.value);
  else if (value instanceof JsonObject) yield* objectPieces(value.members, pretty, depth);
  else if (value instanceof RpcStruct) yield* objectPieces(membersOf(value), pretty, depth);
  else yield* listPieces(itemsOf(value), pretty, depth);
}

function itemsOf(value: RpcRecords | RpcLongList | readonly RpcValue[]): Iterable<RpcValue> {
  if (value instanceof RpcLongList) return value.items();
  return value instanceof RpcRecords ? value.list : value;
}

function* listPieces(items: Iterable<JsonValue>, pretty: boolean, depth: number): Generator<string> {
  let before = '[';
  for (const item of items) {
    yield before;
    yield* jsonPieces(item, pretty, depth + 1);
    before = pretty ? ', ' : ',';
  }
  yield before === '[' ? '[]' : ']';
}

function* membersOf(struct: RpcStruct): Generator<readonly [string, JsonValue]> {
  for (const { name, value } of struct.members) yield [name, value];
}

function* objectPieces(
  members: Iterable<readonly [string, JsonValue]>,
  pretty: boolean,
  depth: number,
): Generator<string> {
  const tabs = '\t'.repeat(depth + 1);
  yield pretty ? '{\n' : '{';
  let before = '';
  for (const [name, value] of members) {
    yield pretty ? `${before}${tabs}${JSON.stringify(name)}:\t` : `${before}${JSON.stringify(name)}:`;
    yield* jsonPieces(value, pretty, depth + 1);
    before = pretty ? ',\n' : ',';
  }
  if (!pretty) yield '}';
  else yield `${before === '' ? '' : '\n'}${'\t'.repeat(depth)}}`;
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
