import type { Timer } from '../../base/timerQueue.ts';
import type { ScriptContext } from '../../module/context.ts';
import { ClientBranch } from '../../proxy/clientBranch.ts';
import { copyTarget } from '../../proxy/target.ts';
import type { Suspension } from './api.ts';
import { internalError } from './failureReason.ts';
import type { TmServices } from './services.ts';
import type { Transaction } from './transaction.ts';

/** Set in the scratch of a context whose route runs as the continuation of a suspended request. */
export const resumedKey = Symbol('tm resumed');

class Suspended {
  readonly owner: Suspensions;
  readonly key: string;
  readonly transaction: Transaction;
  /** Stands for the branch that may come of it, so that nothing is decided before. */
  readonly placeholder: ClientBranch;
  timer: Timer | undefined = undefined;

  constructor(owner: Suspensions, key: string, transaction: Transaction, placeholder: ClientBranch) {
    this.owner = owner;
    this.key = key;
    this.transaction = transaction;
    this.placeholder = placeholder;
  }
}

/** Requests that wait for something outside (t_suspend, t_continue). */
export class Suspensions {
  readonly #tm: TmServices;
  readonly #waiting = new Map<string, Suspended>();

  constructor(tm: TmServices) {
    this.#tm = tm;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** Makes the transaction when there is none; undefined when there cannot be one, or it waits already. */
  suspend(context: ScriptContext): Suspension | undefined {
    const tm = this.#tm;
    if (context.transaction === undefined && tm.transactions.newTransaction(context) <= 0) return undefined;
    const transaction = tm.transactions.transactionOf(context);
    if (transaction === undefined || !transaction.proxy.isOpen || transaction.isLocal) return undefined;
    const id = idOf(transaction);
    const key = `${id.index}:${id.label}`;
    if (this.#waiting.has(key)) return undefined;
    transaction.takeReplyExtras(context);
    tm.sayTrying(transaction);
    tm.relaying.remember(transaction, context);
    transaction.takeFlags(context);
    transaction.suspensions++;
    const suspended = new Suspended(this, key, transaction, placeholderOf(transaction, context));
    suspended.timer = tm.core.timers.schedule(transaction.proxy.timers.timerBMs, expire, suspended);
    this.#waiting.set(key, suspended);
    return id;
  }

  /** Runs the route; false when nothing waits under that id any more, or the client has given up. */
  resume({ index, label }: Suspension, routeName: string): boolean | Promise<boolean> {
    const suspended = this.#take(`${index}:${label}`);
    if (suspended === undefined) return false;
    const { transaction, placeholder } = suspended;
    const { proxy } = transaction;
    placeholder.status = internalError.status;
    placeholder.isLocal = true;
    placeholder.isDiscarded = true;
    if (!proxy.isOpen || transaction.isCancelled) return false;
    const context = this.#tm.routes.failureContext(transaction, undefined);
    transaction.usedTarget = undefined;
    context.scratch.set(resumedKey, true);
    proxy.holds++;
    const result = this.#tm.host.routes.run('route', routeName, context);
    if (typeof result === 'number') return this.#resumed(transaction, context);
    return result.then(() => this.#resumed(transaction, context));
  }

  #resumed(transaction: Transaction, context: ScriptContext): boolean {
    const { proxy } = transaction;
    proxy.holds--;
    transaction.takeFlags(context);
    if (proxy.isOpen && !proxy.hasPending && transaction.suspensions === 0)
      this.#tm.answerFailure(transaction, transaction.failure ?? internalError);
    return true;
  }

  /** Takes a suspension back; the script goes on as if it had not been. */
  cancel({ index, label }: Suspension): boolean {
    const suspended = this.#take(`${index}:${label}`);
    if (suspended === undefined) return false;
    suspended.placeholder.status = internalError.status;
    suspended.placeholder.isLocal = true;
    suspended.placeholder.isDiscarded = true;
    return true;
  }

  /** The transaction is over, or its client has cancelled. */
  drop(transaction: Transaction): void {
    const { index, label } = idOf(transaction);
    this.#take(`${index}:${label}`);
  }

  /** fr_timer: whoever should have resumed did not; the transaction fails like a branch without response. */
  expire(key: string): void {
    const suspended = this.#take(key);
    if (suspended === undefined) return;
    suspended.placeholder.hasTimedOut = true;
    void suspended.transaction.proxy.fail(suspended.placeholder, 408);
  }

  #take(key: string): Suspended | undefined {
    const suspended = this.#waiting.get(key);
    if (suspended === undefined) return undefined;
    this.#waiting.delete(key);
    if (suspended.timer !== undefined) this.#tm.core.timers.cancel(suspended.timer);
    suspended.transaction.suspensions--;
    return suspended;
  }
}

function expire(suspended: Suspended): void {
  suspended.owner.expire(suspended.key);
}

/** The two numbers under which scripts and RPC know a transaction. */
export function idOf(transaction: { readonly id: number }): Suspension {
  return { index: transaction.id & 0xffff, label: Math.floor(transaction.id / 0x10000) };
}

function placeholderOf(transaction: Transaction, context: ScriptContext): ClientBranch {
  const { proxy, flow } = transaction;
  const branch = new ClientBranch(
    proxy,
    { target: copyTarget(context.target), addresses: [], edits: undefined, body: undefined },
    {
      index: proxy.branches.length,
      step: proxy.step,
      viaBranch: proxy.nextViaBranch(),
      destination: { ...flow, host: '' },
      addressAt: 0,
    },
  );
  proxy.branches.push(branch);
  return branch;
}
