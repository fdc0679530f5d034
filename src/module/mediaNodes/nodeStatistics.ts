/** Counters that modules with media nodes show alike. */
import type { StatisticDeclaration } from '../define.ts';
import type { CommandClient } from './commandClient.ts';
import type { NodePool } from './nodePool.ts';

export interface NodeCommander {
  readonly client: CommandClient;
  readonly pool: NodePool;
  /** Commands that ended well, and all others. */
  readonly succeeded: number;
  readonly failed: number;
}

function total(self: NodeCommander, counter: 'timeouts' | 'failures'): number {
  let sum = 0;
  for (const node of self.pool.table.all()) sum += node[counter];
  return sum;
}

export const nodeStatistics: Readonly<Record<string, StatisticDeclaration<NodeCommander>>> = {
  commands: { doc: 'Commands that succeeded.', read: (self) => self.succeeded },
  failed_commands: { doc: 'Commands that failed.', read: (self) => self.failed },
  pending_commands: { doc: 'Commands that wait for a reply now.', read: (self) => self.client.outstanding },
  shed_commands: { doc: 'Commands refused because too many were waiting.', read: (self) => self.client.shed },
  timeouts: { doc: 'Commands (probes too) that no node answered.', read: (self) => total(self, 'timeouts') },
  node_failures: { doc: 'How often a node was found dead.', read: (self) => total(self, 'failures') },
  disabled_nodes: {
    doc: 'Nodes that get no calls now.',
    read: (self) => [...self.pool.table.all()].filter((node) => !node.enabled && !node.hidden).length,
  },
};
