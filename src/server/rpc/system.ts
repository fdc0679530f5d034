import type { RpcRegistry } from '../../module/host.ts';
import { RpcFault, type RpcParameter } from '../../module/rpc.ts';
import { type CoreMethods, method } from './methods.ts';

const name: RpcParameter = { name: 'method', type: 'string' };

/** `system.*`: what can be called. */
export function systemRpc(registry: RpcRegistry): CoreMethods {
  return {
    'system.listMethods': method('Names of all methods.', () => [...registry.names()], {
      returnsArray: true,
    }),
    'system.methodHelp': method(
      'What a method does.',
      ([wanted]) => {
        const found = registry.find(String(wanted));
        return found === undefined ? new RpcFault(400, 'command not found') : [found.doc];
      },
      { args: [name] },
    ),
    'system.methodSignature': method(
      'Arguments of a method.',
      ([wanted]) => {
        const found = registry.find(String(wanted));
        if (found === undefined) return new RpcFault(400, 'command not found');
        return [found.args.map(signatureOf).join(' ')];
      },
      { args: [name] },
    ),
  };
}

function signatureOf(parameter: RpcParameter): string {
  const text = `${parameter.name}:${parameter.type}${parameter.rest ? '...' : ''}`;
  return parameter.optional || parameter.rest ? `[${text}]` : text;
}
