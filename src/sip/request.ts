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
  /** Default 70 (RFC 3261 §8.1.1.6); 0 when `headers` has the line. */
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

/** A new request (RFC 3261 §8.1.1); its headers in the order in which the real server writes its own. */
export function buildRequest(parts: RequestParts): string {
  const body = parts.body ?? '';
  let out = `${parts.method} ${parts.requestUri} SIP/2.0\r\n`;
  if (parts.via !== undefined) out += `Via: ${parts.via}\r\n`;
  out += `To: ${parts.to}\r\nFrom: ${parts.from}\r\nCSeq: ${parts.cseq} ${parts.method}\r\nCall-ID: ${parts.callId}\r\n`;
  for (const route of parts.routes ?? []) out += `Route: ${route}\r\n`;
  if (parts.maxForwards !== 0) out += `Max-Forwards: ${parts.maxForwards ?? 70}\r\n`;
  out += `Content-Length: ${body.length}\r\n`;
  if (parts.headers !== undefined) out += parts.headers;
  if (parts.contact !== undefined) out += `Contact: ${parts.contact}\r\n`;
  if (body !== '' && parts.contentType !== undefined) out += `Content-Type: ${parts.contentType}\r\n`;
  return `${out}\r\n${body}`;
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
  const cseq = sent.cseq;
  if (sent.topmostVia === undefined || cseq === undefined) return undefined;
  if (!sent.has(HeaderKind.from) || !sent.has(HeaderKind.to) || !sent.has(HeaderKind.callId))
    return undefined;
  let out = `${method} ${sent.requestUri} SIP/2.0\r\n`;
  for (let i = 0; i < sent.headerCount; i++) out += sharedLine(sent, i, method, toValue);
  if (!sent.has(HeaderKind.maxForwards)) out += 'Max-Forwards: 70\r\n';
  return `${out}Content-Length: 0\r\n${headers}\r\n`;
}

/** What becomes of header line `i` of the INVITE in its ACK or CANCEL: '' when it does not go in. */
function sharedLine(sent: SipMessage, i: number, method: string, toValue: string | undefined): string {
  const kind = sent.headerKind(i);
  switch (kind) {
    case HeaderKind.via: {
      const via = i === sent.find(HeaderKind.via) ? sent.topmostVia : undefined;
      return via === undefined ? '' : `Via: ${sent.text.slice(via.start, via.end).trimEnd()}\r\n`;
    }
    case HeaderKind.to:
      if (toValue !== undefined) return `To: ${toValue}\r\n`;
      break;
    case HeaderKind.cseq:
      return `CSeq: ${sent.cseq?.number ?? 0} ${method}\r\n`;
    case HeaderKind.from:
    case HeaderKind.callId:
    case HeaderKind.maxForwards:
    case HeaderKind.route:
      break;
    default:
      return '';
  }
  return sent.text.slice(sent.headerStart(i), sent.headerEnd(i));
}
