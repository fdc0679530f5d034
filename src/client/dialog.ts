import type { Entropy } from '../base/ports.ts';
import { HeaderKind } from '../sip/headerKind.ts';
import { nameAddrsOf } from '../sip/headerValues.ts';
import { isWireError, parseMessage, type SipMessage } from '../sip/message.ts';
import { buildRequest } from '../sip/request.ts';
import { splitUri } from '../sip/uriParts.ts';
import { socketText } from './compose.ts';
import { newBranch } from './credentials.ts';
import { ClientFailure } from './failure.ts';
import { messageLimits } from './limits.ts';
import type { Link } from './link.ts';

interface DialogParts {
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
  /** Values of From and To for our requests, with tags. */
  readonly local: string;
  readonly remote: string;
  readonly remoteTarget: string;
  readonly routeSet: readonly string[];
  readonly cseq: number;
}

/** A dialog (RFC 3261 §12), or what may become one. */
export class Dialog {
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
  readonly routeSet: readonly string[];
  /** The URI of the peer's Contact. */
  remoteTarget: string;
  readonly #local: string;
  readonly #remote: string;
  /** Number of our last request. */
  #cseq: number;

  constructor(parts: DialogParts) {
    this.callId = parts.callId;
    this.localTag = parts.localTag;
    this.remoteTag = parts.remoteTag;
    this.routeSet = parts.routeSet;
    this.remoteTarget = parts.remoteTarget;
    this.#local = parts.local;
    this.#remote = parts.remote;
    this.#cseq = parts.cseq;
  }

  /** The caller's side (§12.1.2). */
  static ofAnswer(request: SipMessage, response: SipMessage): Dialog {
    return new Dialog({
      callId: request.callId,
      localTag: request.fromTag,
      remoteTag: response.toTag,
      local: request.value(HeaderKind.from) ?? '',
      remote: response.value(HeaderKind.to) ?? '',
      remoteTarget: contactOf(response) ?? request.requestUri,
      routeSet: routesOf(response).reverse(),
      cseq: request.cseq?.number ?? 1,
    });
  }

  /** The called side (§12.1.1); `tag` is what our responses put into To. */
  static ofRequest(request: SipMessage, tag: string): Dialog {
    const to = request.value(HeaderKind.to) ?? '';
    return new Dialog({
      callId: request.callId,
      localTag: tag,
      remoteTag: request.fromTag,
      local: request.toTag === '' ? `${to};tag=${tag}` : to,
      remote: request.value(HeaderKind.from) ?? '',
      remoteTarget: contactOf(request) ?? request.from?.uri ?? '',
      routeSet: routesOf(request),
      cseq: 0,
    });
  }

  /** Does this request from outside belong here? */
  owns(request: SipMessage): boolean {
    return (
      request.callId === this.callId &&
      request.toTag === this.localTag &&
      (request.fromTag === this.remoteTag || this.remoteTag === '')
    );
  }

  /** Where the next request goes first: the topmost route, else the peer itself. */
  get nextHop(): string {
    return uriOfRoute(this.routeSet[0]) ?? this.remoteTarget;
  }

  /** The next request of the dialog (§12.2.1.1). */
  request(method: string, link: Link, entropy: Entropy, extra: DialogRequest = {}): SipMessage {
    if (method !== 'ACK') this.#cseq++;
    const strict = this.routeSet[0] !== undefined && !/;lr\b/i.test(this.routeSet[0]);
    const target = strict ? (uriOfRoute(this.routeSet[0]) ?? this.remoteTarget) : this.remoteTarget;
    const routes = strict ? [...this.routeSet.slice(1), `<${this.remoteTarget}>`] : this.routeSet;
    const text = buildRequest({
      method,
      requestUri: target,
      via: viaValue(link, entropy),
      from: this.#local,
      to: this.#remote,
      callId: this.callId,
      cseq: extra.cseq ?? this.#cseq,
      routes,
      contact: extra.contact,
      headers: extra.headers,
      body: extra.body,
      contentType: extra.contentType,
    });
    const message = parseMessage(text, messageLimits);
    if (isWireError(message)) {
      throw new ClientFailure(
        'malformed',
        `the peer's Contact or Record-Route make no request: ${message.reason}`,
      );
    }
    return message;
  }
}

export interface DialogRequest {
  /** Of an ACK: that of its INVITE. */
  readonly cseq?: number | undefined;
  readonly contact?: string | undefined;
  /** Full lines with CRLF. */
  readonly headers?: string | undefined;
  readonly body?: string | undefined;
  readonly contentType?: string | undefined;
}

export function viaValue(link: Link, entropy: Entropy): string {
  return `SIP/2.0/${link.proto.toUpperCase()} ${socketText(link.local)};rport;branch=${newBranch(entropy)}`;
}

/** The URI of the Contact; undefined when there is none. */
export function contactOf(message: SipMessage): string | undefined {
  return nameAddrsOf(message, HeaderKind.contact)?.[0]?.uri;
}

function routesOf(message: SipMessage): string[] {
  const list = nameAddrsOf(message, HeaderKind.recordRoute) ?? [];
  return list.map((route) => message.text.slice(route.start, route.end).trimEnd());
}

function uriOfRoute(route: string | undefined): string | undefined {
  const uri = route === undefined ? undefined : /<([^>]*)>/.exec(route)?.[1];
  return uri !== undefined && splitUri(uri) !== undefined ? uri : undefined;
}
