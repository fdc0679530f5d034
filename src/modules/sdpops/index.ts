import { defineModule } from '../../module/define.ts';
import { bodyFunctions, codecFunctions, mediaFunctions } from './functions.ts';
import { SdpOps } from './sdpops.ts';
import { sdpVariable } from './variables.ts';

export default defineModule({
  name: 'sdpops',
  summary: 'Looks into SDP bodies and takes codecs, media and lines out of them.',
  params: {},
  create: (host) => new SdpOps(host),
  functions: ({ signature }) => ({
    ...codecFunctions(signature),
    ...mediaFunctions(signature),
    ...bodyFunctions(signature),
  }),
  pvs: { sdp: sdpVariable },
});
