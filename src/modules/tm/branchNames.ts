import type { ScriptContext } from '../../module/context.ts';
import type { ProxyCore } from '../../proxy/proxyCore.ts';
import type { Transaction } from './transaction.ts';

const reservedKey = Symbol('tm reserved branch');

/**
 * The Via branch that the next copy of the request will have. Before there is a transaction, its part of the name is
 * reserved for the one that will be made from this context.
 */
export function nextViaBranch(
  core: ProxyCore,
  context: ScriptContext,
  transaction: Transaction | undefined,
): string {
  if (transaction !== undefined) return transaction.proxy.nextViaBranch();
  return `${reservedBranchBase(context) ?? reserve(core, context)}.0`;
}

export function reservedBranchBase(context: ScriptContext): string | undefined {
  return context.scratch.get(reservedKey) as string | undefined;
}

function reserve(core: ProxyCore, context: ScriptContext): string {
  const base = core.newBranchBase();
  context.scratch.set(reservedKey, base);
  return base;
}
