import type { Value } from '../../lang/catalogue.ts';
import { argumentText } from '../../module/argumentText.ts';
import { arg, defineModule } from '../../module/define.ts';
import { Aliases, checkFlags } from './aliases.ts';
import { params } from './params.ts';

const table = arg.any('table_name', 'table of aliases');
const flagsDoc = 'd without the domain, u with it, r the other way: the alias of a user';
const check = (value: Value) => checkFlags(String(value));
const flags = arg.constant('flags', flagsDoc, { check });
const optionalFlags = arg.constant('flags', flagsDoc, { check, optional: true });
const uri = arg.any('input', 'URI to look up');
const output = arg.variable('output', 'variable for the URI that was found');

const returns = { 1: 'found', [-1]: 'no alias, or no answer of the database' };

export default defineModule({
  name: 'alias_db',
  summary: 'Aliases of users in a database.',
  params,
  create: (host, config) => new Aliases(host, config),
  start: (self) => self.start(),
  functions: ({ signature }) => ({
    alias_db_lookup: {
      doc: 'Replaces the Request-URI, when it is an alias, by the URI of its user.',
      routes: ['request', 'failure'],
      returns,
      signatures: [
        signature({
          kemi: 'lookup',
          args: [table],
          waits: true,
          run: (self, context, name) => self.lookup(context, argumentText(name), ''),
        }),
        signature({
          kemi: 'lookup_ex',
          args: [table, flags],
          waits: true,
          run: (self, context, name, letters) => self.lookup(context, argumentText(name), letters),
        }),
      ],
    },
    alias_db_find: {
      doc: 'Writes the URI of the user behind an alias into a variable.',
      returns,
      signatures: [
        signature({
          args: [table, uri, output, optionalFlags],
          waits: true,
          run: (self, context, name, input, destination, letters) =>
            self.find(context, argumentText(name), argumentText(input), destination, letters ?? ''),
        }),
      ],
    },
  }),
});
