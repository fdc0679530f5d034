import type { SocketAddress } from '../base/ports.ts';
import { HeaderKind } from '../sip/headerKind.ts';
import type { SipMessage } from '../sip/message.ts';
import { reasonPhraseOf } from '../sip/reasonPhrases.ts';
import { buildResponse, type ResponseOptions } from '../sip/response.ts';
import type { ServerTransaction } from '../transaction/serverTransaction.ts';
import type { Link } from './link.ts';

/** A request that came in, and the way to answer it. */
export class IncomingRequest {
  readonly message: SipMessage;
  readonly link: Link;
  readonly from: SocketAddress;
  readonly transaction: ServerTransaction;

  constructor(message: SipMessage, link: Link, from: SocketAddress, transaction: ServerTransaction) {
    this.message = message;
    this.link = link;
    this.from = from;
    this.transaction = transaction;
  }

  /** Sends a response; repeats of the request get it again. */
  respond(status: number, options: ResponseOptions = {}): void {
    const text = buildResponse(this.message, status, reasonPhraseOf(status), {
      source: this.from,
      ...options,
    });
    this.transaction.respond(status, text);
  }
}

/** Where responses go: over the connection, or to the Via's port at the source (RFC 3261 §18.2.2, RFC 3581). */
export function responseWay(message: SipMessage, link: Link, from: SocketAddress): SocketAddress {
  const via = message.topmostVia;
  if (link.proto !== 'udp' || via === undefined || via.rportStart >= 0) return from;
  return { address: from.address, port: via.port || 5060 };
}

/** What a response needs, and a request that is answered too. */
export function isComplete(message: SipMessage): boolean {
  return (
    message.topmostVia !== undefined &&
    message.from !== undefined &&
    message.to !== undefined &&
    message.cseq !== undefined &&
    message.has(HeaderKind.callId)
  );
}
