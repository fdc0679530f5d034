import type { Value } from '../../lang/catalogue.ts';
import type { RpcDeclaration } from '../../module/define.ts';
import { RpcFault, RpcStruct } from '../../module/rpc.ts';
import type { PvState } from './state.ts';
import { setShared } from './variables.ts';

/** `pv.shvSet`, `pv.shvGet`. */

function entry(name: string, value: Value): RpcStruct {
  return new RpcStruct({ name, type: typeof value === 'number' ? 'int' : 'string', value: value ?? '' });
}

export const rpcMethods: Readonly<Record<string, RpcDeclaration<PvState>>> = {
  'pv.shvSet': {
    doc: 'Sets a shared variable.',
    args: [
      { name: 'name', type: 'string' },
      { name: 'type', type: 'string' },
      { name: 'value', type: 'string' },
    ],
    run: (self, [name, type, value]) => {
      const number = Number(value);
      if (type !== 'int' && type !== 'str')
        return new RpcFault(500, 'Unknown parameter type (Types: int or str)');
      if (type === 'int' && !Number.isInteger(number)) return new RpcFault(500, 'Invalid value');
      const done = setShared(self, String(name), type === 'int' ? number : String(value));
      return done ? ['Ok. Variable set to new value.'] : new RpcFault(500, 'Too many variables');
    },
  },
  'pv.shvGet': {
    doc: 'Tells a shared variable, or all.',
    args: [{ name: 'name', type: 'string', optional: true }],
    run: (self, [name]) => {
      if (name === undefined) {
        const items = new RpcStruct();
        for (const [key, value] of self.shared) items.add('shv', entry(key, value));
        return [new RpcStruct({ items })];
      }
      const value = self.shared.get(String(name));
      return value === undefined ? new RpcFault(404, 'Variable not found') : [entry(String(name), value)];
    },
  },
};
