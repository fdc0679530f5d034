/**
 * RPC as Kamailio knows it: positional arguments, an ordered reply that each front end (BINRPC, JSON)
 * writes in its own way.
 */

/** A number that must go out as a double even if it is whole. */
export class RpcDouble {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

/** Ordered, and a name may come twice: `new RpcStruct().add('AoR', ...)`. */
export class RpcStruct {
  readonly members: { readonly name: string; readonly value: RpcValue }[] = [];

  constructor(members: Readonly<Record<string, RpcValue>> = {}) {
    for (const [name, value] of Object.entries(members)) this.add(name, value);
  }

  add(name: string, value: RpcValue): this {
    this.members.push({ name, value });
    return this;
  }
}

/** A list of records that stay apart in BINRPC, too; a plain list of records becomes one record there. */
export class RpcRecords {
  readonly list: readonly RpcStruct[];
  constructor(list: readonly RpcStruct[]) {
    this.list = list;
  }
}

/**
 * A list of very many records, each made when it is written: all of them at once would fill the memory. It may be gone
 * through several times.
 */
export class RpcLongList {
  readonly items: () => Iterable<RpcStruct>;
  constructor(items: () => Iterable<RpcStruct>) {
    this.items = items;
  }
}

/** Whole numbers go out as integers, others as doubles. */
export type RpcValue =
  | number
  | string
  | RpcDouble
  | RpcStruct
  | RpcRecords
  | RpcLongList
  | readonly RpcValue[];

/** A refusal with Kamailio's code (400, 404, 500 ...) and text. */
export class RpcFault {
  readonly code: number;
  readonly text: string;
  constructor(code: number, text: string) {
    this.code = code;
    this.text = text;
  }
}

/** Top-level values in order; most methods add one. */
export type RpcReply = readonly RpcValue[] | RpcFault;

export type RpcArgument = number | string | RpcStruct;

export interface RpcParameter {
  readonly name: string;
  readonly type: 'int' | 'string' | 'double' | 'any';
  readonly optional?: boolean;
  /** Takes any number of further arguments. */
  readonly rest?: boolean;
}

/** A method bound to its instance, as front ends call it. */
export interface RpcMethod {
  readonly name: string;
  readonly doc: string;
  readonly args: readonly RpcParameter[];
  /** The reply is a list of equal records: JSON front ends always write an array. */
  readonly returnsArray: boolean;
  /** Arguments are checked and converted by the registry before. */
  run(args: readonly RpcArgument[]): RpcReply | Promise<RpcReply>;
}
