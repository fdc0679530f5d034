import { defineModule } from '../../module/define.ts';
import { flagFunctions } from './flags.ts';
import { forwardingFunctions } from './forwarding.ts';
import { keywordPvs } from './keywords.ts';
import { loggingFunctions } from './logging.ts';
import { myselfFunctions } from './myself.ts';
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
    ...forwardingFunctions(tools),
    ...myselfFunctions(tools),
  }),
  pvs: { ...variablePvs, ...keywordPvs, ...selectPvs },
});
