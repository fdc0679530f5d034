import { type InstanceName, parseInstance } from '../../module/groupInstances.ts';
import type { Host, RuntimeVariable } from '../../module/host.ts';
import { RpcFault, type RpcReply, RpcStruct } from '../../module/rpc.ts';

interface Pending {
  readonly variable: RuntimeVariable;
  /** Of which instance of the group; undefined for the group itself. */
  readonly instance: InstanceName | undefined;
  /** undefined takes the instance's own value away. */
  readonly value: number | string | undefined;
}

const notFound = new RpcFault(400, 'Failed to get the variable');
const notSet = new RpcFault(400, 'Failed to set the variable');
const notDeleted = new RpcFault(400, 'Failed to delete the value');
const wrongSyntax = new RpcFault(400, 'Wrong group syntax. Use "group[id]"');

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

  get(groupText: string, name: string | undefined): RpcReply {
    const config = this.#host.runtimeConfig;
    const instance = parseInstance(groupText);
    if (instance !== undefined && !config.instances.has(instance)) return notFound;
    const group = instance?.group ?? groupText;
    if (name !== undefined) {
      const variable = config.find(group, name);
      return variable === undefined ? notFound : [this.#read(variable, instance)];
    }
    const variables = config.variables(group);
    if (variables.length === 0) return notFound;
    const struct = new RpcStruct();
    for (const variable of variables) struct.add(variable.name, this.#read(variable, instance));
    return [struct];
  }

  #read(variable: RuntimeVariable, instance: InstanceName | undefined): number | string {
    const own =
      instance === undefined ? undefined : this.#host.runtimeConfig.instances.get(instance, variable.name);
    return own ?? variable.get();
  }

  help(group: string, name: string): RpcReply {
    const variable = this.#host.runtimeConfig.find(group, name);
    if (variable === undefined) return new RpcFault(400, 'Failed to get the variable description');
    return [variable.doc, `(parameter type is ${variable.type === 'int' ? 'integer' : 'string'})`];
  }

  /** Sets at once. `type` is that of the value, where the method says it. */
  set(group: string, name: string, value: number | string, type?: 'int' | 'string'): RpcReply {
    const target = this.#settable(group, name, type);
    if (target instanceof RpcFault) return target;
    return this.#apply({ ...target, value: asTypeOf(target.variable, value) }) ? [] : notSet;
  }

  setDelayed(group: string, name: string, value: number | string, type?: 'int' | 'string'): RpcReply {
    const target = this.#settable(group, name, type);
    if (target instanceof RpcFault) return target;
    return this.#prepare({ ...target, value: asTypeOf(target.variable, value) });
  }

  #prepare(change: Pending): RpcReply {
    if (this.#pending.length >= MAX_PENDING) return new RpcFault(500, 'Too many uncommitted changes');
    this.#pending = this.#pending.filter((pending) => !isSamePlace(pending, change));
    this.#pending.push(change);
    return [];
  }

  /** Takes the value of an instance away, at once or with the next commit. */
  delete(group: string, name: string, isDelayed: boolean): RpcReply {
    if (parseInstance(group) === undefined) return wrongSyntax;
    const target = this.#settable(group, name, undefined);
    if (target instanceof RpcFault) return notDeleted;
    const change = { ...target, value: undefined };
    if (isDelayed) return this.#prepare(change);
    return this.#apply(change) ? [] : notDeleted;
  }

  addInstance(group: string): RpcReply {
    const instance = parseInstance(group);
    if (instance === undefined) return wrongSyntax;
    const config = this.#host.runtimeConfig;
    if (!config.isCustom(instance.group)) {
      const why = config.groups().includes(instance.group)
        ? 'only groups of custom parameters have instances'
        : 'group not found';
      this.#host.log.error(`cfg: ${group}: ${why}`);
      return new RpcFault(400, 'Failed to add the group instance');
    }
    return config.instances.add(instance) ? [] : new RpcFault(500, 'Too many group instances');
  }

  deleteInstance(group: string): RpcReply {
    const instance = parseInstance(group);
    if (instance === undefined) return wrongSyntax;
    return this.#host.runtimeConfig.instances.delete(instance)
      ? []
      : new RpcFault(400, 'Failed to delete the group instance');
  }

  /** All prepared changes, in order; those that are refused are named. */
  commit(): RpcReply {
    const refused = this.#pending.filter((change) => !this.#apply(change));
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
    return this.#pending.map(({ variable, instance, value }) => {
      const struct = new RpcStruct({ 'group name': variable.group });
      if (instance !== undefined) struct.add('group id', instance.id);
      return struct
        .add('variable name', variable.name)
        .add('old value', this.#read(variable, instance))
        .add('new value', value ?? variable.get());
    });
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

  #settable(
    groupText: string,
    name: string,
    type: 'int' | 'string' | undefined,
  ): Pick<Pending, 'variable' | 'instance'> | RpcFault {
    const config = this.#host.runtimeConfig;
    const instance = parseInstance(groupText);
    if (instance !== undefined && !config.instances.has(instance)) return notSet;
    const variable = config.find(instance?.group ?? groupText, name);
    // a number goes into a text variable, a text not into a number
    const wrongType = type === 'string' && variable?.type === 'int';
    if (variable === undefined || variable.readOnly || wrongType) return notSet;
    return { variable, instance };
  }

  #apply({ variable, instance, value }: Pending): boolean {
    return instance === undefined
      ? value !== undefined && this.#applyToGroup(variable, value)
      : this.#applyToInstance(variable, instance, value);
  }

  #applyToInstance(
    variable: RuntimeVariable,
    instance: InstanceName,
    value: number | string | undefined,
  ): boolean {
    const { instances } = this.#host.runtimeConfig;
    if (value === undefined) {
      instances.unset(instance, variable.name);
      return true;
    }
    const converted = variable.type === 'int' ? Number(value) : value;
    if (variable.type === 'int' && !Number.isSafeInteger(converted)) return false;
    return instances.set(instance, variable.name, converted);
  }

  #applyToGroup(variable: RuntimeVariable, value: number | string): boolean {
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

function isSamePlace(a: Pending, b: Pending): boolean {
  return a.variable === b.variable && a.instance?.id === b.instance?.id;
}

/** A number for a text variable is its digits. */
function asTypeOf(variable: RuntimeVariable, value: number | string): number | string {
  return variable.type === 'string' ? String(value) : value;
}
