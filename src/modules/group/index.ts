import { argumentText } from '../../module/argumentText.ts';
import { arg, defineModule } from '../../module/define.ts';
import { Groups, sources } from './groups.ts';
import { params } from './params.ts';

const source = arg.any('URI', `whose: ${sources.join(', ')}, or a variable with a URI`, {
  check: (value) =>
    sources.some((name) => name === value) ? undefined : `expected ${sources.join(', ')} or a variable`,
});

export default defineModule({
  name: 'group',
  summary: 'Groups of users in a database, by name and by regular expressions.',
  params,
  create: (host, config) => new Groups(host, config),
  start: (self) => self.start(),
  functions: ({ signature }) => ({
    is_user_in: {
      doc: 'Is a user a member of a group?',
      routes: ['request', 'failure'],
      returns: { 1: 'is', [-1]: 'no user, or no answer of the database', [-6]: 'is not' },
      signatures: [
        signature({
          kemi: 'is_user_in',
          args: [source, arg.any('group', 'name of the group')],
          waits: true,
          run: (self, context, from, group) =>
            self.isUserIn(context, argumentText(from), argumentText(group)),
        }),
      ],
    },
    get_user_group: {
      doc: 'Writes the numbers of the groups whose regular expression a user matches into an AVP.',
      routes: ['request', 'failure'],
      returns: { 1: 'how many groups', [-1]: 'none' },
      signatures: [
        signature({
          args: [source, arg.variable('AVP', 'variable for the numbers')],
          run: (self, context, from, destination) => self.groupsOf(context, argumentText(from), destination),
        }),
      ],
    },
  }),
});
