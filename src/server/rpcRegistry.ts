import { errorText } from '../base/errors.ts';
import type { Log } from '../base/ports.ts';
import type { RpcRegistry } from '../module/host.ts';
import type { LoadedModule, ModuleRegistry } from '../module/registry.ts';
import {
  type RpcArgument,
  RpcFault,
  type RpcMethod,
  type RpcParameter,
  type RpcReply,
} from '../module/rpc.ts';

/** RPC methods of the core and of all loaded modules. */
export class ServerRpc implements RpcRegistry {
  readonly #methods = new Map<string, RpcMethod>();
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  addModules(registry: ModuleRegistry): void {
    for (const module of registry.loaded) this.#addModule(module);
  }

  #addModule(module: LoadedModule): void {
    for (const [name, declaration] of Object.entries(module.declaration.rpc ?? {})) {
      this.#methods.set(name, {
        name,
        doc: declaration.doc,
        args: declaration.args ?? [],
        returnsArray: declaration.returnsArray ?? false,
        run: (args) => declaration.run(module.instance, args),
      });
    }
  }

  /** Methods of the server itself. */
  addCore(methods: Readonly<Record<string, Omit<RpcMethod, 'name'>>>): void {
    for (const [name, method] of Object.entries(methods)) this.#methods.set(name, { name, ...method });
  }

  find(name: string): RpcMethod | undefined {
    return this.#methods.get(name);
  }

  names(): readonly string[] {
    return [...this.#methods.keys()].sort();
  }

  async call(name: string, args: readonly RpcArgument[]): Promise<RpcReply> {
    const method = this.#methods.get(name);
    if (method === undefined) return new RpcFault(500, `command ${name} not found`);
    const checked = checkArguments(method.args, args);
    if (checked instanceof RpcFault) return checked;
    try {
      return await method.run(checked);
    } catch (error) {
      this.#log.error(`RPC ${name} failed: ${errorText(error)}`);
      return new RpcFault(500, 'Internal Server Error');
    }
  }
}

/** Counts and converts: front ends like FIFO tools send every number as a string. */
function checkArguments(
  parameters: readonly RpcParameter[],
  args: readonly RpcArgument[],
): readonly RpcArgument[] | RpcFault {
  const out: RpcArgument[] = [];
  for (let i = 0; i < parameters.length; i++) {
    const parameter = parameters[i] as RpcParameter;
    if (parameter.rest) return [...out, ...args.slice(i)];
    const value = args[i];
    if (value === undefined) {
      if (parameter.optional) break;
      return new RpcFault(400, `Missing parameter: ${parameter.name}`);
    }
    const converted = convert(parameter, value);
    if (converted instanceof RpcFault) return converted;
    out.push(converted);
  }
  return out;
}

function convert(parameter: RpcParameter, value: RpcArgument): RpcArgument | RpcFault {
  if (parameter.type === 'any') return value;
  if (parameter.type === 'string') return typeof value === 'number' ? String(value) : value;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || Number.isNaN(number)) {
    return new RpcFault(400, `Parameter ${parameter.name} must be a number`);
  }
  return parameter.type === 'int' ? Math.trunc(number) : number;
}
