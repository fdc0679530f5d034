import type { LogRecord, LogSink } from '../../base/ports.ts';
import type { FdWriter } from './fdWriter.ts';
import { faceOf, processHead, textLine } from './format.ts';

const plain = '\x1b[0;39;49m';

/** Kamailio's lines on a terminal or in a file (`-E`, `log_stderror`), with colours for `-e`. */
export class StderrSink implements LogSink {
  readonly #writer: FdWriter;
  readonly #head: string;
  readonly #colors: boolean;

  constructor(writer: FdWriter, pid: number, colors: boolean) {
    this.#writer = writer;
    this.#head = processHead(pid);
    this.#colors = colors;
  }

  write(record: LogRecord): void {
    const line = this.#head + textLine(record);
    this.#writer.write(this.#colors ? `\x1b[0;${faceOf(record.level).color};49m${line}${plain}` : line);
  }
}
