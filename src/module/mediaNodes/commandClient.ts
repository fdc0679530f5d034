/** Sends commands to media nodes over UDP: cookies, repetitions, timeouts, and a bound on what is outstanding. */
import type { DatagramSocket, Log } from '../../base/ports.ts';
import type { Timer } from '../../base/timerQueue.ts';
import type { Host } from '../host.ts';
import type { MediaNode } from './nodes.ts';

/** Why there is no reply. */
export type NoReply = 'timeout' | 'overload' | 'unresolved' | 'closed';

/** What stands behind the cookie of a reply, as latin1. */
export interface Reply {
  readonly text: string;
}

export interface Timing {
  /** Milliseconds to wait for each try. */
  readonly timeoutMs: number;
  readonly tries: number;
}

/** Commands that may wait for one node; more fail at once. */
const maxOutstanding = 4096;

interface Pending {
  readonly cookie: string;
  readonly node: MediaNode;
  readonly datagram: string;
  readonly timing: Timing;
  tries: number;
  timer: Timer | undefined;
  readonly done: (reply: Reply | NoReply) => void;
}

export class CommandClient {
  readonly #host: Host;
  readonly #log: Log;
  readonly #pending = new Map<string, Pending>();
  readonly #outstanding = new Map<MediaNode, number>();
  readonly #sockets = new Map<4 | 6, DatagramSocket>();
  #prefix = '';
  #count = 0;
  /** Commands refused because too many were waiting. */
  shed = 0;

  constructor(host: Host) {
    this.#host = host;
    this.#log = host.log;
  }

  get outstanding(): number {
    return this.#pending.size;
  }

  /** Opens the sockets that the nodes need; `local` is the address to send from, '' for any. */
  async open(families: Iterable<4 | 6>, local: string): Promise<void> {
    this.#prefix ||= this.#host.entropy.uint32().toString(16);
    for (const family of families) {
      if (this.#sockets.has(family)) continue;
      const any = family === 6 ? '::' : '0.0.0.0';
      const isSame = local !== '' && local.includes(':') === (family === 6);
      const socket = await this.#host.net.bindDatagram(isSame ? local : any, 0, {
        onDatagram: (data) => this.#receive(data.toString('latin1')),
        onError: (error) => this.#log.warn(`a command did not leave: ${error.message}`),
      });
      this.#sockets.set(family, socket);
    }
  }

  close(): void {
    for (const socket of this.#sockets.values()) socket.close();
    this.#sockets.clear();
    for (const pending of [...this.#pending.values()]) this.#finish(pending, 'closed');
  }

  /** Resolves with the reply, or with the reason why there is none. */
  ask(node: MediaNode, command: string, timing: Timing): Promise<Reply | NoReply> {
    if (node.address === '') return Promise.resolve('unresolved');
    const outstanding = this.#outstanding.get(node) ?? 0;
    if (outstanding >= maxOutstanding) {
      this.shed++;
      return Promise.resolve('overload');
    }
    this.#outstanding.set(node, outstanding + 1);
    const cookie = `${this.#prefix}_${++this.#count}`;
    return new Promise((resolve) => {
      const datagram = `${cookie} ${command}`;
      const pending: Pending = { cookie, node, datagram, timing, tries: 0, timer: undefined, done: resolve };
      this.#pending.set(cookie, pending);
      this.#transmit(pending);
    });
  }

  /** All that waits for this node ends now: it has been found dead. */
  abandon(node: MediaNode): void {
    for (const pending of [...this.#pending.values()])
      if (pending.node === node) this.#finish(pending, 'timeout');
  }

  #transmit(pending: Pending): void {
    const { node, timing } = pending;
    const socket = this.#sockets.get(node.address.includes(':') ? 6 : 4);
    if (pending.tries >= Math.max(1, timing.tries) || socket === undefined) {
      this.#finish(pending, 'timeout');
      return;
    }
    pending.tries++;
    node.sent++;
    socket.send(pending.datagram, node.address, node.at.port);
    pending.timer = this.#host.timers.schedule(
      timing.timeoutMs,
      (late: Pending) => this.#transmit(late),
      pending,
    );
  }

  #receive(text: string): void {
    const space = text.indexOf(' ');
    const pending = this.#pending.get(text.slice(0, space));
    if (pending === undefined) return; // the second answer to a repeated command
    this.#finish(pending, { text: text.slice(space + 1) });
  }

  #finish(pending: Pending, outcome: Reply | NoReply): void {
    if (!this.#pending.delete(pending.cookie)) return;
    if (pending.timer !== undefined) this.#host.timers.cancel(pending.timer);
    const { node } = pending;
    this.#outstanding.set(node, (this.#outstanding.get(node) ?? 1) - 1);
    if (outcome === 'timeout') node.timeouts++;
    pending.done(outcome);
  }
}
