import { withoutPassword } from '../../base/databaseUrl.ts';
import { RpcStruct } from '../../module/rpc.ts';
import type { Databases } from '../databases.ts';
import { type CoreMethods, method } from './methods.ts';

/** `db.status`: what the open databases are doing. */
export function databasesRpc(databases: Databases): CoreMethods {
  return {
    'db.status': method('Counters of the open databases.', () => statusOf(databases), { returnsArray: true }),
  };
}

function statusOf(databases: Databases): RpcStruct[] {
  return [...databases.opened].map(([url, database]) => {
    const reply = new RpcStruct({ url: withoutPassword(url) });
    const status = database.status?.();
    if (status === undefined) return reply.add('state', 'open');
    const { isAway, connections, pending, queries, failures, overloads, outages } = status;
    reply.add('state', isAway ? 'away' : 'up');
    const counters = { connections, pending, queries, failures, overloads, outages };
    for (const [name, value] of Object.entries(counters)) reply.add(name, value);
    return reply;
  });
}
