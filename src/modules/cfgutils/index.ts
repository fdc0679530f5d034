import { defineModule } from '../../module/define.ts';
import { Cfgutils } from './cfgutils.ts';
import {
  debugFunctions,
  flagFunctions,
  randomFunctions,
  routeFunctions,
  waitFunctions,
} from './functions.ts';
import { rpcMethods } from './rpc.ts';

export default defineModule({
  name: 'cfgutils',
  summary: 'Chance, waiting, locks, global flags, optional routes.',
  params: {
    initial_probability: {
      type: 'int',
      default: 10,
      min: 0,
      max: 100,
      doc: 'Probability of rand_event, percent.',
    },
    hash_file: { type: 'string', default: '', doc: 'File whose changes cfgutils.check_config_hash finds.' },
    initial_gflags: { type: 'int', default: 0, doc: 'Global flags at start, a mask.' },
    lock_set_size: {
      type: 'int',
      default: 0,
      min: 0,
      doc: '0: no locks. Any other value allows them; keys never share a lock here, whatever the size.',
    },
  },
  create: (host, config) => new Cfgutils(host, config),
  functions: ({ signature }) => ({
    ...randomFunctions(signature),
    ...waitFunctions(signature),
    ...flagFunctions(signature),
    ...routeFunctions(signature),
    ...debugFunctions(signature),
  }),
  pvs: {
    RANDOM: {
      doc: 'a random number from 0 to 2^31-1',
      type: 'int',
      get: (self) => self.host.entropy.uint32() >>> 1,
    },
  },
  rpc: rpcMethods,
  start: (self) => self.start(),
});
