/** A group of parameters, and which of its instances is meant. */
export interface InstanceName {
  readonly group: string;
  readonly id: number;
}

/** `group[id]`; undefined for a plain name or anything else. */
export function parseInstance(text: string): InstanceName | undefined {
  const match = /^([^[\]]+)\[(\d+)\]$/.exec(text);
  return match === null ? undefined : { group: match[1] as string, id: Number(match[2]) };
}

type Values = Map<string, number | string>;

/** Instances at most: they come from the config and over RPC. */
const maxInstances = 10_000;

/**
 * Instances of groups of custom parameters (`group[id].name = value`): each has values of its own for some names, and the
 * group's for all others. A script selects one for its message (`cfg_select`).
 */
export class GroupInstances {
  readonly #byName = new Map<string, Values>();

  #values({ group, id }: InstanceName): Values | undefined {
    return this.#byName.get(`${group}[${id}]`);
  }

  has(instance: InstanceName): boolean {
    return this.#values(instance) !== undefined;
  }

  /** Harmless for one that is there; false when there are too many. */
  add(instance: InstanceName): boolean {
    if (this.has(instance)) return true;
    if (this.#byName.size >= maxInstances) return false;
    this.#byName.set(`${instance.group}[${instance.id}]`, new Map());
    return true;
  }

  delete({ group, id }: InstanceName): boolean {
    return this.#byName.delete(`${group}[${id}]`);
  }

  /** Its own value; undefined where the group's counts. */
  get(instance: InstanceName, name: string): number | string | undefined {
    return this.#values(instance)?.get(name);
  }

  /** False when there is no such instance. */
  set(instance: InstanceName, name: string, value: number | string): boolean {
    return this.#values(instance)?.set(name, value) !== undefined;
  }

  /** The group's value counts again. */
  unset(instance: InstanceName, name: string): void {
    this.#values(instance)?.delete(name);
  }
}
