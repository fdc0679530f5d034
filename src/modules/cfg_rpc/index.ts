import { defineModule } from '../../module/define.ts';
import { type RpcArgument, RpcFault, type RpcParameter, type RpcReply } from '../../module/rpc.ts';
import { ConfigControl } from './configControl.ts';

const group: RpcParameter = { name: 'group', type: 'string' };
const variable: RpcParameter = { name: 'name', type: 'string' };
const target = [group, variable];

function value(type: RpcParameter['type']): readonly RpcParameter[] {
  return [group, variable, { name: 'value', type }];
}

type Setter = (group: string, name: string, value: number | string) => RpcReply;

function setBy(args: readonly RpcArgument[], set: Setter): RpcReply {
  const [groupName, name, given] = args;
  if (typeof given !== 'number' && typeof given !== 'string')
    return new RpcFault(400, 'Failed to set the variable');
  return set(String(groupName), String(name), given);
}

export default defineModule({
  name: 'cfg_rpc',
  summary: 'Reads and changes run-time parameters over RPC.',
  params: {},
  create: (host) => new ConfigControl(host),
  rpc: {
    'cfg.list': {
      doc: 'Names of all run-time parameters, or those of one group.',
      args: [{ ...group, optional: true }],
      returnsArray: true,
      run: (self, [name]) => self.list(name === undefined ? undefined : String(name)),
    },
    'cfg.get': {
      doc: 'Value of a parameter, or of all of a group.',
      args: [group, { ...variable, optional: true }],
      run: (self, [name, key]) => self.get(String(name), key === undefined ? undefined : String(key)),
    },
    'cfg.help': {
      doc: 'What a parameter means.',
      args: target,
      returnsArray: true,
      run: (self, [name, key]) => self.help(String(name), String(key)),
    },
    'cfg.set': {
      doc: 'Sets a parameter now.',
      args: value('any'),
      run: (self, args) => setBy(args, (g, n, v) => self.set(g, n, v)),
    },
    'cfg.seti': {
      doc: 'Sets an integer parameter now.',
      args: value('int'),
      run: (self, args) => setBy(args, (g, n, v) => self.set(g, n, v, 'int')),
    },
    'cfg.set_now_int': {
      doc: 'Sets an integer parameter now.',
      args: value('int'),
      run: (self, args) => setBy(args, (g, n, v) => self.set(g, n, v, 'int')),
    },
    'cfg.sets': {
      doc: 'Sets a string parameter now.',
      args: value('string'),
      run: (self, args) => setBy(args, (g, n, v) => self.set(g, n, v, 'string')),
    },
    'cfg.set_now_string': {
      doc: 'Sets a string parameter now.',
      args: value('string'),
      run: (self, args) => setBy(args, (g, n, v) => self.set(g, n, v, 'string')),
    },
    'cfg.set_delayed': {
      doc: 'Prepares a change for `cfg.commit`.',
      args: value('any'),
      run: (self, args) => setBy(args, (g, n, v) => self.setDelayed(g, n, v)),
    },
    'cfg.set_delayed_int': {
      doc: 'Prepares a change of an integer for `cfg.commit`.',
      args: value('int'),
      run: (self, args) => setBy(args, (g, n, v) => self.setDelayed(g, n, v, 'int')),
    },
    'cfg.set_delayed_string': {
      doc: 'Prepares a change of a string for `cfg.commit`.',
      args: value('string'),
      run: (self, args) => setBy(args, (g, n, v) => self.setDelayed(g, n, v, 'string')),
    },
    'cfg.commit': { doc: 'Makes the prepared changes.', run: (self) => self.commit() },
    'cfg.rollback': { doc: 'Forgets the prepared changes.', run: (self) => self.rollback() },
    'cfg.diff': { doc: 'The prepared changes.', returnsArray: true, run: (self) => self.diff() },
    'cfg.reset': {
      doc: 'All parameters of a group back to the values of the config file.',
      args: [group],
      run: (self, [name]) => self.reset(String(name)),
    },
    'cfg.del': {
      doc: 'Takes the value of a group instance away.',
      args: target,
      run: (self, [name, key]) => self.delete(String(name), String(key), false),
    },
    'cfg.del_delayed': {
      doc: 'Prepares to take the value of a group instance away.',
      args: target,
      run: (self, [name, key]) => self.delete(String(name), String(key), true),
    },
    'cfg.add_group_inst': {
      doc: 'Adds a group instance.',
      args: [group],
      run: (self, [name]) => self.addInstance(String(name)),
    },
    'cfg.del_group_inst': {
      doc: 'Deletes a group instance.',
      args: [group],
      run: (self, [name]) => self.deleteInstance(String(name)),
    },
  },
});
