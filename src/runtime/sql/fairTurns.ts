/** So many answers are handed on in one turn of the loop. */
const perTurn = 8;

/**
 * Hands answers on in order, a few in each turn of the loop. A database that was late answers hundreds of queries in one
 * packet; all the routes that waited for them, run in one go, would keep every other message waiting.
 */
export class FairTurns {
  #waiting: (() => void)[] = [];
  #left = perTurn;
  #isScheduled = false;

  take(work: () => void): void {
    if (this.#left > 0 && this.#waiting.length === 0) {
      this.#left--;
      work();
    } else {
      this.#waiting.push(work);
    }
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#left = perTurn;
      if (this.#waiting.length === 0) return;
      const now = this.#waiting.splice(0, perTurn);
      this.#left -= now.length;
      for (const work of now) work();
      if (this.#waiting.length > 0) this.#schedule();
    });
  }
}
