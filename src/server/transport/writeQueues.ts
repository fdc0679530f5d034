import type { TimerQueue } from '../../base/timerQueue.ts';
import type { Connection } from './connection.ts';
import type { TransportCounters } from './counters.ts';
import type { TcpOptions } from './options.ts';

export interface WriteQueuesParts {
  readonly timers: TimerQueue;
  readonly options: TcpOptions;
  readonly counters: TransportCounters;
  /** The peer has stopped taking bytes: its time runs from now. */
  onBlocked(connection: Connection): void;
}

/**
 * Some transports (TLS) take nothing before the loop has turned, and one turn may have much to say: that much may wait on
 * a connection whose peer has taken something lately.
 */
const burstBytes = 1024 * 1024;
const latelyMs = 2000;

/** What waits to be written, on each connection and in sum, within their bounds. */
export class WriteQueues {
  readonly #parts: WriteQueuesParts;

  constructor(parts: WriteQueuesParts) {
    this.#parts = parts;
  }

  /** Would the bytes go beyond a bound? What nothing waits before is always taken. */
  isFull(connection: Connection, bytes: number): boolean {
    const pending = connection.pendingBytes;
    if (pending === 0) return false;
    this.#noteProgress(connection);
    const { options, counters } = this.#parts;
    const total = counters.current_write_queue_size + bytes;
    return pending + bytes > this.#boundOf(connection) || total > options.totalQueueBytes;
  }

  #boundOf({ blockedSinceMs, state }: Connection): number {
    const { options, timers } = this.#parts;
    const isStuck = state !== 'open' || (blockedSinceMs >= 0 && timers.nowMs - blockedSinceMs >= latelyMs);
    return isStuck ? options.connectionQueueBytes : Math.max(options.connectionQueueBytes, burstBytes);
  }

  /** Writes at once, or keeps the data until the connection is open. */
  put(connection: Connection, data: string | Uint8Array): void {
    if (connection.state === 'open') {
      this.#write(connection, data);
      return;
    }
    connection.waiting.push(data);
    connection.waitingBytes += data.length;
    this.account(connection);
  }

  /** The connection has opened: out with what has waited. */
  flush(connection: Connection): void {
    const { waiting } = connection;
    connection.waiting = [];
    connection.waitingBytes = 0;
    for (const data of waiting) this.#write(connection, data);
  }

  /** The peer has taken something: begin its time anew, or end it. */
  settle(connection: Connection): void {
    this.account(connection);
    connection.blockedSinceMs = connection.countedBytes > 0 ? this.#parts.timers.nowMs : -1;
  }

  /** Keeps the sum of all queues. */
  account(connection: Connection): void {
    const pending = connection.state === 'closed' ? 0 : connection.pendingBytes;
    this.#parts.counters.current_write_queue_size += pending - connection.countedBytes;
    connection.countedBytes = pending;
  }

  /** A stream that always has something under way (TLS) need not ever say that it has drained. */
  #noteProgress(connection: Connection): void {
    if (connection.blockedSinceMs >= 0 && connection.pendingBytes < connection.countedBytes)
      this.settle(connection);
  }

  #write(connection: Connection, data: string | Uint8Array): void {
    const { stream } = connection;
    if (stream === undefined) return;
    const { timers, onBlocked } = this.#parts;
    connection.lastActivityMs = timers.nowMs;
    this.#noteProgress(connection);
    stream.write(data);
    this.account(connection);
    if (connection.countedBytes === 0 || connection.blockedSinceMs >= 0) return;
    connection.blockedSinceMs = timers.nowMs;
    onBlocked(connection);
  }
}
