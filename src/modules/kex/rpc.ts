import type { RpcDeclaration } from '../../module/define.ts';
import type { Host } from '../../module/host.ts';
import { RpcFault, type RpcParameter, RpcStruct } from '../../module/rpc.ts';
import type { Kex } from './kex.ts';
import { asLines, asStruct, reset, selected } from './statistics.ts';

type Methods = Readonly<Record<string, RpcDeclaration<Kex>>>;

const statsid: RpcParameter = { name: 'statsid', type: 'string', rest: true };

const statistics: Methods = {
  'stats.get_statistics': {
    doc: 'Counters as lines "group:name = value".',
    args: [statsid],
    returnsArray: true,
    run: ({ host }, args) => asLines(selected(host, args)),
  },
  'stats.fetch': {
    doc: 'Counters as members of one record, values as text.',
    args: [statsid],
    run: ({ host }, args) => [asStruct(selected(host, args), false)],
  },
  'stats.fetchn': {
    doc: 'Counters as members of one record, values as numbers.',
    args: [statsid],
    run: ({ host }, args) => [asStruct(selected(host, args), true)],
  },
  'stats.reset_statistics': {
    doc: 'Sets counters back to 0.',
    args: [statsid],
    run: ({ host }, args) => {
      reset(host, selected(host, args));
      return [];
    },
  },
  'stats.clear_statistics': {
    doc: 'Tells counters and sets them back to 0.',
    args: [statsid],
    returnsArray: true,
    run: ({ host }, args) => {
      const entries = selected(host, args);
      reset(host, entries);
      return asLines(entries);
    },
  },
};

const noModuleMemory = 'memory is not accounted by module: it is one garbage-collected heap (see pkg.stats)';

/** There is one process and one heap. */
const memory: Methods = {
  'pkg.stats': {
    doc: 'Memory of the process. A filter is pid, rank or index, with its value.',
    args: [
      { name: 'filter', type: 'string', optional: true },
      { name: 'value', type: 'int', optional: true },
    ],
    returnsArray: true,
    run: ({ host }, [filter, value]) => {
      if (filter !== undefined && !['pid', 'rank', 'index'].includes(String(filter)))
        return new RpcFault(500, 'Invalid filter type');
      const own = filter === 'pid' ? host.machine.pid : 0;
      return filter !== undefined && value !== own ? [] : [processMemory(host)];
    },
  },
  'pkg.info': {
    doc: 'The memory manager.',
    run: ({ host }) => [new RpcStruct({ name: 'v8', size: host.machine.memoryBytes().heapTotal })],
  },
  'mod.stats': {
    doc: 'Memory by module.',
    args: [{ name: 'module', type: 'string', rest: true }],
    run: () => new RpcFault(500, noModuleMemory),
  },
  'mod.mem_stats': {
    doc: 'Memory by module.',
    args: [{ name: 'module', type: 'string', rest: true }],
    run: () => new RpcFault(500, noModuleMemory),
  },
  'mod.mem_statsx': {
    doc: 'Memory by module.',
    args: [{ name: 'module', type: 'string', rest: true }],
    run: () => new RpcFault(500, noModuleMemory),
  },
};

function processMemory(host: Host): RpcStruct {
  const { rss, heapUsed, heapTotal } = host.machine.memoryBytes();
  return new RpcStruct({
    entry: 0,
    pid: host.machine.pid,
    rank: 0,
    used: heapUsed,
    free: heapTotal - heapUsed,
    real_used: rss,
    total_size: heapTotal,
    total_frags: 0,
    desc: 'main process',
  });
}

export const rpcMethods: Methods = { ...statistics, ...memory };
