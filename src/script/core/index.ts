import { defineModule } from '../../module/define.ts';
import { avpFlagFunctions } from './avpFlags.ts';
import { branchFunctions } from './branches.ts';
import { flagFunctions } from './flags.ts';
import { forwardingFunctions } from './forwarding.ts';
import { groupSelectionFunctions } from './groupSelection.ts';
import { keywordPvs } from './keywords.ts';
import { loggingFunctions } from './logging.ts';
import { myselfFunctions } from './myself.ts';
import { watchReceived } from './receivedRoute.ts';
import { requestUriFunctions } from './requestUri.ts';
import { selectPvs } from './selects.ts';
import { sendingFunctions } from './sending.ts';
import { CoreState } from './state.ts';
import { variablePvs } from './variables.ts';

/** What the language itself brings, as a module that is always loaded. */
export default defineModule({
  name: 'core',
  summary: 'Functions, keywords and variables that need no module.',
  params: {},
  create: (host) => new CoreState(host),
  functions: (tools) => ({
    ...flagFunctions(tools),
    ...requestUriFunctions(tools),
    ...sendingFunctions(tools),
    ...loggingFunctions(tools),
    ...branchFunctions(tools),
    ...forwardingFunctions(tools),
    ...myselfFunctions(tools),
    ...groupSelectionFunctions(tools),
    ...avpFlagFunctions(tools),
  }),
  pvs: { ...variablePvs, ...keywordPvs, ...selectPvs },
  events: [
    { name: 'core:worker-one-init', doc: 'The server is ready for messages.' },
    { name: 'core:modinit-before', doc: 'No module has been started yet.' },
    { name: 'core:pre-routing', doc: 'Before request_route or reply_route; drop ends the message.' },
    {
      name: 'core:msg-received',
      doc: 'Something was received ($rcv); drop ends it. Needs received_route_mode.',
    },
    { name: 'core:receive-parse-error', doc: 'What was received is no SIP message ($mb, $si, $sp).' },
  ],
  start: (self) => watchReceived(self.host),
});
