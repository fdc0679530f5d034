import { ServerError } from '../../base/errors.ts';
import type { Host } from '../../module/host.ts';
import { RpcFault, type RpcReply, RpcStruct } from '../../module/rpc.ts';

export interface CountersConfig {
  readonly script_counter: readonly string[];
  readonly script_cnt_grp_name: string;
}

const defaultDescription = 'custom script counter';

interface Counter {
  value: number;
  readonly description: string;
}

/** `[group.]name[( |:)description]` */
export function parseCounter(
  text: string,
  defaultGroup: string,
): { group: string; name: string; description: string } | undefined {
  const match = /^\s*(?:([^\s.:]+)\.)?([^\s.:]+)(?:[\s:]\s*(.*))?$/s.exec(text);
  if (match === null) return undefined;
  const [, group = defaultGroup, name = '', description = ''] = match;
  return { group, name, description: description.trim() === '' ? defaultDescription : description.trim() };
}

/** Counters of the script, and a view over RPC of all that the server has. */
export class Counters {
  readonly #host: Host;
  readonly #defaultGroup: string;
  /** Under `group.name`. */
  readonly #counters = new Map<string, Counter>();

  constructor(host: Host, config: CountersConfig) {
    this.#host = host;
    this.#defaultGroup = config.script_cnt_grp_name;
    for (const text of config.script_counter) this.#define(text);
  }

  #define(text: string): void {
    const parsed = parseCounter(text, this.#defaultGroup);
    if (parsed === undefined)
      throw new ServerError(
        'CONFIG_COUNTER',
        `script_counter "${text}": expected [group.]name[ description]`,
      );
    const counter: Counter = { value: 0, description: parsed.description };
    this.#counters.set(`${parsed.group}.${parsed.name}`, counter);
    this.#host.statistics.register(
      parsed.group,
      parsed.name,
      () => counter.value,
      () => {
        counter.value = 0;
      },
    );
  }

  #find(name: string): Counter | undefined {
    const counter = this.#counters.get(name.includes('.') ? name : `${this.#defaultGroup}.${name}`);
    if (counter === undefined) this.#host.log.error(`no script_counter ${name}`);
    return counter;
  }

  add(name: string, amount: number): number {
    const counter = this.#find(name);
    if (counter === undefined) return -1;
    counter.value += amount;
    return 1;
  }

  reset(name: string): number {
    const counter = this.#find(name);
    if (counter === undefined) return -1;
    counter.value = 0;
    return 1;
  }

  // ---- RPC over all groups

  rpcGet(group: string, name: string | undefined): RpcReply {
    if (name === undefined) return this.rpcValues(group);
    const value = this.#host.statistics.read(name, group);
    return value === undefined ? unknownCounter(group, name) : [value];
  }

  rpcReset(group: string, name: string): RpcReply {
    if (this.#host.statistics.read(name, group) === undefined) return unknownCounter(group, name);
    this.#host.statistics.reset(name, group);
    return [];
  }

  rpcGroups(): RpcReply {
    return [...new Set(this.#host.statistics.list().map((entry) => entry.group))].sort();
  }

  rpcNames(group: string): RpcReply {
    return this.#entries(group).map((entry) => entry.name);
  }

  rpcValues(group: string): RpcReply {
    const struct = new RpcStruct();
    for (const { name, value } of this.#entries(group)) struct.add(name, value);
    return [struct];
  }

  rpcHelp(group: string, name: string): RpcReply {
    const own = this.#counters.get(`${group}.${name}`);
    if (own !== undefined) return [own.description];
    if (this.#host.statistics.read(name, group) === undefined) return unknownCounter(group, name);
    return ['no description'];
  }

  #entries(group: string): readonly { readonly name: string; readonly value: number }[] {
    return [...this.#host.statistics.list(group)].sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}

function unknownCounter(group: string, name: string): RpcFault {
  return new RpcFault(400, `non-existent counter ${group}.${name}`);
}
