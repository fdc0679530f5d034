import { defineModule } from '../../module/define.ts';
import { dtmfEvent } from './dtmfEvents.ts';
import { commandFunctions, otherFunctions, sessionFunctions, subscriptionFunctions } from './functions.ts';
import { params, type RtpengineConfig } from './params.ts';
import { rpc } from './rpc.ts';
import { Rtpengine } from './rtpengine.ts';
import { packetText } from './statistics.ts';

const packets = {
  doc: 'Packets, bytes and errors of the call as rtpengine counted them, in the last reply to a query or delete.',
  type: 'string',
  get: (self: Rtpengine, context: Parameters<Rtpengine['lastReply']>[0]) => {
    const reply = self.lastReply(context);
    return (reply === undefined ? undefined : packetText(reply)) ?? null;
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
  statistics: {
    commands: { doc: 'Commands that succeeded.', read: (self) => self.succeeded },
    failed_commands: { doc: 'Commands that failed.', read: (self) => self.failed },
    pending_commands: { doc: 'Commands that wait for a reply now.', read: (self) => self.client.outstanding },
    shed_commands: {
      doc: 'Commands refused because too many were waiting.',
      read: (self) => self.client.shed,
    },
    timeouts: { doc: 'Commands (probes too) that no node answered.', read: (self) => self.total('timeouts') },
    node_failures: { doc: 'How often a node was found dead.', read: (self) => self.total('failures') },
    disabled_nodes: { doc: 'Nodes that get no calls now.', read: (self) => self.disabledNodes },
  },
  events: [
    { name: dtmfEvent, doc: 'rtpengine reports a DTMF digit; variables named by parameters have it.' },
  ],
  start: (self) => self.start(),
  stop: (self) => self.stop(),
});
