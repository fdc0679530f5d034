import { HeaderKind } from './headerKind.ts';
import { isWireError, parseMessage, type SipMessage } from './message.ts';

export interface RequestParts {
  readonly method: string;
  readonly requestUri: string;
  /** The value of the topmost Via; left out when the transaction layer adds it later. */
  readonly via?: string | undefined;
  /** Values with their tags. */
  readonly from: string;
  readonly to: string;
  readonly callId: string;
  /** The number only. */
  readonly cseq: number;
  /** Default 70 (RFC 3261 §8.1.1.6). */
  readonly maxForwards?: number | undefined;
  /** Values of Route lines, in order, each with its brackets. */
  readonly routes?: readonly string[] | undefined;
  readonly contact?: string | undefined;
  /** Further full header lines, each with CRLF. */
  readonly headers?: string | undefined;
  /** latin1, one character a byte. */
  readonly body?: string | undefined;
  readonly contentType?: string | undefined;
}

/** A new request (RFC 3261 §8.1.1). */
export function buildRequest(parts: RequestParts): string {
  const body = parts.body ?? '';
  let out = `${parts.method} ${parts.requestUri} SIP/2.0\r\n`;
  if (parts.via !== undefined) out += `Via: ${parts.via}\r\n`;
  for (const route of parts.routes ?? []) out += `Route: ${route}\r\n`;
  out += `Max-Forwards: ${parts.maxForwards ?? 70}\r\nFrom: ${parts.from}\r\nTo: ${parts.to}\r\n`;
  out += `Call-ID: ${parts.callId}\r\nCSeq: ${parts.cseq} ${parts.method}\r\n`;
  if (parts.contact !== undefined) out += `Contact: ${parts.contact}\r\n`;
  if (parts.headers !== undefined) out += parts.headers;
  if (body !== '' && parts.contentType !== undefined) out += `Content-Type: ${parts.contentType}\r\n`;
  return `${out}Content-Length: ${body.length}\r\n\r\n${body}`;
}

/**
 * The ACK for a final response other than 2xx, in the transaction of the INVITE as it was sent (RFC 3261
 * §17.1.1.3): its Request-URI, topmost Via, Route, From, Call-ID and CSeq number; To is that of the response.
 * undefined when the INVITE lacks one of them.
 */
export function buildAck(
  invite: SipMessage | string,
  response: SipMessage,
  headers = '',
): string | undefined {
  const to = response.value(HeaderKind.to);
  return to === undefined ? undefined : sameTransaction(invite, 'ACK', to, headers);
}

/**
 * The CANCEL of a request as it was sent (RFC 3261 §9.1): its Request-URI, topmost Via, Route, From, To,
 * Call-ID and CSeq number. undefined when the request lacks one of them.
 */
export function buildCancel(request: SipMessage | string, headers = ''): string | undefined {
  return sameTransaction(request, 'CANCEL', undefined, headers);
}

function sameTransaction(
  source: SipMessage | string,
  method: string,
  toValue: string | undefined,
  headers: string,
): string | undefined {
  const sent = typeof source === 'string' ? parseMessage(source) : source;
  if (isWireError(sent)) return undefined;
  const via = sent.topmostVia;
  const from = sent.value(HeaderKind.from);
  const to = toValue ?? sent.value(HeaderKind.to);
  const cseq = sent.cseq;
  if (via === undefined || from === undefined || to === undefined || cseq === undefined) return undefined;
  return (
    `${method} ${sent.requestUri} SIP/2.0\r\nVia: ${sent.text.slice(via.start, via.end).trimEnd()}\r\n` +
    `From: ${from}\r\nTo: ${to}\r\nCall-ID: ${sent.callId}\r\nCSeq: ${cseq.number} ${method}\r\n` +
    `Max-Forwards: 70\r\n${linesOf(sent, HeaderKind.route)}Content-Length: 0\r\n${headers}\r\n`
  );
}

/** All header lines of a kind, as they stand. */
function linesOf(message: SipMessage, kind: HeaderKind): string {
  let out = '';
  for (let i = message.find(kind); i >= 0; i = message.find(kind, i + 1))
    out += message.text.slice(message.headerStart(i), message.headerEnd(i));
  return out;
}
