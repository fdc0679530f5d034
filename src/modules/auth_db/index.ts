import { argumentText } from '../../module/argumentText.ts';
import { arg, defineModule } from '../../module/define.ts';
import { AuthDb } from './authDb.ts';
import { params } from './params.ts';

const given = (value: unknown) => (value === '' ? 'must not be empty' : undefined);
// `$null` is none, not a text
const realm = arg.any('realm', 'realm, mostly the domain of the user', { check: given });
const table = arg.any('table', 'table of subscribers', {
  check: given,
  prepare: (self: AuthDb, value) => {
    self.expectTable(String(value));
    return undefined;
  },
});

const returns = {
  1: 'right; or ACK, CANCEL or PRACK, which cannot be challenged',
  [-1]: 'malformed credentials, forged nonce, or no answer of the database',
  [-2]: 'wrong password',
  [-3]: 'no such user',
  [-4]: 'the nonce is old or of another request',
  [-5]: 'no credentials for the realm',
  [-6]: 'the nonce was used before',
};

export default defineModule({
  name: 'auth_db',
  summary: 'Digest authentication against the subscribers of a database.',
  requires: ['auth'],
  params,
  create: (host, config) => new AuthDb(host, config),
  start: (self) => self.start(),
  functions: ({ signature }) => ({
    www_authenticate: {
      aliases: ['www_authorize'],
      doc: 'Checks Authorization.',
      routes: ['request'],
      returns,
      signatures: [
        signature({
          kemi: 'www_authenticate',
          args: [realm, table],
          waits: true,
          run: (self, context, name, rows) =>
            self.authenticate(context, 'www', argumentText(name), argumentText(rows)),
        }),
        signature({
          kemi: 'www_authenticate_method',
          args: [realm, table, arg.string('method', 'method that was hashed', { check: given })],
          waits: true,
          run: (self, context, name, rows, method) =>
            self.authenticate(context, 'www', argumentText(name), argumentText(rows), method),
        }),
      ],
    },
    proxy_authenticate: {
      aliases: ['proxy_authorize'],
      doc: 'Checks Proxy-Authorization.',
      routes: ['request'],
      returns,
      signatures: [
        signature({
          kemi: 'proxy_authenticate',
          args: [realm, table],
          waits: true,
          run: (self, context, name, rows) =>
            self.authenticate(context, 'proxy', argumentText(name), argumentText(rows)),
        }),
      ],
    },
    auth_check: {
      doc: 'Checks Authorization of a REGISTER, Proxy-Authorization of others, and who the user claims to be.',
      routes: ['request'],
      returns: { ...returns, [-8]: 'From (or To, or the Request-URI of PUBLISH) is of another user' },
      signatures: [
        signature({
          kemi: 'auth_check',
          args: [
            realm,
            table,
            arg.int(
              'flags',
              '1 the user must be that of From, 2 but not for INVITE, BYE, PRACK, UPDATE and MESSAGE',
            ),
          ],
          waits: true,
          run: (self, context, name, rows, flags) =>
            self.authenticateUser(context, argumentText(name), argumentText(rows), flags),
        }),
      ],
    },
    is_subscriber: {
      doc: 'Is there a subscriber for a URI? Hands its attributes over.',
      returns: { 1: 'there is', [-1]: 'malformed URI, or no answer of the database', [-2]: 'there is none' },
      signatures: [
        signature({
          kemi: 'is_subscriber',
          args: [
            arg.any('uri', 'URI of the user'),
            table,
            arg.int('flags', '1 look up by domain, too; 2 leave the attributes'),
          ],
          waits: true,
          run: (self, context, uri, rows, flags) =>
            self.isSubscriber(context, argumentText(uri), argumentText(rows), flags),
        }),
      ],
    },
  }),
});
