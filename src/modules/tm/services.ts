import type { ScriptContext } from '../../module/context.ts';
import type { Host } from '../../module/host.ts';
import type { NextHop } from '../../proxy/nextHop.ts';
import type { ProxyCore } from '../../proxy/proxyCore.ts';
import type { RelayFailure } from './failureReason.ts';
import type { TmConfig } from './parameters.ts';
import type { Relay } from './relay.ts';
import type { ScriptRoutes } from './scriptRoutes.ts';
import type { Transaction } from './transaction.ts';
import type { TransactionStore } from './transactionStore.ts';

/** What the parts of tm ask of the whole. */
export interface TmServices {
  readonly host: Host;
  readonly config: TmConfig;
  readonly core: ProxyCore;
  readonly routes: ScriptRoutes;
  readonly relaying: Relay;
  readonly transactions: TransactionStore;
  sayTrying(transaction: Transaction): void;
  answer(transaction: Transaction, status: number, reason: string): void;
  answerFailure(transaction: Transaction, failure: RelayFailure): void;
  forwardStateless(
    context: ScriptContext,
    hop: NextHop | undefined,
    isOwn: boolean,
  ): number | Promise<number>;
}
