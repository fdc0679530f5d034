import type { Value } from '../lang/catalogue.ts';

/**
 * Attribute-value pairs (`$avp`): each name has a stack of values, the newest first.
 * They live with the message, then with its transaction.
 */
export class AvpStore {
  /** Name behind name, not a `Map`: a message has a few at most, and many messages have a store. */
  readonly #names: string[] = [];
  /** Beside the names: the stack of each, the newest last. */
  readonly #stacks: (string | number)[][] = [];
  #flags: Set<string> | undefined = undefined;

  /** Named flags of AVPs (`setavpflag`): the variable as written, and the flag. */
  get flags(): Set<string> {
    this.#flags ??= new Set();
    return this.#flags;
  }

  get isEmpty(): boolean {
    return this.#names.length === 0;
  }

  get names(): readonly string[] {
    return this.#names;
  }

  /** The newest value is index 0; negative counts from the oldest. */
  get(name: string, index = 0): Value {
    const stack = this.#stackOf(name);
    if (stack === undefined) return null;
    return stack[position(stack, index)] ?? null;
  }

  /** Newest first. */
  all(name: string): readonly (string | number)[] {
    return (this.#stackOf(name) ?? []).slice().reverse();
  }

  count(name: string): number {
    return this.#stackOf(name)?.length ?? 0;
  }

  push(name: string, value: string | number): void {
    const stack = this.#stackOf(name);
    if (stack !== undefined) stack.push(value);
    else {
      this.#names.push(name);
      this.#stacks.push([value]);
    }
  }

  /** Replaces the value at `index`; false when there is none. */
  replace(name: string, index: number, value: string | number): boolean {
    const stack = this.#stackOf(name);
    if (stack === undefined) return false;
    const at = position(stack, index);
    if (at < 0 || at >= stack.length) return false;
    stack[at] = value;
    return true;
  }

  remove(name: string, index: number): boolean {
    const stack = this.#stackOf(name);
    if (stack === undefined) return false;
    const at = position(stack, index);
    if (at < 0 || at >= stack.length) return false;
    stack.splice(at, 1);
    if (stack.length === 0) this.deleteAll(name);
    return true;
  }

  deleteAll(name: string): boolean {
    const at = this.#names.indexOf(name);
    if (at < 0) return false;
    this.#names.splice(at, 1);
    this.#stacks.splice(at, 1);
    return true;
  }

  clear(): void {
    this.#names.length = 0;
    this.#stacks.length = 0;
  }

  #stackOf(name: string): (string | number)[] | undefined {
    const at = this.#names.indexOf(name);
    return at < 0 ? undefined : this.#stacks[at];
  }
}

function position(stack: readonly unknown[], index: number): number {
  return index < 0 ? -index - 1 : stack.length - 1 - index;
}

export type XavpValue = string | number | null | XavpNode;

/** One extended AVP: an ordered list of named values, where a name may come several times, newest first. */
export class XavpNode {
  readonly fields: { readonly name: string; value: XavpValue }[] = [];

  get(name: string, index = 0): XavpValue {
    return this.fields[this.#find(name, index)]?.value ?? null;
  }

  count(name: string): number {
    return this.fields.reduce((sum, field) => (field.name === name ? sum + 1 : sum), 0);
  }

  push(name: string, value: XavpValue): void {
    this.fields.unshift({ name, value });
  }

  /** Replaces the value at `index`, or adds a first one; false when a later one is not there. */
  set(name: string, value: XavpValue, index = 0): boolean {
    const field = this.fields[this.#find(name, index)];
    if (field !== undefined) field.value = value;
    else if (index > 0) return false;
    else this.push(name, value);
    return true;
  }

  remove(name: string, index = 0): boolean {
    const at = this.#find(name, index);
    if (at >= 0) this.fields.splice(at, 1);
    return at >= 0;
  }

  removeAll(name: string): void {
    while (this.remove(name));
  }

  #find(name: string, index: number): number {
    let left = index;
    return this.fields.findIndex((field) => field.name === name && left-- === 0);
  }
}

/** All variable stores that travel with a message and then belong to its transaction; most are never used. */
export class VariableStores {
  #avps: AvpStore | undefined = undefined;
  #xavps: XavpNode | undefined = undefined;
  #xavus: XavpNode | undefined = undefined;
  #xavis: XavpNode | undefined = undefined;

  /** Nothing is in any of them. */
  get isEmpty(): boolean {
    return (
      (this.#avps === undefined || this.#avps.isEmpty) &&
      (this.#xavps === undefined || this.#xavps.fields.length === 0) &&
      (this.#xavus === undefined || this.#xavus.fields.length === 0) &&
      (this.#xavis === undefined || this.#xavis.fields.length === 0)
    );
  }

  get avps(): AvpStore {
    this.#avps ??= new AvpStore();
    return this.#avps;
  }
  /** Roots of `$xavp`, `$xavu`, `$xavi`: under each name a stack of nodes, newest first. */
  get xavps(): XavpNode {
    this.#xavps ??= new XavpNode();
    return this.#xavps;
  }
  get xavus(): XavpNode {
    this.#xavus ??= new XavpNode();
    return this.#xavus;
  }
  get xavis(): XavpNode {
    this.#xavis ??= new XavpNode();
    return this.#xavis;
  }
}
