import { defineModule } from '../../module/define.ts';
import { nodeStatistics } from '../../module/mediaNodes/nodeStatistics.ts';
import { dtmfEvent } from './dtmfEvents.ts';
import { commandFunctions, otherFunctions, sessionFunctions, subscriptionFunctions } from './functions.ts';
import { fetchPackets } from './packets.ts';
import { params, type RtpengineConfig } from './params.ts';
import { rpc } from './rpc.ts';
import { Rtpengine } from './rtpengine.ts';
import { packetText } from './statistics.ts';

const packets = {
  doc: 'Packets, bytes and errors of the call: in requests within it as they come in, and behind a query or delete.',
  type: 'string',
  bind: (self: Rtpengine) => {
    self.wantsPackets = true;
    return {
      get: (context: Parameters<Rtpengine['lastReply']>[0]) => {
        const reply = self.lastReply(context);
        return (reply === undefined ? undefined : packetText(reply)) ?? null;
      },
    };
  },
} as const;

export default defineModule({
  name: 'rtpengine',
  summary: 'Lets rtpengine relay media: bodies are rewritten by its ng control protocol.',
  params,
  create: (host, config) => new Rtpengine(host, config as RtpengineConfig),
  functions: ({ signature }) => ({
    ...sessionFunctions(signature),
    ...subscriptionFunctions(signature),
    ...commandFunctions(signature),
    ...otherFunctions(signature),
  }),
  pvs: { rtpestat: packets, rtpstat: packets },
  rpc,
  statistics: nodeStatistics,
  events: [
    { name: dtmfEvent, doc: 'rtpengine reports a DTMF digit; variables named by parameters have it.' },
  ],
  start: (self) => {
    if (self.wantsPackets) self.host.hooks.beforeRequest((context) => fetchPackets(self, context));
    return self.start();
  },
  stop: (self) => self.stop(),
});
