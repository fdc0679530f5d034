import type { SocketAddress } from '../base/ports.ts';
import { TimerWheel } from '../base/timerWheel.ts';
import { isWireError, parseMessage, type SipMessage } from '../sip/message.ts';
import { buildAck } from '../sip/request.ts';
import {
  type ClientTransaction,
  type ClientUser,
  InviteClientTransaction,
  NonInviteClientTransaction,
} from '../transaction/clientTransaction.ts';
import { ClientTransactionIndex } from '../transaction/clientTransactionIndex.ts';
import {
  InviteServerTransaction,
  NonInviteServerTransaction,
  type ServerTransaction,
  type ServerUser,
} from '../transaction/serverTransaction.ts';
import { ServerTransactionIndex } from '../transaction/serverTransactionIndex.ts';
import type { TimerTable } from '../transaction/timers.ts';
import type { Tap } from './events.ts';
import { ClientFailure } from './failure.ts';
import { IncomingRequest, isComplete, responseWay } from './incoming.ts';
import { messageLimits } from './limits.ts';
import type { ClientPorts, Link, LinkHandler, Way } from './link.ts';
import { linkFailure } from './openLink.ts';
import { PendingRequest } from './pending.ts';

/** Who answers what comes in. */
export interface AgentUser {
  onRequest(request: IncomingRequest): void;
  /** The ACK of an INVITE that was answered. */
  onAck(transaction: ServerTransaction, ack: SipMessage): void;
  /** A request of the other side was taken back, and answered 487. */
  onCancel(transaction: ServerTransaction): void;
}

/** Server transactions at most: a peer that floods gets no answers beyond. */
const maxServerTransactions = 10_000;

/** Timer grain, ms. */
const tickMs = 5;

/** One user agent (RFC 3261 §8) over any number of links: its transactions and what they tell. */
export class Agent implements ClientUser, ServerUser, LinkHandler {
  readonly name: string;
  readonly ports: ClientPorts;
  readonly timers: TimerTable;
  readonly queue: TimerWheel;
  /** Who answers requests; without anybody they get 481. */
  user: AgentUser | undefined;
  readonly #tap: Tap;
  readonly #clients = new ClientTransactionIndex();
  readonly #servers = new ServerTransactionIndex();
  readonly #pending = new Map<ClientTransaction, PendingRequest>();
  readonly #ways = new Map<ServerTransaction, Way>();

  constructor(name: string, ports: ClientPorts, timers: TimerTable, tap: Tap) {
    this.name = name;
    this.ports = ports;
    this.timers = timers;
    this.queue = new TimerWheel(ports.clock, tickMs);
    this.#tap = tap;
  }

  /** Sends a request other than ACK in a transaction of its own. */
  request(message: SipMessage, way: Way): PendingRequest {
    const options = {
      reliable: way.link.proto !== 'udp',
      timers: this.timers,
      branch: message.topmostVia?.branch ?? '',
      request: message.text,
      isBounded: false,
    };
    const transaction =
      message.method === 'INVITE'
        ? new InviteClientTransaction(this, this.queue, options)
        : new NonInviteClientTransaction(this, this.queue, options);
    const pending = new PendingRequest(message, way, transaction, this.ports.clock.nowMs());
    this.#pending.set(transaction, pending);
    if (message.method === 'CANCEL') this.#attachCancel(transaction);
    else this.#clients.add(transaction);
    transaction.start();
    return pending;
  }

  /** Sends text outside of transactions: an ACK to a 2xx, raw text. */
  send(text: string, way: Way, message?: SipMessage, repeated = false): void {
    this.#tellWire('sent', text, message ?? parsed(text), way.link, way.to, repeated);
    way.link.send(text, way.to);
  }

  note(text: string, kind: 'note' | 'warning' = 'note'): void {
    this.#tap({ kind, agent: this.name, wallMs: this.ports.clock.wallMs(), text });
  }

