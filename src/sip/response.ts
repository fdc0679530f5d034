import type { SocketAddress } from '../base/ports.ts';
import { EditList } from './editList.ts';
import { HeaderKind } from './headerKind.ts';
import type { SipMessage } from './message.ts';
import { stampOfVia } from './viaStamp.ts';

export interface ResponseOptions {
  /** Put into To when the request's To has none; not for 100. */
  readonly toTag?: string | undefined;
  /** Further full header lines, each with CRLF. */
  readonly headers?: string | undefined;
  /** The value of Contact. */
  readonly contact?: string | undefined;
  /** latin1, one character a byte. */
  readonly body?: string | undefined;
  readonly contentType?: string | undefined;
  /** Where the request came from: stamps the topmost Via (RFC 3261 §18.2.1, RFC 3581). */
  readonly source?: SocketAddress | undefined;
  /** Adds `rport` even when the client did not ask for it. */
  readonly forceRport?: boolean | undefined;
}

/**
 * The response to a request (RFC 3261 §8.2.6): all Via, From, To, Call-ID and CSeq, and in 18x and 2xx the
 * Record-Route lines, copied as they stand and in their order; Timestamp in a 100; then Content-Type,
 * Contact, `headers` (Server last, as the real server has it) and Content-Length.
 */
export function buildResponse(
  request: SipMessage,
  status: number,
  reason: string,
  options: ResponseOptions = {},
): string {
  const body = options.body ?? '';
  let out = `SIP/2.0 ${status} ${reason}\r\n${copiedHeaders(request, status, options)}`;
  if (body !== '' && options.contentType !== undefined) out += `Content-Type: ${options.contentType}\r\n`;
  if (options.contact !== undefined) out += `Contact: ${options.contact}\r\n`;
  if (options.headers !== undefined) out += options.headers;
  return `${out}Content-Length: ${body.length}\r\n\r\n${body}`;
}

/** The copied lines; neighbours are copied in one piece. */
function copiedHeaders(request: SipMessage, status: number, options: ResponseOptions): string {
  const edits = insertions(request, status, options);
  const { text } = request;
  const count = request.headerCount;
  let out = '';
  let runStart = -1;
  for (let i = 0; i <= count; i++) {
    const copied = i < count && isCopied(request.headerKind(i), status);
    if (copied && runStart < 0) runStart = request.headerStart(i);
    else if (!copied && runStart >= 0) {
      const end = request.headerEnd(i - 1);
      out += edits === undefined ? text.slice(runStart, end) : edits.render(text, runStart, end);
      runStart = -1;
    }
  }
  return out;
}

function isCopied(kind: HeaderKind, status: number): boolean {
  switch (kind) {
    case HeaderKind.via:
    case HeaderKind.from:
    case HeaderKind.to:
    case HeaderKind.callId:
    case HeaderKind.cseq:
      return true;
    case HeaderKind.recordRoute: // §12.1.1: what can make a dialog
      return status > 100 && status < 300;
    case HeaderKind.timestamp: // §8.2.6.1
      return status === 100;
    default:
      return false;
  }
}

/** The To tag and the stamp of the topmost Via. */
function insertions(request: SipMessage, status: number, options: ResponseOptions): EditList | undefined {
  let edits: EditList | undefined;
  const to = request.find(HeaderKind.to);
  if (options.toTag !== undefined && status > 100 && to >= 0 && request.toTag === '') {
    edits = new EditList();
    edits.insert(request.headerValueEnd(to), `;tag=${options.toTag}`);
  }
  const via = options.source === undefined ? undefined : request.topmostVia;
  if (via !== undefined && options.source !== undefined) {
    const stamp = stampOfVia(via, options.source, options.forceRport === true, via.end);
    if (stamp.length > 0) edits ??= new EditList();
    for (const { start, end, text } of stamp) edits?.replace(start, end, text);
  }
  return edits;
}
