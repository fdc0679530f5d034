import type { SipMessage } from '../sip/message.ts';
import { type ClientEntry, ClientTransaction } from './clientTransaction.ts';
import { hashText, LinkedTable } from './linkedTable.ts';

/** Client transactions by our own branch; the method of CSeq tells a CANCEL from its INVITE (RFC 3261 §17.1.3). */
export class ClientTransactionIndex extends LinkedTable<ClientEntry> {
  protected hashOf(entry: ClientEntry): number {
    return entry.branchHash;
  }
  protected next(entry: ClientEntry): ClientEntry | undefined {
    return entry.nextClient;
  }
  protected link(entry: ClientEntry, next: ClientEntry | undefined): void {
    entry.nextClient = next;
  }

  add(transaction: ClientTransaction): void {
    transaction.branchHash = hashText(transaction.branch, 0);
    this.insert(transaction);
  }

  remove(entry: ClientEntry): void {
    this.unlink(entry);
  }

  /** Puts `entry` in the place of another with the same branch. */
  replace(old: ClientEntry, entry: ClientEntry): void {
    entry.branchHash = old.branchHash;
    this.exchange(old, entry);
  }

  find(response: SipMessage): ClientEntry | undefined {
    const branch = response.topmostVia?.branch;
    if (branch === undefined) return undefined;
    for (let entry = this.first(hashText(branch, 0)); entry !== undefined; entry = entry.nextClient) {
      if (entry.branch === branch) return response.method === 'CANCEL' ? entry.cancel : entry;
    }
    return undefined;
  }

  /** Those that do not rest. */
  *all(): Generator<ClientTransaction> {
    for (const entry of this.entries()) if (entry instanceof ClientTransaction) yield entry;
  }
}
