import type { Files } from '../../base/ports.ts';

/** One growing file. What comes while a write is under way goes out together with the next one, in order. */
export class TableFile {
  readonly #files: Files;
  readonly #path: string;
  readonly #onFailure: (error: unknown) => void;
  #waiting = '';
  #waitingCount = 0;
  #writingCount = 0;
  #next: Promise<void> | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(files: Files, path: string, onFailure: (error: unknown) => void) {
    this.#files = files;
    this.#path = path;
    this.#onFailure = onFailure;
  }

  /** Rows that are not in the file yet. */
  get pending(): number {
    return this.#waitingCount + this.#writingCount;
  }

  /** Resolves when the text is in the file. */
  append(text: string): Promise<void> {
    this.#waiting += text;
    this.#waitingCount++;
    if (this.#next === undefined) {
      const before = this.#running;
      this.#next = before.then(
        () => this.#write(),
        () => this.#write(),
      );
      this.#running = this.#next;
    }
    return this.#next;
  }

  /** Resolves when all is written, or could not be. */
  async settled(): Promise<void> {
    await this.#running.catch(() => {});
  }

  async #write(): Promise<void> {
    const text = this.#waiting;
    this.#writingCount = this.#waitingCount;
    this.#waiting = '';
    this.#waitingCount = 0;
    this.#next = undefined;
    try {
      // opened anew each time: a file that was moved away gets a successor
      await this.#files.append(this.#path, text);
    } catch (error) {
      this.#onFailure(error);
      throw error;
    } finally {
      this.#writingCount = 0;
    }
  }
}
