import type { CloseReason, Connection } from './connection.ts';
import type { TcpOptions } from './options.ts';

/** When the connection is to be closed unless something happens, ms of the monotonic clock. */
export function deadlineOf(connection: Connection, options: TcpOptions): number {
  const { readTimeoutSec, sendTimeoutSec } = options;
  const connectionLifetimeSec = lifetimeSecOf(connection, options);
  const dataTimeoutSec = connection.kind.silenceSec?.() ?? options.dataTimeoutSec;
  let deadlineMs = connection.lastActivityMs + connectionLifetimeSec * 1000;
  if (connection.inbound && connection.receivedBytes === 0 && dataTimeoutSec > 0) {
    deadlineMs = Math.min(deadlineMs, connection.openedMs + dataTimeoutSec * 1000);
  }
  if (isPartial(connection) && readTimeoutSec > 0) {
    deadlineMs = Math.min(deadlineMs, connection.partialSinceMs + readTimeoutSec * 1000);
  }
  if (connection.blockedSinceMs >= 0) {
    deadlineMs = Math.min(deadlineMs, connection.blockedSinceMs + sendTimeoutSec * 1000);
  }
  return deadlineMs;
}

/** Does it owe us the rest of a message? A framer may have found the end after `push`. */
function isPartial({ partialSinceMs, framer }: Connection): boolean {
  return partialSinceMs >= 0 && framer.pendingBytes > 0;
}

/** Seconds of idleness that are granted. */
export function lifetimeSecOf({ kind }: Connection, options: TcpOptions): number {
  return kind.lifetimeSec?.() ?? options.connectionLifetimeSec;
}

/** Which of the limits has passed. */
export function overdueReason(connection: Connection, options: TcpOptions, nowMs: number): CloseReason {
  const since = (startMs: number, limitSec: number) =>
    startMs >= 0 && limitSec > 0 && nowMs - startMs >= limitSec * 1000;
  if (since(connection.blockedSinceMs, options.sendTimeoutSec)) return 'send timeout';
  if (isPartial(connection) && since(connection.partialSinceMs, options.readTimeoutSec))
    return 'read timeout';
  return connection.inbound && connection.receivedBytes === 0 ? 'no data' : 'idle';
}
