import { arg, defineModule } from '../../module/define.ts';
import { Jwt } from './jwt.ts';
import { params } from './params.ts';

const alg = arg.string('alg', 'HS256, RS256, ES256, PS256 or their 384 and 512 kin');
const claims = arg.string('claims', `name1=value1;name2="value 2"; unquoted numbers are numbers`);

export default defineModule({
  name: 'jwt',
  summary: 'JSON Web Tokens: made and verified.',
  params,
  create: (host, config) => new Jwt(host, config),
  functions: ({ signature }) => ({
    jwt_generate: {
      doc: 'Makes a token; it is left in $jwt(val).',
      signatures: [
        signature({
          args: [arg.string('prvkey', 'file with the private key or secret'), alg, claims],
          kemi: 'jwt_generate',
          waits: true,
          run: (self, context, path, algorithm, text) => self.generate(context, path, algorithm, text),
        }),
      ],
    },
    jwt_verify: {
      doc: 'Verifies signature, exp and nbf of a token, and that it has the claims.',
      returns: { [-1]: 'not valid; $jwt(status) tells why' },
      signatures: [
        signature({
          args: [
            arg.string('pubkey', 'file with the public key or secret'),
            alg,
            claims,
            arg.string('jwtval', 'token'),
          ],
          kemi: 'jwt_verify',
          waits: true,
          run: (self, context, path, algorithm, text, token) =>
            self.verify(context, path, algorithm, text, token),
        }),
      ],
    },
  }),
  pvs: {
    jwt: {
      doc: 'val: the token of jwt_generate; status: 0, or why jwt_verify refused: 1 malformed or wrong signature, 2 algorithm, 4 expired, 8 too new, 64 claims.',
      inner: 'required',
      bind: (self, { inner }) => {
        if (inner === 'val') return { get: (context) => self.value(context) };
        if (inner === 'status') return { get: (context) => self.status(context), type: 'int' };
        return { message: `$jwt(${inner ?? '...'}) is unknown: there are val and status` };
      },
    },
  },
});
