import { write, writeSync } from 'node:fs';

/** What may wait while the reader of our log stands still. */
const maxBufferedBytes = 1024 * 1024;

/**
 * Writes to a file descriptor without ever blocking the loop: one write is under way (in Node's thread pool),
 * what comes meanwhile is collected up to a bound, and lines beyond it are dropped and counted.
 */
export class FdWriter {
  /** Lines dropped since the start. */
  dropped = 0;
  readonly #fd: number;
  #waiting: string[] = [];
  #waitingBytes = 0;
  #inFlight: Buffer | undefined;
  #unreported = 0;

  constructor(fd: number) {
    this.#fd = fd;
  }

  write(line: string): void {
    if (this.#waitingBytes + line.length > maxBufferedBytes) {
      this.dropped++;
      this.#unreported++;
      return;
    }
    this.#waiting.push(line);
    this.#waitingBytes += line.length;
    if (this.#inFlight === undefined) this.#start();
  }

  /** Writes all that is left, blocking: for the end of the process. */
  flushSync(): void {
    const rest = this.#take();
    if (rest.length === 0) return;
    try {
      writeSync(this.#fd, rest);
    } catch {
      this.dropped++; // nobody reads, and there is nowhere else to say so
    }
  }

  #take(): Buffer {
    if (this.#unreported > 0) {
      this.#waiting.push(`${this.#unreported} log lines dropped: the log is not read fast enough\n`);
      this.#unreported = 0;
    }
    const bytes = Buffer.from(this.#waiting.join(''), 'utf8');
    this.#waiting = [];
    this.#waitingBytes = 0;
    return bytes;
  }

  #start(): void {
    // Lines of one turn of the loop leave together.
    this.#inFlight = Buffer.alloc(0);
    setImmediate(() => this.#writeOn(this.#take()));
  }

  #writeOn(bytes: Buffer): void {
    if (bytes.length === 0) {
      this.#inFlight = undefined;
      return;
    }
    this.#inFlight = bytes;
    write(this.#fd, bytes, 0, bytes.length, null, (error, written) => this.#written(error, written, bytes));
  }

  #written(error: NodeJS.ErrnoException | null, written: number, bytes: Buffer): void {
    if (error?.code === 'EAGAIN') {
      setTimeout(() => this.#writeOn(bytes), 20).unref(); // somebody made the descriptor non-blocking
      return;
    }
    if (error !== null) this.dropped++;
    const rest = error === null ? bytes.subarray(written) : bytes.subarray(bytes.length);
    this.#writeOn(rest.length > 0 ? rest : this.#take());
  }
}
