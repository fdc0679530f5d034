import { errorText } from '../../base/errors.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { ClientBranch } from '../../proxy/clientBranch.ts';
import { nextHopOf } from '../../proxy/nextHop.ts';
import type { Flow } from '../../proxy/transport.ts';
import { HeaderKind } from '../../sip/headerKind.ts';
import { nameAddrsOf } from '../../sip/headerValues.ts';
import { isWireError, parseMessage, type SipMessage } from '../../sip/message.ts';
import { buildRequest } from '../../sip/request.ts';
import type { LocalRequest, LocalRequestHandle, LocalResult } from './api.ts';
import { internalError, unresolvable } from './failureReason.ts';
import { wherever } from './relay.ts';
import { localReason } from './replies.ts';
import type { TmServices } from './services.ts';
import type { Transaction } from './transaction.ts';

type Done = (result: LocalResult) => void;

interface Pending {
  readonly request: LocalRequest;
  readonly callId: string;
  readonly cseq: number;
  done: Done | undefined;
}

/** Requests that the server sends by itself (RFC 3261 §8.1), and the ACKs of own INVITEs. */
export class LocalRequests {
  readonly #tm: TmServices;
  readonly #pending = new Map<Transaction, Pending>();
  #count = 0;
  /** Makes Call-IDs instead of `#newCallId` (crypto's register_callid). */
  callIdMaker: (() => string) | undefined;

  constructor(tm: TmServices) {
    this.#tm = tm;
  }

  /** undefined when the request is malformed. Otherwise `done` is called exactly once with the final result. */
  send(request: LocalRequest, done?: Done): LocalRequestHandle | undefined {
    const callId = request.callId ?? this.callIdMaker?.() ?? this.#newCallId();
    const cseq = request.cseq ?? 10;
    const { userAgentHeader } = this.#tm.host.settings;
    const message = parseMessage(
      buildRequest({
        ...request,
        callId,
        cseq,
        headers: (userAgentHeader === '' ? '' : `${userAgentHeader}\r\n`) + (request.headers ?? ''),
      }),
    );
    if (isWireError(message) || message.from === undefined || message.to === undefined) return undefined;
    const pending: Pending = { request, callId, cseq, done };
    const cancel = this.#start(message, pending);
    return cancel === undefined ? undefined : { callId, cseq, cancel };
  }

  #start(message: SipMessage, pending: Pending): (() => void) | undefined {
    const flow = this.#flowFor(pending.request);
    if (flow === undefined) {
      pending.done?.({ ...unresolvable, response: undefined });
      return nothing;
    }
    const { routes } = this.#tm.host;
    const context = routes.contextFor(message, flow);
    context.target.nextHop = pending.request.nextHop ?? '';
    context.target.socket = pending.request.socket;
    if (!routes.has('event', 'tm:local-request')) return this.#relay(context, pending);
    const ran = routes.run('event', 'tm:local-request', context);
    if (typeof ran === 'number') return this.#relay(context, pending);
    let cancel: () => void = nothing;
    ran.then(
      () => {
        cancel = this.#relay(context, pending);
      },
      (error) => this.#tm.host.log.error(`tm:local-request: ${errorText(error)}`),
    );
    return () => cancel();
  }

  #relay(context: ScriptContext, pending: Pending): () => void {
    const transaction = this.#tm.transactions.detached(context, undefined);
    context.transaction = transaction;
    this.#pending.set(transaction, pending);
    const result = this.#tm.relaying.relay(transaction, context, wherever);
    if (typeof result === 'number') this.#afterRelay(transaction, result);
    else void result.then((code) => this.#afterRelay(transaction, code));
    return () => transaction.proxy.cancel('');
  }

  #afterRelay(transaction: Transaction, code: number): void {
    if (code > 0) return;
    const failure = transaction.failure ?? internalError;
    this.#finish(transaction, { ...failure, response: undefined });
    transaction.proxy.end();
  }

  /** The final response of an own request, or its failure; 2xx of an INVITE are acknowledged, each time. */
  onResult(transaction: Transaction, status: number, branch: ClientBranch | undefined): void {
    const response = branch?.response;
    if (
      response !== undefined &&
      branch !== undefined &&
      transaction.isInvite &&
      status >= 200 &&
      status < 300
    )
      this.#acknowledge(transaction, branch, response);
    if (status < 200) {
      if (this.#tm.config.pass_provisional_replies !== 0)
        this.#pending.get(transaction)?.done?.({ status, reason: response?.reasonPhrase ?? '', response });
      return;
    }
    this.#finish(transaction, { status, reason: response?.reasonPhrase ?? localReason(status), response });
  }

  onEnded(transaction: Transaction): void {
    this.#finish(transaction, { status: 408, reason: localReason(408), response: undefined });
  }

  /** The own INVITE with this Call-ID and CSeq, for tm.cancel. */
  find(callId: string, cseq: number): Transaction | undefined {
    for (const [transaction, pending] of this.#pending) {
      if (pending.callId === callId && pending.cseq === cseq) return transaction;
    }
    return undefined;
  }

  #finish(transaction: Transaction, result: LocalResult): void {
    const pending = this.#pending.get(transaction);
    if (pending === undefined) return;
    this.#pending.delete(transaction);
    pending.done?.(result);
  }

  /** §13.2.2.4: to the Contact along the recorded route; or, by parameter, where the INVITE went. */
  #acknowledge(transaction: Transaction, branch: ClientBranch, response: SipMessage): void {
    const { request } = transaction;
    const contact = nameAddrsOf(response, HeaderKind.contact)?.[0]?.uri ?? request.requestUri;
    const routes = (nameAddrsOf(response, HeaderKind.recordRoute) ?? []).map(({ uri }) => uri).reverse();
    const ack = parseMessage(
      buildRequest({
        method: 'ACK',
        requestUri: contact,
        from: request.value(HeaderKind.from) ?? '',
        to: response.value(HeaderKind.to) ?? '',
        callId: request.callId,
        cseq: request.cseq?.number ?? 0,
        routes: routes.map((uri) => `<${uri}>`),
      }),
    );
    if (isWireError(ack)) return;
    const context = this.#tm.host.routes.contextFor(ack, transaction.flow);
    context.target.nextHop = routes[0] ?? '';
    const { address, port, proto } = branch.destination;
    const isDirect = this.#tm.config.local_ack_mode !== 0;
    const hop = isDirect ? { host: bracketed(address), port, proto, secure: false } : undefined;
    void this.#tm.forwardStateless(context, hop, true);
  }

  #flowFor(request: LocalRequest): Flow | undefined {
    const { transport } = this.#tm.host;
    const hop = nextHopOf(request.nextHop || request.requestUri);
    const socket =
      request.socket ??
      transport.sockets.find(({ proto }) => proto === (hop?.proto ?? 'udp')) ??
      transport.sockets[0];
    if (socket === undefined) return undefined;
    return { socket, proto: socket.proto, address: '', port: 0, connectionId: 0 };
  }

  #newCallId(): string {
    const { entropy, startId } = this.#tm.host;
    this.#count++;
    return `${entropy.uint32().toString(16).padStart(8, '0')}${this.#count.toString(16)}-${startId}`;
  }
}

function nothing(): void {}

function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
