import { defineModule } from '../../module/define.ts';
import { nodeStatistics } from '../../module/mediaNodes/nodeStatistics.ts';
import { RpcFault, RpcStruct } from '../../module/rpc.ts';
import { sessionFunctions, streamFunctions } from './functions.ts';
import { params } from './params.ts';
import { Rtpproxy } from './rtpproxy.ts';
import { fetchStatistics } from './session.ts';

const packets = {
  doc: 'Packet counters of the call, in requests within it, as they were when those came in.',
  type: 'string',
  bind: (self: Rtpproxy) => {
    self.wantsStatistics = true;
    return { get: (context: Parameters<Rtpproxy['statistics']>[0]) => self.statistics(context) };
  },
} as const;

export default defineModule({
  name: 'rtpproxy',
  summary: 'Lets rtpproxy relay media, by its text protocol.',
  params,
  create: (host, config) => new Rtpproxy(host, config),
  functions: ({ signature }) => ({ ...sessionFunctions(signature), ...streamFunctions(signature) }),
  pvs: { rtppstat: packets, rtpstat: packets },
  rpc: {
    'rtpproxy.list': {
      doc: 'Shows set, weight and state of all nodes.',
      returnsArray: true,
      run: (self) =>
        [...self.pool.table.all()].map((node) =>
          new RpcStruct()
            .add('setid', node.setId)
            .add('url', node.url)
            .add('index', node.index)
            .add('disabled', node.enabled ? 0 : 1)
            .add('weight', node.weight)
            .add('recheck', node.permanent ? -1 : restSec(self, node)),
        ),
    },
    'rtpproxy.enable': {
      doc: 'Enables (1) or disables (0) all nodes of a URL.',
      args: [
        { name: 'url', type: 'string' },
        { name: 'enable', type: 'int' },
      ],
      run: (self, [url, enable]) => {
        const nodes = [...self.pool.table.all()].filter((node) => node.url === String(url));
        if (nodes.length === 0) return new RpcFault(404, 'RTPProxy not found');
        for (const node of nodes) {
          node.enabled = Number(enable) !== 0;
          node.permanent = !node.enabled;
        }
        return [];
      },
    },
  },
  statistics: nodeStatistics,
  start: (self) => {
    if (self.wantsStatistics) self.host.hooks.beforeRequest((context) => fetchStatistics(self, context));
    return self.start();
  },
  stop: (self) => self.stop(),
});

/** Seconds until a node that did not answer is tried again. */
function restSec(self: Rtpproxy, node: { readonly enabled: boolean; readonly retryAtMs: number }): number {
  return node.enabled ? 0 : Math.max(0, Math.ceil((node.retryAtMs - self.host.timers.nowMs) / 1000));
}
