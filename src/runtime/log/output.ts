import { hostname } from 'node:os';
import type { LogRecord, LogSink } from '../../base/ports.ts';
import { FdWriter } from './fdWriter.ts';
import { JsonLogFormat, parseJsonLogFlags } from './jsonSink.ts';
import { StderrSink } from './stderrSink.ts';
import { SyslogSink } from './syslogSink.ts';

export interface LogOptions {
  readonly to: 'stderr' | 'syslog';
  /** `-e`: colours on stderr. */
  readonly colors?: boolean | undefined;
  /** `--log-engine=json:FLAGS`; text lines when undefined. */
  readonly json?: { readonly flags: string } | undefined;
  /** `log_facility`, default LOG_DAEMON. */
  readonly facility?: string | undefined;
  /** `log_name`, default `olelo`. */
  readonly name?: string | undefined;
  readonly syslogPath?: string | undefined;
  /** Instead of 2. */
  readonly fd?: number | undefined;
}

/**
 * Where this process logs to. It speaks to stderr from the first moment; the command line and then the config
 * may turn it elsewhere (`reconfigure`).
 */
export class LogOutput implements LogSink {
  readonly #writer: FdWriter;
  #sink: LogSink;
  #syslog: SyslogSink | undefined;

  constructor(options: LogOptions) {
    this.#writer = new FdWriter(options.fd ?? 2);
    this.#sink = this.#make(options);
  }

  /** Records lost because nobody took them in time. */
  get dropped(): number {
    return this.#writer.dropped + (this.#syslog?.dropped ?? 0);
  }

  write(record: LogRecord): void {
    this.#sink.write(record);
  }

  reconfigure(options: LogOptions): void {
    this.#syslog?.close();
    this.#syslog = undefined;
    this.#sink = this.#make(options);
  }

  /** Call before the process ends: writes what is buffered. */
  flushSync(): void {
    this.#writer.flushSync();
  }

  close(): void {
    this.flushSync();
    this.#syslog?.close();
  }

  #make(options: LogOptions): LogSink {
    const { pid } = process;
    const application = options.name ?? 'olelo';
    const json =
      options.json &&
      new JsonLogFormat(parseJsonLogFlags(options.json.flags), {
        pid,
        application,
        hostname: hostname(),
        wallMs: Date.now,
      });
    const text = new StderrSink(this.#writer, pid, options.colors ?? false);
    const stderr = json ? { write: (record: LogRecord) => this.#writer.write(json.line(record)) } : text;
    if (options.to === 'stderr') return stderr;
    this.#syslog = new SyslogSink(
      {
        path: options.syslogPath ?? '/dev/log',
        facility: options.facility ?? 'LOG_DAEMON',
        name: application,
        pid,
        format: json && ((record) => json.line(record)),
        wallMs: Date.now,
      },
      stderr,
    );
    return this.#syslog;
  }
}
