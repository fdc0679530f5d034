import { defineModule } from '../../module/define.ts';
import { avpPvs } from './avps.ts';
import { branchPvs } from './branches.ts';
import { digestPvs } from './digest.ts';
import { checkFunctions } from './functions/checks.ts';
import { paramFunctions } from './functions/paramFunctions.ts';
import { staticBranchFunctions } from './functions/staticBranch.ts';
import { xavpFunctions } from './functions/xavpFunctions.ts';
import { headerPvs } from './headers.ts';
import { identityPvs } from './identity.ts';
import { messagePvs } from './message.ts';
import { miscPvs } from './misc.ts';
import { receivedPvs } from './received.ts';
import { requestUriPvs } from './requestUri.ts';
import { rpcMethods } from './rpc.ts';
import { PvState } from './state.ts';
import { timePvs } from './times.ts';
import { addressTransformations } from './transformations/addresses.ts';
import { cuttingTransformations } from './transformations/cutting.ts';
import { encodingTransformations } from './transformations/encodings.ts';
import { stringTransformations } from './transformations/strings.ts';
import { variablePvs } from './variables.ts';
import { xavpPvs } from './xavps.ts';

export default defineModule({
  name: 'pv',
  summary: 'The common pseudo-variables and transformations, and functions on variables.',
  params: {
    shvset: { type: 'list', default: [], doc: 'First value of a shared variable: name=i:1 or name=s:text.' },
    varset: { type: 'list', default: [], doc: 'First value of a script variable: name=i:1 or name=s:text.' },
    avp_aliases: {
      type: 'string',
      default: '',
      doc: 'Other names for AVPs: alias=s:name;other=i:5.',
    },
  },
  create: (host, config) => new PvState(host, config),
  start: (self) => self.start(),
  functions: ({ signature }) => ({
    ...checkFunctions(signature),
    ...xavpFunctions(signature),
    ...paramFunctions(signature),
    ...staticBranchFunctions(signature),
  }),
  rpc: rpcMethods,
  pvs: {
    ...requestUriPvs,
    ...identityPvs,
    ...digestPvs,
    ...receivedPvs,
    ...messagePvs,
    ...branchPvs,
    ...headerPvs,
    ...avpPvs,
    ...variablePvs,
    ...xavpPvs,
    ...timePvs,
    ...miscPvs,
  },
  transformations: {
    ...stringTransformations,
    ...cuttingTransformations,
    ...encodingTransformations,
    ...addressTransformations,
  },
});
