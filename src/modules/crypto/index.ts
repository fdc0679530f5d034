import { arg, defineModule } from '../../module/define.ts';
import { Crypto } from './crypto.ts';
import { params } from './params.ts';
import { passageOf } from './wire.ts';

const cipherArguments = [
  arg.string('text', 'text'),
  arg.string('key', 'password, or key in Base64'),
  arg.variable('res', 'variable for the result'),
] as const;

const eventOnly = ['event'] as const;

export default defineModule({
  name: 'crypto',
  summary: 'AES encryption of texts and messages, HMAC, random Call-IDs.',
  params,
  create: (host, config) => new Crypto(host, config),
  functions: ({ signature }) => ({
    crypto_aes_encrypt: {
      doc: 'Encrypts a text; the variable gets it in Base64.',
      signatures: [
        signature({
          args: cipherArguments,
          kemi: 'aes_encrypt',
          run: (self, context, text, key, into) => self.aesEncrypt(context, text, key, into),
        }),
      ],
    },
    crypto_aes_decrypt: {
      doc: 'Decrypts a text given in Base64.',
      returns: { [-1]: 'not encrypted with this key; the variable keeps its value' },
      signatures: [
        signature({
          args: cipherArguments,
          kemi: 'aes_decrypt',
          run: (self, context, text, key, into) => self.aesDecrypt(context, text, key, into),
        }),
      ],
    },
    crypto_hmac_sha256: {
      doc: 'HMAC with SHA-256, in base64url.',
      signatures: [
        signature({
          args: cipherArguments,
          kemi: 'hmac_sha256',
          run: (self, context, text, key, into) => self.hmacSha256(context, text, key, into),
        }),
      ],
    },
    crypto_netio_in: {
      doc: 'Is this text coming in?',
      routes: eventOnly,
      signatures: [
        signature({
          kemi: 'crypto_netio_in',
          run: (_self, context) => (passageOf(context)?.incoming === true ? 1 : -1),
        }),
      ],
    },
    crypto_netio_out: {
      doc: 'Is this text going out?',
      routes: eventOnly,
      signatures: [
        signature({
          kemi: 'crypto_netio_out',
          run: (_self, context) => (passageOf(context)?.incoming === false ? 1 : -1),
        }),
      ],
    },
    crypto_netio_encrypt: {
      doc: 'The text leaves encrypted.',
      routes: eventOnly,
      signatures: [
        signature({ kemi: 'crypto_netio_encrypt', run: (_self, context) => mark(context, 'encrypt') }),
      ],
    },
    crypto_netio_decrypt: {
      doc: 'The text is decrypted before it is looked at.',
      routes: eventOnly,
      signatures: [
        signature({ kemi: 'crypto_netio_decrypt', run: (_self, context) => mark(context, 'decrypt') }),
      ],
    },
  }),
  events: [{ name: 'crypto:netio', doc: 'A text was received, or is about to be sent.' }],
  start: (self) => self.start(),
});

function mark(context: Parameters<typeof passageOf>[0], change: 'encrypt' | 'decrypt'): number {
  const passage = passageOf(context);
  if (passage === undefined) return -1;
  passage.change = change;
  return 1;
}