  /** Ends all transactions without a word. Links are their owner's. */
  close(): void {
    for (const transaction of this.#pending.keys()) transaction.destroy();
    for (const transaction of this.#servers.all()) transaction.destroy();
    this.#pending.clear();
    this.#ways.clear();
  }

  // ---- links

  onText(text: string, from: SocketAddress, link: Link): void {
    const message = parsed(text);
    const repeated = message?.isRequest === true && this.#servers.findRepeated(message) !== undefined;
    this.#tellWire('received', text, message, link, from, repeated);
    if (message === undefined || !isComplete(message)) this.#onGarbage(text, link);
    else if (message.isRequest) this.#onRequest(message, from, link);
    else this.#onResponse(message);
  }

  onTrouble(error: Error, link: Link): void {
    this.#failPending(link, linkFailure(error));
  }

  onEnd(error: Error | undefined, link: Link): void {
    const where = `${link.proto}:${link.remote.address}:${link.remote.port}`;
    const failure =
      error === undefined
        ? new ClientFailure('refused', `${where} closed the connection`)
        : linkFailure(error);
    this.#failPending(link, failure);
  }

  // ---- client transactions

  transmitRequest(transaction: ClientTransaction, text: string): boolean {
    const pending = this.#pending.get(transaction);
    if (pending === undefined) return false;
    const message = text === pending.request.text ? pending.request : undefined;
    this.send(text, pending.way, message, message !== undefined && pending.countSending() > 1);
    return true;
  }

  makeAck(transaction: ClientTransaction, response: SipMessage): string | undefined {
    return buildAck(transaction.request, response);
  }

  onResponse(transaction: ClientTransaction, response: SipMessage): void {
    this.#pending.get(transaction)?.tell(response, this.ports.clock.nowMs());
  }

  onTimeout(transaction: ClientTransaction): void {
    this.#pending.get(transaction)?.fail(timeoutFailure(transaction, this.#pending.get(transaction)));
  }

  onTransportError(transaction: ClientTransaction): void {
    this.#pending.get(transaction)?.fail(new ClientFailure('refused', 'the request could not be sent'));
  }

  onClientTerminated(transaction: ClientTransaction): void {
    this.#clients.remove(transaction);
    this.#pending.delete(transaction);
  }

  // ---- server transactions

  transmitResponse(transaction: ServerTransaction, text: string): void {
    const way = this.#ways.get(transaction);
    if (way !== undefined) this.send(text, way);
  }

  onAck(transaction: ServerTransaction, ack: SipMessage): void {
    this.user?.onAck(transaction, ack);
  }

  onAckTimeout(transaction: ServerTransaction): void {
    this.note(`no ACK came for our ${transaction.lastStatus} to INVITE`, 'warning');
  }

  onServerTerminated(transaction: ServerTransaction): void {
    this.#servers.remove(transaction);
    this.#ways.delete(transaction);
  }

  // ---- inside

  #onRequest(message: SipMessage, from: SocketAddress, link: Link): void {
    if (message.method === 'ACK') {
      const invite = this.#servers.findInvite(message) ?? this.#servers.findAcceptedInvite(message);
      invite?.onAck(message);
      return;
    }
    const known = this.#servers.findRepeated(message);
    if (known !== undefined) {
      known.onRequest();
      return;
    }
    if (this.#servers.size >= maxServerTransactions) return;
    const options = { reliable: link.proto !== 'udp', timers: this.timers };
    const transaction =
      message.method === 'INVITE'
        ? new InviteServerTransaction(message, this, this.queue, options)
        : new NonInviteServerTransaction(message, this, this.queue, options);
    if (!this.#servers.add(transaction)) return;
    this.#ways.set(transaction, { link, to: responseWay(message, link, from) });
    const incoming = new IncomingRequest(message, link, from, transaction);
    if (message.method === 'CANCEL') this.#onCancel(incoming);
    else if (this.user === undefined) incoming.respond(481, { toTag: this.newTag() });
    else this.user.onRequest(incoming);
  }

  /** §9.2: 200 to the CANCEL, 487 to what it cancels if that still waits. */
  #onCancel(cancel: IncomingRequest): void {
    const target = this.#servers.findCancelled(cancel.message);
    cancel.respond(target === undefined ? 481 : 200, { toTag: this.newTag() });
    if (target?.isOpen !== true) return;
    const way = this.#ways.get(target);
    if (way === undefined) return;
    new IncomingRequest(target.request, way.link, way.to, target).respond(487, { toTag: this.newTag() });
    this.user?.onCancel(target);
  }

  #onResponse(message: SipMessage): void {
    const transaction = this.#clients.find(message);
    if (transaction !== undefined) void transaction.onResponse(message);
    else this.note(`a response that belongs to no request of ours: ${message.statusCode}`, 'warning');
  }

  #onGarbage(text: string, link: Link): void {
    const start = text.split('\n', 1)[0]?.slice(0, 60) ?? '';
    this.#failPending(
      link,
      new ClientFailure('malformed', `the answer is not SIP: ${JSON.stringify(start)}`),
    );
  }

  #failPending(link: Link, failure: ClientFailure): void {
    for (const [transaction, pending] of [...this.#pending]) {
      if (pending.way.link !== link || !transaction.isPending) continue;
      transaction.destroy();
      this.onClientTerminated(transaction);
      pending.fail(failure);
    }
  }

  #attachCancel(cancel: ClientTransaction): void {
    for (const transaction of this.#clients.all()) {
      if (transaction.branch === cancel.branch) transaction.cancel = cancel;
    }
  }

  #tellWire(
    kind: 'sent' | 'received',
    text: string,
    message: SipMessage | undefined,
    link: Link,
    remote: SocketAddress,
    repeated: boolean,
  ): void {
    const { clock } = this.ports;
    const [wallMs, atMs] = [clock.wallMs(), clock.nowMs()];
    const { proto, local } = link;
    this.#tap({ kind, agent: this.name, wallMs, atMs, text, message, repeated, proto, local, remote });
  }

  newTag(): string {
    return Buffer.from(this.ports.entropy.bytes(6)).toString('hex');
  }
}

function parsed(text: string): SipMessage | undefined {
  const message = parseMessage(text, messageLimits);
  return isWireError(message) ? undefined : message;
}

function timeoutFailure(transaction: ClientTransaction, pending: PendingRequest | undefined): ClientFailure {
  const { link, to } = (pending as PendingRequest).way;
  const seconds = (transaction.isInvite ? transaction.timers.timerBMs : transaction.timers.timerFMs) / 1000;
  const tries = pending?.sendings === 1 ? 'sent once' : `sent ${pending?.sendings} times`;
  const heard = pending?.lastProvisional ?? 0;
  const what = heard === 0 ? 'no answer' : `no final response (the last was ${heard})`;
  const text = `${what} from ${link.proto}:${to.address}:${to.port} within ${seconds} s (${tries})`;
  return new ClientFailure('timeout', text);
}
