import { arg, defineModule, type RpcDeclaration } from '../../module/define.ts';
import { params } from './params.ts';
import { Pike } from './pike.ts';

const returns = {
  1: 'not too much',
  [-1]: 'too much; that was known already (or no IP address)',
  [-2]: 'too much, for the first time',
} as const;

const top: RpcDeclaration<Pike> = {
  doc: 'Addresses in the tree with their hits: HOT (the default) or ALL.',
  args: [{ name: 'filter', type: 'string', optional: true }],
  run: (self, [filter]) => self.top(String(filter ?? 'HOT')),
};

export default defineModule({
  name: 'pike',
  summary: 'Detects addresses that send too many requests, IPv4 and IPv6.',
  params,
  create: (host, config) => new Pike(host, config),
  functions: ({ signature }) => ({
    pike_check_req: {
      doc: 'Counts this message for its source address; false when that sends too much.',
      routes: ['request', 'onreply', 'route'],
      returns,
      signatures: [
        signature({ kemi: 'pike_check_req', run: (self, context) => self.check(context.flow.address) }),
      ],
    },
    pike_check_ip: {
      doc: 'Counts a message for an address; false when that sends too much.',
      routes: ['request', 'onreply', 'route'],
      returns,
      signatures: [
        signature({
          kemi: 'pike_check_ip',
          args: [arg.string('ip', 'IP address, IPv6 with or without brackets')],
          run: (self, _context, text) => self.checkText(text),
        }),
      ],
    },
  }),
  rpc: { 'pike.top': top, 'pike.list': top },
  start: (self) => self.start(),
  stop: (self) => self.stop(),
});
