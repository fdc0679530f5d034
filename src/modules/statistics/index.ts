import { arg, defineModule } from '../../module/define.ts';
import { checkAmount, ScriptStatistics } from './statistics.ts';

const variable = arg.string('variable', 'name of the variable');

export default defineModule({
  name: 'statistics',
  summary: 'Statistic variables that the script defines and updates.',
  params: {
    variable: {
      type: 'list',
      default: [],
      doc: 'A variable: its name, and `/no_reset` when it may not be reset.',
    },
  },
  create: (host, config) => new ScriptStatistics(host, config.variable),
  functions: ({ signature }) => ({
    update_stat: {
      doc: 'Adds a number to a variable.',
      returns: { 1: 'done', [-1]: 'no such variable, or no number' },
      signatures: [
        signature({
          kemi: 'update_stat',
          args: [variable, arg.any('value', 'what to add, like +1 or -1', { check: checkAmount })],
          run: (self, _context, name, amount) => self.update(name, amount),
        }),
      ],
    },
    reset_stat: {
      doc: 'Sets a variable to 0, unless it may not be reset.',
      returns: { 1: 'done', [-1]: 'no such variable' },
      signatures: [
        signature({ kemi: 'reset_stat', args: [variable], run: (self, _context, name) => self.reset(name) }),
      ],
    },
  }),
});
