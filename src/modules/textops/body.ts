import type { ScriptContext } from '../../module/context.ts';
import { HeaderKind } from '../../sip/headerKind.ts';
import { mediaTypeOf } from '../../sip/headerValues.ts';
import type { SipMessage } from '../../sip/message.ts';
import { multipartOf, partOfType } from './multipart.ts';

const defaultBoundary = 'unique-boundary-1';

/** Takes back earlier edits of the body, and puts `text` in place of what was received. */
function replaceBody(message: SipMessage, text: string): void {
  message.edits.revokeWhere((edit) => edit.start >= message.bodyStart);
  message.edits.replace(message.bodyStart, message.bodyEnd, text);
}

/** Content-Type in place of all that are there, and of one that was set before. */
function replaceContentType(message: SipMessage, lines: string): void {
  const before = message.edits.revokeWhere(
    (edit) => edit.start === message.headersEnd && isContentTypeLine(edit.text),
  );
  if (before === 0) {
    const { contentType } = HeaderKind;
    for (let i = message.find(contentType); i >= 0; i = message.find(contentType, i + 1))
      message.removeHeader(i);
  }
  message.appendHeader(lines);
}

function isContentTypeLine(text: unknown): boolean {
  return typeof text === 'string' && /^content-type:/i.test(text);
}

export function setBody(message: SipMessage, text: string, contentType: string): number {
  if (text === '' || contentType === '') return -1;
  replaceBody(message, text);
  replaceContentType(message, `Content-Type: ${contentType}\r\n`);
  return 1;
}

export function setReplyBody(context: ScriptContext, text: string, contentType: string): number {
  if (text === '' || contentType === '') return -1;
  context.replyBody = { contentType, body: text, headerOffset: context.replyHeaders.length };
  return 1;
}

/** Content-Length above 0 (or, where it may be missing, a body), and the media type when one is asked for. */
export function hasBody(message: SipMessage, type: string | undefined): number {
  if (message.bodyEnd <= message.bodyStart) return -1;
  if (type === undefined || type === '') return 1;
  return mediaTypeOf(message) === type.trim().toLowerCase() ? 1 : -1;
}

// ---- multipart bodies (RFC 2046 §5.1)

/** Makes the body one part of a new multipart body; without `text` the received one. */
export function setMultipart(
  message: SipMessage,
  part: { readonly text: string; readonly contentType: string } | undefined,
  boundary = defaultBoundary,
): number {
  const content = part ?? receivedPart(message);
  if (content === undefined || content.contentType === '') return -1;
  const delimiter = `--${boundary}`;
  replaceBody(
    message,
    `${delimiter}\r\nContent-Type: ${content.contentType}\r\n\r\n${content.text}\r\n${delimiter}--\r\n`,
  );
  replaceContentType(
    message,
    `Content-Type: multipart/mixed;boundary="${boundary}"\r\nMime-Version: 1.0\r\n`,
  );
  return 1;
}

function receivedPart(message: SipMessage): { text: string; contentType: string } | undefined {
  const contentType = message.value(HeaderKind.contentType);
  return contentType === undefined || message.body === '' ? undefined : { text: message.body, contentType };
}

/** Adds a part before the closing delimiter; -1 when the body is not multipart. */
export function appendPart(
  message: SipMessage,
  text: string,
  contentType: string,
  disposition: string | undefined,
): number {
  const multipart = multipartOf(message);
  if (multipart === undefined || text === '' || contentType === '') return -1;
  const extra =
    disposition === undefined || disposition === '' ? '' : `Content-Disposition: ${disposition}\r\n`;
  const content = `Content-Type: ${contentType}\r\n${extra}\r\n${text}\r\n`;
  const delimiter = `--${multipart.boundary}`;
  const last = multipart.parts.at(-1);
  if (last === undefined)
    message.edits.insert(message.bodyEnd, `${delimiter}\r\n${content}${delimiter}--\r\n`);
  else message.edits.insert(last.nextDelimiter, `${delimiter}\r\n${content}`);
  return 1;
}

/** Pairs of hexadecimal digits, blanks aside, as latin1; undefined when it is none. */
export function fromHex(text: string): string | undefined {
  const digits = text.replace(/\s+/g, '');
  if (digits === '' || digits.length % 2 !== 0 || !/^[0-9a-f]+$/i.test(digits)) return undefined;
  return Buffer.from(digits, 'hex').toString('latin1');
}

export function removePart(message: SipMessage, contentType: string): number {
  const multipart = multipartOf(message);
  const found = multipart === undefined ? undefined : partOfType(multipart, contentType);
  if (found === undefined) return -1;
  message.edits.remove(found.delimiterStart, found.nextDelimiter);
  return 1;
}

/** Leaves nothing of the body but the content of the first part of a type. */
export function filterBody(message: SipMessage, contentType: string): number {
  const multipart = multipartOf(message);
  const found = multipart === undefined ? undefined : partOfType(multipart, contentType);
  if (found === undefined) return -1;
  message.edits.remove(message.bodyStart, found.part.bodyStart);
  message.edits.remove(found.part.end, message.bodyEnd);
  return 1;
}

/** The content of the first part of a type (or of a body of that type); undefined when there is none. */
export function contentOf(message: SipMessage, contentType: string): string | undefined {
  const multipart = multipartOf(message);
  if (multipart === undefined) return bodyOfType(message, contentType);
  return partOfType(multipart, contentType)?.part.body;
}

/** Like `contentOf`, from the part's headers to the delimiter behind it. */
export function rawContentOf(message: SipMessage, contentType: string): string | undefined {
  const multipart = multipartOf(message);
  if (multipart === undefined) return bodyOfType(message, contentType);
  const found = partOfType(multipart, contentType);
  return found === undefined ? undefined : message.text.slice(found.part.start, found.nextDelimiterEnd);
}

function bodyOfType(message: SipMessage, contentType: string): string | undefined {
  return hasBody(message, contentType) > 0 ? message.body : undefined;
}
