import type { ScriptContext } from '../../module/context.ts';
import type { Host } from '../../module/host.ts';
import type { NextHop } from '../../proxy/nextHop.ts';
import type { ProxyCore } from '../../proxy/proxyCore.ts';
import type { Flow } from '../../proxy/transport.ts';
import type { RelayFailure } from './failureReason.ts';
import type { TmConfig } from './parameters.ts';
import type { Relay } from './relay.ts';
import type { ScriptRoutes } from './scriptRoutes.ts';
import type { Transaction } from './transaction.ts';

/** What the parts of tm ask of the whole. */
export interface TmServices {
  readonly host: Host;
  readonly config: TmConfig;
  readonly core: ProxyCore;
  readonly routes: ScriptRoutes;
  readonly relaying: Relay;
  transactionOf(context: ScriptContext): Transaction | undefined;
  newTransaction(context: ScriptContext): number;
  detached(context: ScriptContext, source: Flow | undefined): Transaction;
  sayTrying(transaction: Transaction): void;
  answerFailure(transaction: Transaction, failure: RelayFailure): void;
  forwardStateless(
    context: ScriptContext,
    hop: NextHop | undefined,
    isOwn: boolean,
  ): number | Promise<number>;
}
