import { defineModule } from '../../module/define.ts';
import { addressFunctions, ruleFunctions, trustedFunctions } from './functions.ts';
import { params } from './params.ts';
import { Permissions } from './permissions.ts';
import { rpc } from './rpc.ts';

export default defineModule({
  name: 'permissions',
  summary: 'Who may do what: rule files, groups of addresses, trusted peers.',
  params,
  create: (host, config) => new Permissions(host, config),
  functions: ({ signature }) => ({
    ...ruleFunctions(signature),
    ...addressFunctions(signature),
    ...trustedFunctions(signature),
  }),
  rpc,
  start: (self) => self.start(),
});
