import { defineModule } from '../../module/define.ts';
import { tmApi } from './apiBinding.ts';
import { blocklistRpc } from './blocklistRpc.ts';
import { contactFunctions } from './contactFunctions.ts';
import { parameters } from './parameters.ts';
import { planFunctions } from './planFunctions.ts';
import { queryFunctions } from './queryFunctions.ts';
import { relayFunctions } from './relayFunctions.ts';
import { replyFunctions } from './replyFunctions.ts';
import { rpc } from './rpc.ts';
import { Tm } from './tm.ts';

export default defineModule({
  name: 'tm',
  summary: 'Transactions: stateful relaying, forking, retransmission, failure routes (RFC 3261 §16, §17).',
  params: parameters,
  create: (host, config) => new Tm(host, config),
  functions: (tools) => ({
    ...relayFunctions(tools),
    ...replyFunctions(tools),
    ...planFunctions(tools),
    ...queryFunctions(tools),
    ...contactFunctions(tools),
  }),
  rpc: { ...rpc, ...blocklistRpc },
  api: tmApi,
  start: (tm) => tm.start(),
  events: [
    { name: 'tm:branch-failure:*', doc: 'A branch has failed (t_on_branch_failure).' },
    { name: 'tm:local-request', doc: 'An own request is about to be sent.' },
    { name: 'tm:local-response', doc: 'An own response has been sent.' },
  ],
});
