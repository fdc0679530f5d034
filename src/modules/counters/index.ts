import { arg, defineModule, type RpcDeclaration } from '../../module/define.ts';
import { Counters } from './counters.ts';

const name = arg.string('name', '`[group.]name` of a script_counter');
const group = { name: 'group', type: 'string' } as const;
const counter = { name: 'name', type: 'string' } as const;

const listGroups: RpcDeclaration<Counters> = {
  doc: 'Names of all groups of counters.',
  returnsArray: true,
  run: (self) => self.rpcGroups(),
};
const listNames: RpcDeclaration<Counters> = {
  doc: 'Names of all counters of a group.',
  args: [group],
  returnsArray: true,
  run: (self, [wanted]) => self.rpcNames(String(wanted)),
};
const listValues: RpcDeclaration<Counters> = {
  doc: 'Names and values of all counters of a group.',
  args: [group],
  run: (self, [wanted]) => self.rpcValues(String(wanted)),
};

const getValue: RpcDeclaration<Counters> = {
  doc: 'Value of a counter; of all counters of a group when no name is given.',
  args: [group, { ...counter, optional: true }],
  run: (self, [wanted, one]) => self.rpcGet(String(wanted), one === undefined ? undefined : String(one)),
};

export default defineModule({
  name: 'counters',
  summary: 'Counters that the script defines and counts; all counters over RPC.',
  params: {
    script_counter: {
      type: 'list',
      default: [],
      doc: 'A counter: `[group.]name`, and behind a blank or colon what it means.',
    },
    script_cnt_grp_name: {
      type: 'string',
      default: 'script',
      doc: 'Group of counters that name none.',
    },
  },
  create: (host, config) => new Counters(host, config),
  functions: ({ signature }) => ({
    cnt_inc: {
      doc: 'Adds 1 to a counter.',
      returns: { 1: 'done', [-1]: 'no such counter' },
      signatures: [
        signature({ kemi: 'inc', args: [name], run: (self, _context, wanted) => self.add(wanted, 1) }),
      ],
    },
    cnt_add: {
      doc: 'Adds a number to a counter.',
      returns: { 1: 'done', [-1]: 'no such counter' },
      signatures: [
        signature({
          kemi: 'add',
          args: [name, arg.int('number', 'what to add; may be negative')],
          run: (self, _context, wanted, amount) => self.add(wanted, amount),
        }),
      ],
    },
    cnt_reset: {
      doc: 'Sets a counter to 0.',
      returns: { 1: 'done', [-1]: 'no such counter' },
      signatures: [
        signature({ kemi: 'reset', args: [name], run: (self, _context, wanted) => self.reset(wanted) }),
      ],
    },
  }),
  rpc: {
    'cnt.get': getValue,
    'cnt.get_raw': getValue,
    'cnt.reset': {
      doc: 'Sets a counter to 0.',
      args: [group, counter],
      run: (self, [wanted, one]) => self.rpcReset(String(wanted), String(one)),
    },
    'cnt.list_groups': listGroups,
    'cnt.grps_list': listGroups,
    'cnt.list_vars': listNames,
    'cnt.var_list': listNames,
    'cnt.get_vars': listValues,
    'cnt.grp_get_all': listValues,
    'cnt.help': {
      doc: 'What a counter means.',
      args: [group, counter],
      run: (self, [wanted, one]) => self.rpcHelp(String(wanted), String(one)),
    },
  },
});
