import type { RpcArgument, RpcMethod, RpcParameter, RpcReply } from '../../module/rpc.ts';

/** Methods by name, as `ServerRpc.addCore` takes them. */
export type CoreMethods = Readonly<Record<string, Omit<RpcMethod, 'name'>>>;

export function method(
  doc: string,
  run: (args: readonly RpcArgument[]) => RpcReply | Promise<RpcReply>,
  options: { readonly args?: readonly RpcParameter[]; readonly returnsArray?: boolean } = {},
): Omit<RpcMethod, 'name'> {
  return { doc, args: options.args ?? [], returnsArray: options.returnsArray ?? false, run };
}

/** Any number of further arguments. */
export function rest(name: string, type: RpcParameter['type'] = 'any'): RpcParameter {
  return { name, type, rest: true };
}
