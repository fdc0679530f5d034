import { argumentText } from '../../module/argumentText.ts';
import type { ScriptContext } from '../../module/context.ts';
import { arg, defineModule } from '../../module/define.ts';
import type { Host } from '../../module/host.ts';
import { digestAlgorithm } from '../../sip/digest.ts';
import type { AuthApi } from './api.ts';
import { Auth } from './auth.ts';
import { type AuthConfig, params } from './params.ts';
import { PasswordCheck } from './passwordCheck.ts';

class AuthModule {
  readonly auth: Auth;
  readonly passwords: PasswordCheck;

  constructor(host: Host, config: AuthConfig) {
    this.auth = new Auth(host, config);
    this.passwords = new PasswordCheck(this.auth, host);
  }
}

const given = (value: unknown) => (value === '' ? 'must not be empty' : undefined);
// `$null` is none, not a text
const realm = arg.any('realm', 'realm, mostly the domain of the user', { check: given });
const password = arg.any('passwd', 'password, or HA1 with flag 1', { check: given });
const challengeFlags = arg.int('flags', '1 qop=auth, 2 qop=auth-int, 4 no 500 by itself, 16 stale=true');
const passwordFlags = arg.int(
  'flags',
  '1 the password is HA1; a challenge in $avp(digest_challenge) with: 2 no qop, 4 qop=auth, 8 qop=auth-int, 16 stale=true; 32 a nonce count is used up only by success',
);

const challengeReturns = { 1: 'challenged', [-1]: 'no realm, or not sent' };
const checkReturns = {
  1: 'right; or ACK, CANCEL or PRACK, which cannot be challenged',
  [-1]: 'malformed credentials or forged nonce',
  [-2]: 'wrong password',
  [-4]: 'the nonce is old or of another request',
  [-5]: 'no credentials for the realm',
  [-6]: 'the nonce was used before',
};

function challengeKind({ message }: ScriptContext): 'www' | 'proxy' {
  return message.method === 'REGISTER' ? 'www' : 'proxy';
}

export default defineModule({
  name: 'auth',
  summary:
    'Digest authentication (RFC 3261 §22, RFC 7616, RFC 8760): nonces, challenges, checks against a known password.',
  requires: ['sl'],
  params,
  create: (host, config) => new AuthModule(host, config),
  start: (self) => self.auth.start(),
  api: (self): AuthApi => self.auth,
  functions: ({ signature }) => ({
    consume_credentials: {
      doc: 'Takes the credentials out of the request that were checked here.',
      returns: { 1: 'taken out', [-1]: 'none have been checked' },
      signatures: [
        signature({ kemi: 'consume_credentials', run: (self, context) => self.auth.consume(context) }),
      ],
    },
    has_credentials: {
      doc: 'Are there credentials for a realm, in either header?',
      returns: { 1: 'there are', [-1]: 'there are none' },
      signatures: [
        signature({
          kemi: 'has_credentials',
          args: [realm],
          run: (self, context, name) => (self.auth.hasCredentials(context, argumentText(name)) ? 1 : -1),
        }),
      ],
    },
    www_challenge: {
      doc: 'Answers 401 with a challenge.',
      routes: ['request'],
      returns: challengeReturns,
      signatures: [
        signature({
          kemi: 'www_challenge',
          args: [realm, challengeFlags],
          run: (self, context, name, flags) => self.auth.challenge(context, 'www', argumentText(name), flags),
        }),
      ],
    },
    proxy_challenge: {
      doc: 'Answers 407 with a challenge.',
      routes: ['request'],
      returns: challengeReturns,
      signatures: [
        signature({
          kemi: 'proxy_challenge',
          args: [realm, challengeFlags],
          run: (self, context, name, flags) =>
            self.auth.challenge(context, 'proxy', argumentText(name), flags),
        }),
      ],
    },
    auth_challenge: {
      doc: 'Answers a REGISTER with 401, other requests with 407, and a challenge.',
      routes: ['request'],
      returns: challengeReturns,
      signatures: [
        signature({
          kemi: 'auth_challenge',
          args: [realm, challengeFlags],
          run: (self, context, name, flags) =>
            self.auth.challenge(context, challengeKind(context), argumentText(name), flags),
        }),
      ],
    },
    auth_get_www_authenticate: {
      doc: 'Writes a WWW-Authenticate line, CRLF included, into a variable.',
      returns: { 1: 'written', [-1]: 'no realm' },
      signatures: [
        signature({
          kemi: 'auth_get_www_authenticate',
          args: [realm, challengeFlags, arg.variable('pvdest', 'variable for the line')],
          run: (self, context, name, flags, destination) => {
            if (argumentText(name) === '') return -1;
            destination.set?.(context, self.auth.challengeLine(context, 'www', argumentText(name), flags));
            return 1;
          },
        }),
      ],
    },
    auth_algorithm: {
      doc: 'Takes another hash algorithm than the configured one for this request: its challenge and its check.',
      returns: { 1: 'taken', [-1]: 'unknown' },
      signatures: [
        signature({
          kemi: 'auth_algorithm',
          args: [
            arg.any('algorithm', 'as in the parameter algorithm', {
              check: (value) =>
                digestAlgorithm(String(value)) === undefined ? 'is no known algorithm' : undefined,
            }),
          ],
          run: (self, context, name) => (self.auth.useAlgorithm(context, argumentText(name)) ? 1 : -1),
        }),
      ],
    },
    pv_www_authenticate: {
      doc: 'Checks Authorization against a password.',
      routes: ['request'],
      returns: checkReturns,
      signatures: [
        signature({
          kemi: 'pv_www_authenticate',
          args: [realm, password, passwordFlags],
          run: (self, context, name, secret, flags) =>
            self.passwords.authenticate(context, 'www', argumentText(name), argumentText(secret), flags),
        }),
        signature({
          kemi: 'pv_www_authenticate_method',
          args: [
            realm,
            password,
            passwordFlags,
            arg.string('method', 'method that was hashed', { check: given }),
          ],
          run: (self, context, name, secret, flags, method) =>
            self.passwords.authenticate(
              context,
              'www',
              argumentText(name),
              argumentText(secret),
              flags,
              method,
            ),
        }),
      ],
    },
    pv_proxy_authenticate: {
      doc: 'Checks Proxy-Authorization against a password.',
      routes: ['request'],
      returns: checkReturns,
      signatures: [
        signature({
          kemi: 'pv_proxy_authenticate',
          args: [realm, password, passwordFlags],
          run: (self, context, name, secret, flags) =>
            self.passwords.authenticate(context, 'proxy', argumentText(name), argumentText(secret), flags),
        }),
      ],
    },
    pv_auth_check: {
      doc: 'Checks Authorization of a REGISTER, Proxy-Authorization of others, and who the user claims to be.',
      routes: ['request'],
      returns: { ...checkReturns, [-8]: 'From (or To, or the Request-URI of PUBLISH) is of another user' },
      signatures: [
        signature({
          kemi: 'pv_auth_check',
          args: [realm, password, passwordFlags, arg.int('checks', '1 the user must be that of From')],
          run: (self, context, name, secret, flags, checks) =>
            self.passwords.authenticateUser(context, argumentText(name), argumentText(secret), flags, checks),
        }),
      ],
    },
  }),
});
