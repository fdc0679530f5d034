import type { SipMessage } from '../sip/message.ts';
import type { ClientTransaction } from './clientTransaction.ts';

/** Client transactions by our own branch; the method of CSeq tells a CANCEL from its INVITE (RFC 3261 §17.1.3). */
export class ClientTransactionIndex {
  readonly #transactions = new Map<string, ClientTransaction>();

  get size(): number {
    return this.#transactions.size;
  }

  add(transaction: ClientTransaction): void {
    this.#transactions.set(transaction.branch, transaction);
  }

  remove(transaction: ClientTransaction): void {
    if (this.#transactions.get(transaction.branch) === transaction)
      this.#transactions.delete(transaction.branch);
  }

  find(response: SipMessage): ClientTransaction | undefined {
    const via = response.topmostVia;
    if (via === undefined) return undefined;
    const transaction = this.#transactions.get(via.branch);
    if (transaction === undefined) return undefined;
    return response.method === 'CANCEL' ? transaction.cancel : transaction;
  }

  all(): IterableIterator<ClientTransaction> {
    return this.#transactions.values();
  }
}
