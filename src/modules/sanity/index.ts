import { arg, defineModule } from '../../module/define.ts';
import { Sanity } from './sanity.ts';

const sum = arg.int('msg_checks', 'sum of the numbers of the checks, 1 to 32767');
const uris = arg.int('uri_checks', 'sum of 1 Request-URI, 2 From, 4 To, 8 Contact');

export default defineModule({
  name: 'sanity',
  summary: 'Checks that a message is what RFC 3261 demands, and answers what is not.',
  requires: ['sl'],
  params: {
    default_checks: {
      type: 'int',
      default: 3047,
      min: 1,
      max: 32767,
      doc:
        'Checks of sanity_check without arguments: the sum of 1 SIP version, 2 scheme of the Request-URI, 4 mandatory ' +
        'headers, 32 CSeq method, 64 CSeq number, 128 Content-Length, 256 Expires, 512 Proxy-Require, 1024 URIs, ' +
        '2048 digest credentials, 4096 repeated tags, 8192 Authorization, 16384 topmost Via.',
    },
    uri_checks: {
      type: 'int',
      default: 7,
      min: 1,
      max: 15,
      doc: 'URIs that check 1024 parses: the sum of 1 Request-URI, 2 From, 4 To, 8 Contact.',
    },
    proxy_require: {
      type: 'string',
      default: '',
      doc: 'Extensions that Proxy-Require may list, with commas.',
    },
    autodrop: {
      type: 'int',
      default: 1,
      doc: '1: a failed check ends the script; 0: sanity_check is false.',
    },
    noreply: { type: 'int', default: 0, doc: '1: send no response; sanity_reply does.' },
  },
  create: (host, config) => new Sanity(host, config),
  functions: ({ signature }) => ({
    sanity_check: {
      doc: 'Checks the message; answers (400, 420, 505) and ends the script when something is wrong.',
      returns: { 1: 'all is well', 0: 'the script ends (autodrop)', [-1]: 'something is wrong' },
      signatures: [
        signature({ kemi: 'sanity_check_defaults', run: (self, context) => self.checkDefaults(context) }),
        signature({
          args: [sum],
          run: (self, context, messageChecks) => self.checkWithDefaultUris(context, messageChecks),
        }),
        signature({
          kemi: 'sanity_check',
          args: [sum, uris],
          run: (self, context, messageChecks, uriChecks) => self.check(context, messageChecks, uriChecks),
        }),
      ],
    },
    sanity_reply: {
      doc: 'Sends the response to what the last check has found, when noreply is 1.',
      signatures: [signature({ kemi: 'sanity_reply', run: (self, context) => self.reply(context) })],
    },
  }),
  start: (self) => self.start(),
});
