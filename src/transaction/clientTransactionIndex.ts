import type { SipMessage } from '../sip/message.ts';
import { ClientTransaction } from './clientTransaction.ts';
import type { RestingTransaction } from './restingTransaction.ts';

/** What is found by a response. */
export type ClientEntry = ClientTransaction | RestingTransaction;

/** Client transactions by our own branch; the method of CSeq tells a CANCEL from its INVITE (RFC 3261 §17.1.3). */
export class ClientTransactionIndex {
  readonly #transactions = new Map<string, ClientEntry>();

  get size(): number {
    return this.#transactions.size;
  }

  /** In the place of another one with the same branch, if there is one. */
  add(entry: ClientEntry): void {
    this.#transactions.set(entry.branch, entry);
  }

  remove(entry: ClientEntry): void {
    if (this.#transactions.get(entry.branch) === entry) this.#transactions.delete(entry.branch);
  }

  find(response: SipMessage): ClientEntry | undefined {
    const via = response.topmostVia;
    if (via === undefined) return undefined;
    const entry = this.#transactions.get(via.branch);
    if (entry === undefined) return undefined;
    return response.method === 'CANCEL' ? entry.cancel : entry;
  }

  /** Those that do not rest. */
  *all(): Generator<ClientTransaction> {
    for (const entry of this.#transactions.values()) if (entry instanceof ClientTransaction) yield entry;
  }
}
