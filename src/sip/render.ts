import type { SocketAddress } from '../base/ports.ts';
import type { Edit, EditList, OutgoingHop } from './editList.ts';
import { HeaderKind } from './headerKind.ts';
import type { SipMessage } from './message.ts';
import { isWordAt, matchesAt, parseUint, skipSpace } from './scan.ts';
import { stampOfVia } from './viaStamp.ts';

export interface RenderOptions {
  /** Instead of the message's own edits. */
  readonly edits?: EditList | undefined;
  /** Where this copy goes; without it, edits that depend on it get undefined, and the transport counts as datagram. */
  readonly hop?: OutgoingHop | undefined;
  /** Instead of the received body (latin1, one character a byte); edits inside the body are then ignored. */
  readonly body?: string | undefined;
}

export interface RequestRenderOptions extends RenderOptions {
  /** Instead of the received Request-URI. */
  readonly requestUri?: string | undefined;
  /** Our own Via: a full header line with CRLF, put before the first Via (or before all headers). */
  readonly via?: string | undefined;
  /** Where the request came from: stamps the received topmost Via (RFC 3261 §18.2.1, RFC 3581). */
  readonly source?: SocketAddress | undefined;
  /** Adds `rport` even when the client did not ask for it. */
  readonly forceRport?: boolean | undefined;
}

export interface ResponseRenderOptions extends RenderOptions {
  /** Forwarding a response takes our own Via off (RFC 3261 §16.7 step 3). */
  readonly removeTopmostVia?: boolean | undefined;
}

/** The request as it leaves: received text, edits, new Request-URI and Via, right Content-Length. */
export function renderRequest(message: SipMessage, options: RequestRenderOptions): string {
  const overlay: Edit[] = [];
  const uri = options.requestUri;
  if (uri !== undefined && uri !== message.requestUri) {
    const start = message.method.length + 1;
    overlay.push(replacement(start, start + message.requestUri.length, uri));
  }
  dropSpaceBehindVersion(message, overlay);
  if (options.via !== undefined) {
    const i = message.find(HeaderKind.via);
    const at = i < 0 ? message.headersStart : message.headerStart(i);
    overlay.push(replacement(at, at, options.via));
  }
  if (options.source !== undefined && message.topmostVia !== undefined) {
    const stamp = stampOfVia(message.topmostVia, options.source, options.forceRport === true);
    for (let i = 0; i < stamp.length; i++) overlay.push(stamp[i] as Edit);
  }
  return renderMessage(message, overlay, options);
}

/** The response as it leaves: received text, edits, without the topmost Via value, right Content-Length. */
export function renderResponse(message: SipMessage, options: ResponseRenderOptions): string {
  const overlay: Edit[] = [];
  if (options.removeTopmostVia === true) {
    const removal = topmostViaRemoval(message);
    if (removal !== undefined) overlay.push(removal);
  }
  return renderMessage(message, overlay, options);
}

/** RFC 4475 §3.1.2.10: white space at the end of the request line is not sent on. */
function dropSpaceBehindVersion(message: SipMessage, overlay: Edit[]): void {
  const versionEnd = message.method.length + message.requestUri.length + 2 + message.version.length;
  const code = message.text.charCodeAt(versionEnd);
  if (code !== 0x20 && code !== 9) return;
  const lineFeed = message.headersStart - 1;
  const lineEnd = message.text.charCodeAt(lineFeed - 1) === 13 ? lineFeed - 1 : lineFeed;
  overlay.push(replacement(versionEnd, lineEnd, ''));
}

function replacement(start: number, end: number, text: string): Edit {
  return { start, end, text, rank: 0 };
}

/** The first value of the first Via line, with the comma behind it; the whole line when it is the only value. */
function topmostViaRemoval(message: SipMessage): Edit | undefined {
  const i = message.find(HeaderKind.via);
  if (i < 0) return undefined;
  const via = message.topmostVia;
  if (via?.more !== true) return replacement(message.headerStart(i), message.headerEnd(i), '');
  const next = skipSpace(message.text, via.end + 1, message.headerValueEnd(i));
  return replacement(message.headerValueStart(i), next, '');
}

function renderMessage(message: SipMessage, overlay: Edit[], options: RenderOptions): string {
  const edits = options.edits ?? message.edits;
  const { text, bodyStart, bodyEnd } = message;
  if (options.body === undefined && !edits.reaches(bodyStart)) {
    // a datagram whose Content-Length was wrong goes on as it came; in a stream that would end all order
    if (isStream(options.hop)) correctContentLength(message, overlay, edits, bodyEnd - bodyStart);
    if (overlay.length === 0 && edits.size === 0)
      return bodyEnd === text.length ? text : text.slice(0, bodyEnd);
    return edits.renderWith(text, 0, bodyStart, overlay, options.hop) + text.slice(bodyStart, bodyEnd);
  }
  const body = options.body ?? edits.render(text, bodyStart, bodyEnd, options.hop);
  const mustSay = isStream(options.hop) || body.length !== bodyEnd - bodyStart;
  if (mustSay) correctContentLength(message, overlay, edits, body.length);
  return edits.renderWith(text, 0, bodyStart, overlay, options.hop) + body;
}

/** Adds to `overlay` what makes Content-Length say `length`; a line that the script itself writes stays. */
function correctContentLength(message: SipMessage, overlay: Edit[], edits: EditList, length: number): void {
  const i = message.find(HeaderKind.contentLength);
  const start = i < 0 ? 0 : message.headerValueStart(i);
  const end = i < 0 ? 0 : message.headerValueEnd(i);
  if (i >= 0 && !edits.covers(start, end)) {
    if (parseUint(message.text, start, end, 999_999_999) !== length)
      addSorted(overlay, replacement(start, end, `${length}`));
  } else if (!edits.edits.some(isContentLengthLine)) {
    addSorted(overlay, replacement(message.headersEnd, message.headersEnd, `Content-Length: ${length}\r\n`));
  }
}

/** True if the script itself writes a Content-Length line. */
function isContentLengthLine(edit: Edit): boolean {
  if (typeof edit.text !== 'string') return false;
  const colon = edit.text.indexOf(':');
  if (colon < 0 || !matchesAt(edit.text, 0, 'l')) return matchesAt(edit.text, 0, 'content-length');
  return isWordAt(edit.text, 0, colon, 'l');
}

function addSorted(overlay: Edit[], edit: Edit): void {
  let at = overlay.length;
  while (at > 0 && (overlay[at - 1] as Edit).start > edit.start) at--;
  overlay.splice(at, 0, edit);
}

function isStream(hop: OutgoingHop | undefined): boolean {
  return hop !== undefined && hop.proto !== 'udp' && hop.proto !== 'sctp';
}
