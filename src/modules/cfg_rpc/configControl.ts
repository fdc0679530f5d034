import type { Host, RuntimeVariable } from '../../module/host.ts';
import { RpcFault, type RpcReply, RpcStruct } from '../../module/rpc.ts';

interface Pending {
  readonly variable: RuntimeVariable;
  readonly value: number | string;
}

/** Changes prepared with `cfg.set_delayed*` that may be waiting for `cfg.commit`. */
const MAX_PENDING = 1000;

/** Reads and changes run-time parameters of the core, of modules, and custom ones (`cfg.*`). */
export class ConfigControl {
  readonly #host: Host;
  /** Values before their first change here, for `cfg.reset`. */
  readonly #initial = new Map<RuntimeVariable, number | string>();
  #pending: Pending[] = [];

  constructor(host: Host) {
    this.#host = host;
  }

  list(group: string | undefined): RpcReply {
    const config = this.#host.runtimeConfig;
    const groups = group === undefined ? config.groups() : [group];
    return groups.flatMap((each) => config.variables(each).map(({ name }) => `${each}: ${name}`));
  }

  get(group: string, name: string | undefined): RpcReply {
    const instances = instanceFault(group);
    if (instances !== undefined) return instances;
    const config = this.#host.runtimeConfig;
    if (name !== undefined) {
      const variable = config.find(group, name);
      return variable === undefined ? new RpcFault(400, 'Failed to get the variable') : [variable.get()];
    }
    const variables = config.variables(group);
    if (variables.length === 0) return new RpcFault(400, 'Failed to get the variable');
    const struct = new RpcStruct();
    for (const variable of variables) struct.add(variable.name, variable.get());
    return [struct];
  }

  help(group: string, name: string): RpcReply {
    const variable = this.#host.runtimeConfig.find(group, name);
    if (variable === undefined) return new RpcFault(400, 'Failed to get the variable description');
    return [variable.doc, `(parameter type is ${variable.type === 'int' ? 'integer' : 'string'})`];
  }

  /** Sets at once. `type` is that of the value, where the method says it. */
  set(group: string, name: string, value: number | string, type?: 'int' | 'string'): RpcReply {
    const variable = this.#settable(group, name, type);
    if (variable instanceof RpcFault) return variable;
    return this.#apply(variable, asTypeOf(variable, value))
      ? []
      : new RpcFault(400, 'Failed to set the variable');
  }

  setDelayed(group: string, name: string, value: number | string, type?: 'int' | 'string'): RpcReply {
    const variable = this.#settable(group, name, type);
    if (variable instanceof RpcFault) return variable;
    if (this.#pending.length >= MAX_PENDING) return new RpcFault(500, 'Too many uncommitted changes');
    this.#pending = this.#pending.filter((pending) => pending.variable !== variable);
    this.#pending.push({ variable, value: asTypeOf(variable, value) });
    return [];
  }

  /** All prepared changes, in order; those that are refused are named. */
  commit(): RpcReply {
    const refused = this.#pending.filter(({ variable, value }) => !this.#apply(variable, value));
    this.#pending = [];
    if (refused.length === 0) return [];
    const names = refused.map(({ variable }) => `${variable.group}.${variable.name}`).join(', ');
    return new RpcFault(400, `Failed to commit the changes of ${names}`);
  }

  rollback(): RpcReply {
    this.#pending = [];
    return [];
  }

  diff(): RpcReply {
    return this.#pending.map(({ variable, value }) =>
      new RpcStruct()
        .add('group name', variable.group)
        .add('variable name', variable.name)
        .add('old value', variable.get())
        .add('new value', value),
    );
  }

  /** Back to the values of the config file. */
  reset(group: string): RpcReply {
    const variables = this.#host.runtimeConfig.variables(group);
    if (variables.length === 0) return new RpcFault(400, 'Group not found');
    for (const variable of variables) {
      const initial = this.#initial.get(variable);
      if (initial !== undefined && variable.set(initial) !== undefined)
        return new RpcFault(500, 'Reset failed');
      this.#initial.delete(variable);
    }
    return [];
  }

  #settable(group: string, name: string, type: 'int' | 'string' | undefined): RuntimeVariable | RpcFault {
    const instances = instanceFault(group);
    if (instances !== undefined) return instances;
    const variable = this.#host.runtimeConfig.find(group, name);
    // a number goes into a text variable, a text not into a number
    const wrongType = type === 'string' && variable?.type === 'int';
    if (variable === undefined || variable.readOnly || wrongType)
      return new RpcFault(400, 'Failed to set the variable');
    return variable;
  }

  #apply(variable: RuntimeVariable, value: number | string): boolean {
    const before = variable.get();
    const refused = variable.set(value);
    if (refused !== undefined) {
      this.#host.log.error(`cfg: ${variable.group}.${variable.name}: ${refused}`);
      return false;
    }
    if (!this.#initial.has(variable)) this.#initial.set(variable, before);
    this.#host.log.info(`cfg: ${variable.group}.${variable.name} has been changed to ${variable.get()}`);
    return true;
  }
}

/** A number for a text variable is its digits. */
function asTypeOf(variable: RuntimeVariable, value: number | string): number | string {
  return variable.type === 'string' ? String(value) : value;
}

/** Group instances (`group[id]`) exist only where a module selects among them, which none here does yet. */
export function instanceFault(group: string): RpcFault | undefined {
  return group.includes('[') ? new RpcFault(400, `Group instances are not supported: ${group}`) : undefined;
}
