import type { RpcDeclaration } from '../../module/define.ts';
import type { MediaNode } from '../../module/mediaNodes/nodes.ts';
import { RpcFault, type RpcReply, RpcStruct, type RpcValue } from '../../module/rpc.ts';
import type { Rtpengine } from './rtpengine.ts';

const reloadPauseMs = 10_000;
const whichNode = { name: 'url', type: 'string' } as const;

/** Nodes by URL, or `all`; `::` before a URL is how kamcmd keeps it a text. */
function nodesOf(self: Rtpengine, text: string): MediaNode[] {
  const url = text.startsWith('::') ? text.slice(2) : text;
  return [...self.pool.table.all()].filter((node) => !node.hidden && (url === 'all' || node.url === url));
}

function unknown(): RpcFault {
  return new RpcFault(404, 'Instance not found');
}

function show(self: Rtpengine, node: MediaNode): RpcStruct {
  const restMs = Math.max(0, node.retryAtMs - self.host.timers.nowMs);
  const recheck: RpcValue = node.permanent ? 'N/A' : node.enabled ? 0 : Math.ceil(restMs / 1000);
  return new RpcStruct()
    .add('url', node.url)
    .add('set', node.setId)
    .add('index', node.index)
    .add('weight', node.weight)
    .add('disabled', node.enabled ? 0 : node.permanent ? '1(permanent)' : 1)
    .add('recheck_ticks', recheck);
}

/** One outcome for all that were named. */
function outcome(url: string, status: string): RpcReply {
  return [new RpcStruct().add('url', url).add('status', status)];
}

async function enable(self: Rtpengine, url: string, isOn: boolean): Promise<RpcReply> {
  const nodes = nodesOf(self, url);
  if (nodes.length === 0) return unknown();
  if (!isOn) {
    for (const node of nodes) self.pool.disable(node);
    return outcome(url, 'disable');
  }
  const alive = await Promise.all(nodes.map((node) => self.pool.enable(node)));
  return outcome(url, alive.every(Boolean) ? 'enable' : 'fail');
}

async function ping(self: Rtpengine, url: string): Promise<RpcReply> {
  const nodes = nodesOf(self, url);
  if (nodes.length === 0) return unknown();
  const alive = await Promise.all(nodes.map((node) => self.pool.probeNow(node)));
  return outcome(url, alive.every(Boolean) ? 'success' : 'fail');
}

async function reload(self: Rtpengine): Promise<RpcReply> {
  if (!self.database.isUsed) return new RpcFault(500, 'No Database URL');
  const now = self.host.clock.nowMs();
  if (now - self.reloadedMs < reloadPauseMs)
    return new RpcFault(500, 'ongoing reload or reloaded less than 10 seconds ago');
  self.reloadedMs = now;
  const problem = await self.database.load();
  if (problem !== undefined) return new RpcFault(500, problem);
  await self.openSockets();
  void self.pool.probeAll();
  return [];
}

export const rpc: Readonly<Record<string, RpcDeclaration<Rtpengine>>> = {
  'rtpengine.reload': { doc: 'Reads the nodes from the database again.', run: (self) => reload(self) },
  'rtpengine.enable': {
    doc: 'Enables (1, after a probe) or disables (0, until it is enabled) a node, or all.',
    args: [whichNode, { name: 'enable', type: 'int' }],
    run: (self, [url, isOn]) => enable(self, String(url), Number(isOn) !== 0),
  },
  'rtpengine.show': {
    doc: 'Shows set, weight and state of a node, or of all.',
    args: [whichNode],
    returnsArray: true,
    run: (self, [url]) => {
      const nodes = nodesOf(self, String(url));
      return nodes.length === 0 ? unknown() : nodes.map((node) => show(self, node));
    },
  },
  'rtpengine.ping': {
    doc: 'Probes a node, or all; one that does not answer gets no calls for a while.',
    args: [whichNode],
    run: (self, [url]) => ping(self, String(url)),
  },
  'rtpengine.get_hash_total': {
    doc: 'How many calls and branches the table of calls holds.',
    run: (self) => [self.calls.size],
  },
};
