import type { TimerQueue } from '../../base/timerQueue.ts';
import type { Framer, StreamLink } from '../../proxy/streamKind.ts';
import type { Frame } from '../../sip/framer.ts';
import type { Complaints } from './complaints.ts';
import type { CloseReason, Connection } from './connection.ts';
import type { ConnectionTable } from './connectionTable.ts';
import type { TransportCounters } from './counters.ts';
import type { TcpOptions } from './options.ts';
import { aliasPortOf } from './peerWay.ts';
import { refusal } from './refusal.ts';
import type { TransportEvents } from './udpSocket.ts';

export interface ReaderParts {
  readonly timers: TimerQueue;
  readonly options: TcpOptions;
  readonly counters: TransportCounters;
  readonly events: TransportEvents;
  readonly complaints: Complaints;
  readonly table: ConnectionTable;
  /** Reads connections on which HTTP begins; undefined where nobody does. */
  http(): ((link: StreamLink) => Framer) | undefined;
  write(connection: Connection, data: string | Uint8Array): boolean;
  close(connection: Connection, reason: CloseReason): void;
  /** Sets its timer anew. */
  arm(connection: Connection): void;
}

/** What connections bring: messages and pings go their way; what is no SIP is HTTP, or the end. */
export class ConnectionReader {
  readonly #parts: ReaderParts;

  constructor(parts: ReaderParts) {
    this.#parts = parts;
  }

  receive(connection: Connection, chunk: Buffer): void {
    if (connection.state !== 'open') return;
    const { timers } = this.#parts;
    connection.lastActivityMs = timers.nowMs;
    connection.receivedBytes += chunk.length;
    const frames = this.#deliver(connection, connection.framer.push(chunk));
    if (connection.framer.pendingBytes === 0) connection.partialSinceMs = -1;
    else if (connection.partialSinceMs < 0 || frames > 0) {
      connection.partialSinceMs = timers.nowMs;
      this.#parts.arm(connection);
    }
  }

  /** How many there were. */
  #deliver(connection: Connection, frames: readonly Frame[]): number {
    for (let i = 0; i < frames.length && connection.stream !== undefined; i++) {
      this.#frame(connection, frames[i] as Frame);
    }
    return frames.length;
  }

  #frame(connection: Connection, frame: Frame): void {
    const { options, counters, events, complaints } = this.#parts;
    switch (frame.kind) {
      case 'message':
        if (options.acceptAliases) this.#acceptAlias(connection, aliasPortOf(frame.text));
        events.onMessage(frame.text, connection.flow);
        return;
      case 'ping':
        counters.keepalives++;
        if (options.crlfPing) this.#parts.write(connection, connection.kind.pong);
        return;
      case 'fault': {
        if (frame.fault === 'http' && this.#becomeHttp(connection)) return;
        counters.framing_errors++;
        const from = `${connection.proto}:${connection.address}:${connection.port}`;
        complaints.error(`${from} sent no SIP (${frame.fault}); connection closed`);
        const answer = frame.status === 0 ? '' : refusal(frame.head, frame.status, connection);
        if (answer !== '') this.#parts.write(connection, connection.kind.encode(answer));
        this.#parts.close(connection, 'framing');
      }
    }
  }

  #becomeHttp(connection: Connection): boolean {
    const framerOf = this.#parts.http();
    const { rest } = connection.framer;
    if (framerOf === undefined || rest === undefined) return false;
    connection.framer = framerOf(this.link(connection));
    this.#deliver(connection, connection.framer.push(rest));
    return true;
  }

  link(connection: Connection): StreamLink {
    return {
      connectionId: connection.connectionId,
      get flow() {
        return connection.flow;
      },
      write: (data) => connection.state === 'open' && this.#parts.write(connection, data),
      close: () => {
        if (connection.state !== 'closed') this.#parts.close(connection, 'asked');
      },
      stopSending: () => {
        connection.ending = true;
      },
      deliver: (frames) => void this.#deliver(connection, frames),
    };
  }

  #acceptAlias(connection: Connection, port: number): void {
    if (port > 0) this.#parts.table.addKey(connection, port);
  }
}
