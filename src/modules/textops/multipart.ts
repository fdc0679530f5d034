import { HeaderKind } from '../../sip/headerKind.ts';
import { mediaType } from '../../sip/headerValues.ts';
import type { SipMessage } from '../../sip/message.ts';
import { parseParams } from '../../sip/params.ts';
import { equalsIgnoreCase } from '../../sip/scan.ts';

/** Parts of one body that are looked at. */
const maxParts = 64;

/** One body part (RFC 2046 §5.1); offsets in the message's text. */
export interface BodyPart {
  /** Offset of the delimiter line before it. */
  readonly delimiterStart: number;
  readonly headersStart: number;
  readonly bodyStart: number;
  /** Before the line end that belongs to the next delimiter. */
  readonly bodyEnd: number;
  /** Offset of the delimiter line behind it. */
  readonly nextDelimiter: number;
  /** Behind that line. */
  readonly nextDelimiterEnd: number;
  /** `type/subtype` in lower case; '' when it has none. */
  readonly type: string;
}

export interface Multipart {
  readonly boundary: string;
  readonly parts: readonly BodyPart[];
  /** Offset of the last delimiter line, where a further part goes; -1 when there is no delimiter. */
  readonly closing: number;
  /** Behind the last delimiter line. */
  readonly closingEnd: number;
  /** The last delimiter ends with `--`. */
  readonly isClosed: boolean;
}

/** The boundary parameter of Content-Type; undefined when it has none. */
export function boundaryOf(message: SipMessage): string | undefined {
  const value = message.value(HeaderKind.contentType);
  if (value === undefined) return undefined;
  const semicolon = value.indexOf(';');
  if (semicolon < 0) return undefined;
  const boundary = parseParams(value, semicolon, value.length)?.get('boundary');
  if (boundary === undefined || boundary === '') return undefined;
  return boundary.startsWith('"') ? boundary.slice(1, -1) : boundary;
}

/** undefined when the message has no boundary. */
export function multipartOf(message: SipMessage): Multipart | undefined {
  const boundary = boundaryOf(message);
  if (boundary === undefined) return undefined;
  const lines = delimiterLines(message, `--${boundary}`);
  const parts: BodyPart[] = [];
  for (let i = 0; i + 1 < lines.length; i++) {
    const line = lines[i] as DelimiterLine;
    if (line.closes) break;
    parts.push(partBetween(message, line, lines[i + 1] as DelimiterLine));
  }
  const last = lines[parts.length];
  return {
    boundary,
    parts,
    closing: last?.start ?? -1,
    closingEnd: last?.end ?? -1,
    isClosed: last?.closes ?? false,
  };
}

interface DelimiterLine {
  readonly start: number;
  /** Behind its line end. */
  readonly end: number;
  readonly closes: boolean;
}

function delimiterLines(message: SipMessage, delimiter: string): DelimiterLine[] {
  const { text, bodyStart, bodyEnd } = message;
  const lines: DelimiterLine[] = [];
  for (let at = text.indexOf(delimiter, bodyStart); at >= 0; at = text.indexOf(delimiter, at + 1)) {
    if (at + delimiter.length > bodyEnd || lines.length > maxParts) break;
    if (at > bodyStart && text[at - 1] !== '\n') continue;
    const behind = at + delimiter.length;
    const closes = text.startsWith('--', behind);
    const lineFeed = text.indexOf('\n', behind);
    const end = lineFeed < 0 || lineFeed >= bodyEnd ? bodyEnd : lineFeed + 1;
    if (text.slice(closes ? behind + 2 : behind, end).trim() === '') lines.push({ start: at, end, closes });
  }
  return lines;
}

function partBetween(message: SipMessage, line: DelimiterLine, next: DelimiterLine): BodyPart {
  const { text } = message;
  const part = text.slice(line.end, next.start);
  const startsEmpty = /^\r?\n/.exec(part);
  const gap = startsEmpty ?? /\r?\n\r?\n/.exec(part);
  const headersEnd = gap === null ? next.start : line.end + gap.index;
  const bodyStart = gap === null ? next.start : headersEnd + gap[0].length;
  let bodyEnd = Math.max(bodyStart, next.start);
  if (bodyEnd > bodyStart && text[bodyEnd - 1] === '\n') bodyEnd--;
  if (bodyEnd > bodyStart && text[bodyEnd - 1] === '\r') bodyEnd--;
  return {
    delimiterStart: line.start,
    headersStart: line.end,
    bodyStart,
    bodyEnd,
    nextDelimiter: next.start,
    nextDelimiterEnd: next.end,
    type: typeOf(text.slice(line.end, headersEnd)),
  };
}

/** The media type among a part's header lines. */
function typeOf(headers: string): string {
  for (const line of headers.split(/\r?\n/)) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).trim();
    if (colon > 0 && (equalsIgnoreCase(name, 'content-type') || equalsIgnoreCase(name, 'c')))
      return mediaType(line.slice(colon + 1)) ?? '';
  }
  return '';
}

export function partOfType(multipart: Multipart, contentType: string): BodyPart | undefined {
  const wanted = mediaType(contentType) ?? contentType.toLowerCase();
  return multipart.parts.find((part) => part.type === wanted);
}
