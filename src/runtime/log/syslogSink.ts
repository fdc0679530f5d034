import type { DgramSocket } from 'node-unix-socket';
import type { LogRecord, LogSink } from '../../base/ports.ts';
import { newUnixDatagramSocket, sendUnixDatagram } from '../unix.ts';
import { faceOf, textLine } from './format.ts';

/** Facilities by the names of the config, without `LOG_`. */
const facilities: Readonly<Record<string, number>> = {
  KERN: 0,
  USER: 1,
  MAIL: 2,
  DAEMON: 3,
  AUTH: 4,
  SYSLOG: 5,
  LPR: 6,
  NEWS: 7,
  UUCP: 8,
  CRON: 9,
  AUTHPRIV: 10,
  FTP: 11,
  LOCAL0: 16,
  LOCAL1: 17,
  LOCAL2: 18,
  LOCAL3: 19,
  LOCAL4: 20,
  LOCAL5: 21,
  LOCAL6: 22,
  LOCAL7: 23,
};

/** Number of `LOG_LOCAL0`, `local0` ...; undefined for an unknown name. */
export function facilityNumber(name: string): number | undefined {
  const upper = name.toUpperCase();
  return facilities[upper.startsWith('LOG_') ? upper.slice(4) : upper];
}

export interface SyslogOptions {
  readonly path: string;
  readonly facility: string;
  /** The tag (`log_name`). */
  readonly name: string;
  readonly pid: number;
  /** Formats a record; the text line without it. */
  readonly format?: ((record: LogRecord) => string) | undefined;
  wallMs(): number;
}

/** Datagrams that may be under way to the syslog daemon. */
const maxPending = 1000;
const facilityDaemon = 3;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * Sends records to the syslog daemon (RFC 3164 over its unix socket). Each datagram names the path, so a daemon
 * that restarts is found again by itself; while there is none, lines go to the fallback.
 */
export class SyslogSink implements LogSink {
  /** Records that neither syslog nor the fallback took. */
  dropped = 0;
  readonly #options: SyslogOptions;
  readonly #fallback: LogSink;
  readonly #facility: number;
  #socket: DgramSocket | undefined;
  #pending = 0;

  constructor(options: SyslogOptions, fallback: LogSink) {
    this.#options = options;
    this.#fallback = fallback;
    this.#facility = facilityNumber(options.facility) ?? facilityDaemon;
  }

  write(record: LogRecord): void {
    if (this.#pending >= maxPending) {
      this.dropped++;
      return;
    }
    const socket = this.#open();
    if (socket === undefined) {
      this.#fallback.write(record);
      return;
    }
    this.#pending++;
    sendUnixDatagram(socket, Buffer.from(this.#packet(record), 'utf8'), this.#options.path, (error) => {
      this.#pending--;
      if (error !== undefined) this.#fallback.write(record);
    });
  }

  close(): void {
    this.#socket?.close();
    this.#socket = undefined;
  }

  #open(): DgramSocket | undefined {
    try {
      if (this.#socket === undefined) {
        this.#socket = newUnixDatagramSocket();
        this.#socket.on('error', () => this.close());
      }
    } catch {
      // no native module for this platform: the fallback it is
    }
    return this.#socket;
  }

  #packet(record: LogRecord): string {
    const { name, pid, format = textLine } = this.#options;
    const asked = record.facility === undefined ? undefined : facilityNumber(record.facility);
    const priority = (asked ?? this.#facility) * 8 + faceOf(record.level).severity;
    return `<${priority}>${timestamp(this.#options.wallMs())} ${name}[${pid}]: ${format(record).trimEnd()}`;
  }
}

/** `Nov  2 21:05:09`, local time, as RFC 3164 wants it. */
function timestamp(wallMs: number): string {
  const date = new Date(wallMs);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = String(date.getDate()).padStart(2, ' ');
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return `${months[date.getMonth()]} ${day} ${time}`;
}
