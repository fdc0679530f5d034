import { argumentText } from '../../module/argumentText.ts';
import { arg, defineModule } from '../../module/define.ts';
import { params } from './params.ts';
import { SpeedDial } from './speedDial.ts';

const table = arg.any('table', 'table of short numbers');

export default defineModule({
  name: 'speeddial',
  summary: 'Short numbers of users in a database.',
  params,
  create: (host, config) => new SpeedDial(host, config),
  start: (self) => self.start(),
  functions: ({ signature }) => ({
    sd_lookup: {
      doc: 'Replaces the Request-URI by what its user part stands for with the caller, or with another owner.',
      routes: ['request'],
      returns: { 1: 'replaced', [-1]: 'no such number, or no answer of the database' },
      signatures: [
        signature({
          kemi: 'lookup',
          args: [table],
          waits: true,
          run: (self, context, name) =>
            self.lookup(context, argumentText(name), context.message.from?.uri ?? ''),
        }),
        signature({
          kemi: 'lookup_owner',
          args: [table, arg.any('owner', 'URI of the owner instead of From')],
          waits: true,
          run: (self, context, name, owner) => self.lookup(context, argumentText(name), argumentText(owner)),
        }),
      ],
    },
  }),
});
