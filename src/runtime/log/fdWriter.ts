import { write, writeSync } from 'node:fs';

/** What may wait while the reader of our log stands still. */
const maxBufferedBytes = 1024 * 1024;

const nothing: Buffer = Buffer.alloc(0);

/** How long lines gather before they are written together, ms: a write costs more than many lines. */
const gatherMs = 20;

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
    this.#inFlight = nothing;
    setTimeout(() => this.#writeOn(this.#take()), gatherMs).unref();
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
    if (rest.length > 0) this.#writeOn(rest);
    else if (this.#waiting.length > 0) this.#start();
    else this.#inFlight = undefined;
  }
}
