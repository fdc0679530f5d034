import type { ServerTransaction } from '../transaction/serverTransaction.ts';
import type { ClientBranch } from './clientBranch.ts';
import type { ProxyCore } from './proxyCore.ts';
import type { ResponseContextUser } from './responseContextUser.ts';

/** A response context, as far as resting is concerned. */
export interface Restful {
  readonly core: ProxyCore;
  readonly user: ResponseContextUser;
  readonly server: ServerTransaction | undefined;
  readonly branches: readonly ClientBranch[];
  readonly isIdle: boolean;
  readonly hasRested: boolean;
  isEnded: boolean;
}

/** Lets a small record absorb repetitions where nothing else can come; false when the context has to stay. */
export function letRest(context: Restful): boolean {
  const { core, server, branches } = context;
  if (server === undefined || !server.isAnswered || context.isEnded || context.hasRested) return false;
  if (!context.isIdle || branches.length > 1) return false;
  const branch = branches[0];
  if (branch !== undefined && !branch.canRest) return false;
  const resting = context.user.rest();
  if (resting === undefined) return false;
  context.isEnded = true;
  core.resting.add(resting, server.endMs);
  core.servers.replace(server, resting);
  server.destroy();
  if (branch?.client !== undefined) {
    core.clients.replace(branch.client, resting);
    branch.client.destroy();
  }
  return true;
}
