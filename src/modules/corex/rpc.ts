import type { RpcDeclaration } from '../../module/define.ts';
import type { Host } from '../../module/host.ts';
import { RpcFault, RpcStruct } from '../../module/rpc.ts';
import type { ListenSocket } from '../../proxy/transport.ts';
import type { Corex } from './corex.ts';

type Methods = Readonly<Record<string, RpcDeclaration<Corex>>>;

function socketRecord(socket: ListenSocket): RpcStruct {
  return new RpcStruct({
    PROTO: socket.proto,
    NAME: socket.address,
    ADDRLIST: new RpcStruct({ ADDR: socket.address }),
    PORT: String(socket.port),
    MCAST: 'no',
    MHOMED: 'no',
    VIRTUAL: socket.virtual ? 'yes' : 'no',
    SOCKNAME: socket.name === '' ? '-' : socket.name,
    ADVERTISE: socket.advertised ? socket.sentByHost : '-',
  });
}

function memory(host: Host): RpcStruct {
  const { rss, heapUsed, heapTotal } = host.machine.memoryBytes();
  return new RpcStruct({
    total: heapTotal,
    free: heapTotal - heapUsed,
    used: heapUsed,
    real_used: rss,
    max_used: heapTotal,
    fragments: 0,
  });
}

function logMemory(doc: string): RpcDeclaration<Corex> {
  return {
    doc,
    args: [{ name: 'filter', type: 'any', rest: true }],
    run: ({ host }) => {
      const { rss, heapUsed, heapTotal, external } = host.machine.memoryBytes();
      host.log.notice(
        `memory: heap ${heapUsed} of ${heapTotal} bytes, external ${external}, resident ${rss}`,
      );
      return [];
    },
  };
}

const info: RpcDeclaration<Corex> = {
  doc: 'The memory manager.',
  run: ({ host }) => [new RpcStruct({ name: 'v8', size: host.machine.memoryBytes().heapTotal })],
};
const usage: RpcDeclaration<Corex> = { doc: 'Use of memory, bytes.', run: ({ host }) => [memory(host)] };

export const rpcMethods: Methods = {
  'corex.debug': {
    doc: 'Tells the log level, or sets it.',
    args: [{ name: 'level', type: 'int', optional: true }],
    run: ({ host }, [level]) => {
      const debug = host.runtimeConfig.find('core', 'debug');
      if (debug === undefined) return new RpcFault(500, 'Internal error');
      const old = debug.get();
      if (level === undefined) return [new RpcStruct({ debug: old })];
      const refused = debug.set(Number(level));
      return refused === undefined
        ? [new RpcStruct({ old, new: Number(level) })]
        : new RpcFault(500, refused);
    },
  },
  'corex.list_sockets': {
    doc: 'Local sockets.',
    returnsArray: true,
    run: ({ host }) => host.transport.sockets.map(socketRecord),
  },
  'corex.list_aliases': {
    doc: 'Names that are ours.',
    returnsArray: true,
    run: ({ host }) =>
      (host.transport.names?.aliases ?? []).map(
        (alias) => new RpcStruct({ PROTO: alias.proto ?? '*', ADDR: alias.host, PORT: String(alias.port) }),
      ),
  },
  'corex.shm_status': logMemory('Logs the use of memory.'),
  'corex.shm_summary': logMemory('Logs the use of memory.'),
  'corex.pkg_summary': logMemory('Logs the use of memory.'),
  'shm.info': info,
  'corex.shm.info': info,
  'shm.report': usage,
  'corex.shm.report': usage,
  'shm.stats': usage,
  'corex.shm.stats': usage,
};
