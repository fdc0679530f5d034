import { argumentText } from '../../module/argumentText.ts';
import { arg, defineModule } from '../../module/define.ts';
import { params } from './params.ts';
import { UriDb } from './uriDb.ts';

const uri = arg.any('uri', 'URI to check');

const returns = {
  1: 'may be used',
  [-1]: 'malformed, or no answer of the database',
  [-2]: 'no credentials have been found right',
  [-4]: 'has no user part',
  [-9]: 'not in the table for this user',
  [-10]: 'has another user than the credentials',
};

export default defineModule({
  name: 'uri_db',
  summary: 'May a user use this URI; is this URI that of a user? Against credentials and a database.',
  params,
  create: (host, config) => new UriDb(host, config),
  start: (self) => self.start(),
  functions: ({ signature }) => ({
    check_to: {
      doc: 'May the authenticated user use the URI in To?',
      routes: ['request'],
      returns,
      signatures: [
        signature({
          kemi: 'check_to',
          waits: (self) => self.usesTable,
          run: (self, context) => self.checkHeader(context, context.message.to?.uri ?? ''),
        }),
      ],
    },
    check_from: {
      doc: 'May the authenticated user use the URI in From?',
      routes: ['request'],
      returns,
      signatures: [
        signature({
          kemi: 'check_from',
          waits: (self) => self.usesTable,
          run: (self, context) => self.checkHeader(context, context.message.from?.uri ?? ''),
        }),
      ],
    },
    check_uri: {
      doc: 'May the authenticated user, or a given one, use a URI?',
      routes: ['request'],
      returns,
      signatures: [
        signature({
          kemi: 'check_uri',
          args: [uri],
          waits: (self) => self.usesTable,
          run: (self, context, value) => self.checkUri(context, argumentText(value)),
        }),
        signature({
          kemi: 'check_uri_realm',
          args: [uri, arg.any('username', 'user'), arg.any('realm', 'domain of the user')],
          waits: (self) => self.usesTable,
          run: (self, _context, value, user, realm) =>
            self.checkUriOf(argumentText(value), argumentText(user), argumentText(realm)),
        }),
      ],
    },
    does_uri_exist: {
      doc: 'Is the Request-URI that of a user?',
      routes: ['request'],
      returns: { 1: 'it is', [-1]: 'malformed, or no answer of the database', [-5]: 'it is not' },
      signatures: [
        signature({
          kemi: 'does_uri_exist',
          waits: true,
          run: (self, context) => self.doesUriExist(context),
        }),
      ],
    },
  }),
});
