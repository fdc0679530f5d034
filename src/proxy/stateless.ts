import { stableHash } from '../base/stableHash.ts';
import type { EditList } from '../sip/editList.ts';
import { viasOf } from '../sip/headerValues.ts';
import type { SipMessage } from '../sip/message.ts';
import { renderResponse } from '../sip/render.ts';
import { magicCookie } from '../transaction/serverTransactionIndex.ts';
import type { ServerAddress, ServerLocation } from './location.ts';
import { type NextHop, nextHopOf } from './nextHop.ts';
import { copyWithinMtu, type ForwardSettings, socketTo } from './requestForwarder.ts';
import { statelessDestination } from './responseWay.ts';
import type { Target } from './target.ts';
import type { Flow, Transport } from './transport.ts';

/** What a stateless copy needs beyond the request. */
export interface StatelessRequest {
  readonly request: SipMessage;
  readonly target: Target;
  readonly settings: ForwardSettings;
  /** Instead of the received body. */
  readonly body: string | undefined;
  /** Send here instead of where the target leads. */
  readonly nextHop?: NextHop | undefined;
}

/** RFC 3261 §16.11: forwarding without transactions. */
export class StatelessProxy {
  readonly #transport: Transport;
  readonly #location: ServerLocation;

  constructor(transport: Transport, location: ServerLocation) {
    this.#transport = transport;
    this.#location = location;
  }

  /** True when it was sent; a promise when the next hop is a name. */
  forwardRequest(copy: StatelessRequest): boolean | Promise<boolean> {
    const { target } = copy;
    const hop = copy.nextHop ?? nextHopOf(target.nextHop === '' ? target.requestUri : target.nextHop);
    if (hop === undefined) return false;
    const addresses = this.#location.locate(hop);
    if (addresses instanceof Promise) return addresses.then((found) => this.#sendToFirst(copy, found));
    return this.#sendToFirst(copy, addresses);
  }

  #sendToFirst(copy: StatelessRequest, addresses: readonly ServerAddress[]): boolean {
    const { request, target, settings, body } = copy;
    const viaBranch = statelessBranch(request);
    for (let i = 0; i < addresses.length; i++) {
      const address = addresses[i] as ServerAddress;
      const socket = socketTo(this.#transport, target, address, settings.flow?.socket);
      if (socket === undefined) continue;
      const edits: EditList | undefined = undefined;
      const out = copyWithinMtu(this.#transport, request, target, address, socket, settings, {
        viaBranch,
        edits,
        body,
      });
      if (settings.mayLeave?.(out) === false) return false;
      if (this.#transport.send(out.text, out.destination)) return true;
    }
    return false;
  }

  /** Takes our Via off and follows the next one. False when there is none, or it leads nowhere. */
  forwardResponse(response: SipMessage, flow: Flow): boolean {
    const vias = viasOf(response);
    const own = vias?.[0];
    const next = vias?.[1];
    if (own === undefined || next === undefined) return false;
    const found = statelessDestination(next, own, flow.socket);
    if (found === undefined) return false;
    const socket = found.socket ?? this.#transport.socketFor(found.proto, found.address);
    if (socket === undefined) return false;
    const destination = { ...found, socket };
    const text = renderResponse(response, {
      removeTopmostVia: true,
      hop: {
        proto: found.proto,
        sentByHost: socket.sentByHost,
        sentByPort: socket.sentByPort,
        destination,
      },
    });
    return this.#transport.send(text, destination);
  }
}

/**
 * §16.11: the same for each retransmission of a request (and for the ACK and CANCEL that belong to it), and
 * different for all others.
 */
export function statelessBranch(request: SipMessage): string {
  const via = request.topmostVia;
  const key =
    via?.branch.startsWith(magicCookie) === true
      ? `${via.branch}|${via.host}|${via.port}`
      : `${request.text.slice(via?.start, via?.end)}|${request.toTag}|${request.fromTag}|` +
        `${request.callId}|${request.cseq?.number}|${request.requestUri}`;
  return `${magicCookie}${stableHash(key)}.0`;
}
