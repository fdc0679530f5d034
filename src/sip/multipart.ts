/** Multipart bodies (RFC 2046 §5.1, RFC 5621): parts with their offsets, so that one can be edited in place. */

import { unquote } from './authValue.ts';
import { mediaType } from './headerValues.ts';
import { parseParams } from './params.ts';
import { equalsIgnoreCase, isBlankCode, isSpaceCode, trimEnd } from './scan.ts';

export interface BodyPart {
  /** From the first header of the part to the end of its body. */
  readonly start: number;
  readonly end: number;
  readonly bodyStart: number;
  readonly headers: readonly PartHeader[];
  /** `type/subtype` in lower case; text/plain when the part says nothing (RFC 2046 §5.1). */
  readonly mediaType: string;
  readonly body: string;
}

export interface PartHeader {
  readonly name: string;
  /** Unfolded. */
  readonly value: string;
}

/** More parts than this are not read. */
const MAX_PARTS = 64;

/** The boundary of a multipart Content-Type value; undefined when it is no multipart or names none. */
export function boundaryOf(contentType: string): string | undefined {
  if (mediaType(contentType)?.startsWith('multipart/') !== true) return undefined;
  const semicolon = contentType.indexOf(';');
  const params = semicolon < 0 ? undefined : parseParams(contentType, semicolon, contentType.length);
  const boundary = unquote(params?.get('boundary') ?? '');
  return boundary === '' || boundary.length > 70 ? undefined : boundary;
}

/** The value of a part's header, letter case aside. */
export function partHeader(part: BodyPart, name: string): string | undefined {
  return part.headers.find((header) => equalsIgnoreCase(header.name, name))?.value;
}

/**
 * The parts of `text[start, end)`; undefined when the Content-Type is no multipart, a part is malformed, the
 * closing delimiter is missing or there are more than 64 parts. Offsets are into `text`.
 */
export function parseMultipart(
  text: string,
  contentType: string,
  start = 0,
  end: number = text.length,
): BodyPart[] | undefined {
  const boundary = boundaryOf(contentType);
  if (boundary === undefined) return undefined;
  const delimiter = `--${boundary}`;
  const parts: BodyPart[] = [];
  let at = findDelimiter(text, delimiter, start, start, end);
  while (at >= 0) {
    const behind = at + delimiter.length;
    if (text.startsWith('--', behind) && behind + 2 <= end) return parts;
    const partStart = text.indexOf('\n', behind) + 1;
    const next = partStart === 0 ? -1 : findDelimiter(text, delimiter, partStart, start, end);
    if (next < 0 || parts.length === MAX_PARTS) return undefined;
    const part = parsePart(text, partStart, beforeLineEnd(text, partStart, next));
    if (part === undefined) return undefined;
    parts.push(part);
    at = next;
  }
  return undefined;
}

/** The next delimiter at the beginning of a line, followed by its end, white space or `--`; or -1. */
function findDelimiter(text: string, delimiter: string, from: number, start: number, end: number): number {
  if (from === start && isDelimiter(text, delimiter, start, end)) return start;
  const lineAndDelimiter = `\n${delimiter}`;
  let at = text.indexOf(lineAndDelimiter, Math.max(0, from - 1));
  while (at >= 0 && at < end) {
    if (isDelimiter(text, delimiter, at + 1, end)) return at + 1;
    at = text.indexOf(lineAndDelimiter, at + 1);
  }
  return -1;
}

function isDelimiter(text: string, delimiter: string, at: number, end: number): boolean {
  const behind = at + delimiter.length;
  if (behind > end || !text.startsWith(delimiter, at)) return false;
  const code = text.charCodeAt(behind);
  return isSpaceCode(code) || code === 0x2d;
}

/** The line end before a delimiter belongs to the delimiter. */
function beforeLineEnd(text: string, start: number, at: number): number {
  const end = text.charCodeAt(at - 2) === 13 ? at - 2 : at - 1;
  return Math.max(start, end);
}

function parsePart(text: string, start: number, end: number): BodyPart | undefined {
  const headers: PartHeader[] = [];
  let position = start;
  while (position < end) {
    let lineFeed = text.indexOf('\n', position);
    if (lineFeed < 0 || lineFeed >= end) return undefined;
    if (trimEnd(text, position, lineFeed) === position) {
      position = lineFeed + 1;
      break;
    }
    while (lineFeed >= 0 && isBlankCode(text.charCodeAt(lineFeed + 1)))
      lineFeed = text.indexOf('\n', lineFeed + 1);
    const header =
      lineFeed < 0 || lineFeed >= end ? undefined : parsePartHeader(text.slice(position, lineFeed));
    if (header === undefined) return undefined;
    headers.push(header);
    position = lineFeed + 1;
  }
  const type = headers.find(({ name }) => equalsIgnoreCase(name, 'content-type'))?.value ?? 'text/plain';
  const body = text.slice(position, end);
  return { start, end, bodyStart: position, headers, mediaType: mediaType(type) ?? '', body };
}

function parsePartHeader(line: string): PartHeader | undefined {
  const colon = line.indexOf(':');
  if (colon <= 0) return undefined;
  const value = line.slice(colon + 1).replace(/\r?\n[ \t]+/g, ' ');
  return { name: line.slice(0, colon).trimEnd(), value: value.trim() };
}
