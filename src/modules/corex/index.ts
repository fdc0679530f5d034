import { defineModule } from '../../module/define.ts';
import { Corex } from './corex.ts';
import { flagFunctions } from './flags.ts';
import { branchFunctions, fileFunctions, sendFunctions, socketFunctions } from './functions.ts';
import { interceptMessages } from './networkMessages.ts';
import { rpcMethods } from './rpc.ts';
import { corexPvs } from './variables.ts';
import { viaFunctions } from './via.ts';

export default defineModule({
  name: 'corex',
  summary:
    'Branches, sending as it is, sockets, own Via, files; texts on the wire; memory and sockets over RPC.',
  params: {
    alias_subdomains: {
      type: 'list',
      default: [],
      doc: 'A domain that is ours with all below it: [proto:]domain[:port].',
    },
    dns_cache: {
      type: 'list',
      default: [],
      doc: 'A record in the DNS cache: type=A;name=kamailio.org;addr=1.2.3.4;ttl=3600;flags=2.',
    },
    evcb_reply_out: {
      type: 'meaningless',
      default: '',
      because: 'KEMI scripts register event_route[corex:reply-out] by its name',
      doc: 'KEMI function run for each response that is sent.',
    },
    nio_intercept: { type: 'int', default: 0, min: 0, doc: '1: run event_route[network:msg].' },
    nio_min_msg_len: {
      type: 'int',
      default: 0,
      doc: 'Shortest text for which event_route[network:msg] runs.',
    },
    nio_msg_avp: { type: 'string', default: '', doc: 'Variable with the changed text, e.g. $avp(msg).' },
  },
  create: (host, config) => new Corex(host, config),
  functions: ({ signature }) => ({
    ...branchFunctions(signature),
    ...sendFunctions(signature),
    ...socketFunctions(signature),
    ...fileFunctions(signature),
    ...flagFunctions(signature),
    ...viaFunctions(signature),
  }),
  pvs: corexPvs,
  events: [
    { name: 'network:msg', doc: 'A text was received, or is about to be sent.' },
    { name: 'corex:reply-out', doc: 'A response is about to be sent; drop keeps it back.' },
  ],
  rpc: rpcMethods,
  start: (self) => {
    self.start();
    interceptMessages(self);
  },
});
