import { ServerError } from '../../base/errors.ts';

/** Works that may wait for their turn, for one key and for all together. */
const maxForKey = 1_000;
const maxTotal = 20_000;

/** Works on one thing (a presentity, a dialog) one after another, while those on others go on. */
export class Turns {
  readonly #last = new Map<string, { ended: Promise<unknown>; waiting: number }>();
  #total = 0;

  /** Rejects when too many wait, else as `work` does. */
  async inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
    const row = this.#last.get(key) ?? { ended: Promise.resolve(), waiting: 0 };
    if (row.waiting >= maxForKey || this.#total >= maxTotal)
      throw new ServerError('PRESENCE_BUSY', 'too many requests wait for their turn');
    this.#last.set(key, row);
    row.waiting++;
    this.#total++;
    const turn = row.ended.then(work);
    row.ended = turn.catch(nothing);
    try {
      return await turn;
    } finally {
      this.#total--;
      row.waiting--;
      if (row.waiting === 0) this.#last.delete(key);
    }
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    while (this.#last.size > 0) await Promise.all([...this.#last.values()].map(({ ended }) => ended));
  }
}

function nothing(): void {}
