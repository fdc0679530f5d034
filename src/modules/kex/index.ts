import type { Value } from '../../lang/catalogue.ts';
import { arg, defineModule } from '../../module/define.ts';
import { isMyself } from '../../proxy/myself.ts';
import { splitUri } from '../../sip/uriParts.ts';
import { flagFunctions } from './flags.ts';
import { Kex } from './kex.ts';
import { rpcMethods } from './rpc.ts';

function checkUri(value: Value): string | undefined {
  return splitUri(String(value ?? '')) === undefined ? `"${value ?? ''}" is no URI` : undefined;
}

export default defineModule({
  name: 'kex',
  summary: 'Flags of script and branches, destination URI, log level; counters over RPC.',
  params: {},
  create: (host) => new Kex(host),
  functions: ({ signature }) => ({
    ...flagFunctions(signature),
    setdsturi: {
      doc: 'Sets the destination URI: where to send instead of the Request-URI.',
      returns: { 1: 'done', [-1]: 'no URI' },
      signatures: [
        signature({
          kemi: 'setdsturi',
          args: [arg.constant('uri', 'a constant SIP URI', { check: checkUri })],
          run: (_self, context, uri) => {
            if (splitUri(uri) === undefined) return -1;
            context.target.nextHop = uri;
            return 1;
          },
        }),
      ],
    },
    resetdsturi: {
      doc: 'Takes the destination URI away.',
      returns: { 1: 'done' },
      signatures: [
        signature({
          kemi: 'resetdsturi',
          run: (_self, context) => {
            context.target.nextHop = '';
            return 1;
          },
        }),
      ],
    },
    isdsturiset: {
      doc: 'Is there a destination URI?',
      returns: { 1: 'yes', [-1]: 'no' },
      signatures: [
        signature({ kemi: 'isdsturiset', run: (_self, context) => (context.target.nextHop === '' ? -1 : 1) }),
      ],
    },
    pv_printf: {
      doc: 'Assigns a text with variables to a variable.',
      aliases: ['avp_printf'],
      returns: { 1: 'done', [-1]: 'the variable is read-only' },
      signatures: [
        signature({
          args: [arg.variable('var', 'a writable variable'), arg.string('text', 'text with variables')],
          run: (_self, context, variable, text) => {
            if (!variable.writable) return -1;
            variable.set(context, text);
            return 1;
          },
        }),
      ],
    },
    is_myself: {
      doc: 'Is a URI or address one of ours? A port that is not written is not compared.',
      returns: { 1: 'ours', [-1]: 'not ours' },
      signatures: [
        signature({
          kemi: 'is_myself',
          args: [arg.string('uri', 'URI, host or address')],
          run: (self, _context, uri) => (isMyself(self.host.transport, uri) ? 1 : -1),
        }),
      ],
    },
    setdebug: {
      doc: 'Sets the log level, until resetdebug.',
      returns: { 1: 'done', [-1]: 'refused' },
      signatures: [
        signature({
          kemi: 'setdebug',
          args: [arg.int('level', '-5 to 3')],
          run: (self, _context, level) => self.setDebug(level),
        }),
      ],
    },
    resetdebug: {
      doc: 'Restores the log level of the config.',
      returns: { 1: 'done' },
      signatures: [signature({ kemi: 'resetdebug', run: (self) => self.resetDebug() })],
    },
  }),
  rpc: rpcMethods,
});
