import type { MessageLimits } from './limits.ts';
import { isBlankCode, isDigit, matchesAt, parseUint } from './scan.ts';
import { type WireError, wireError } from './wireError.ts';

/** The first line of a message (RFC 3261 §7.1, §7.2). */
export interface StartLine {
  isRequest: boolean;
  method: string;
  requestUri: string;
  statusCode: number;
  reasonPhrase: string;
  version: string;
  /** Offset behind its CRLF. */
  end: number;
}

const CR = 13;
const SP = 32;

/** The offset behind the line end is in `end`; white space behind the version of a request is passed over. */
export function parseStartLine(text: string, limits: MessageLimits): StartLine | WireError {
  const lineFeed = text.indexOf('\n');
  if (lineFeed < 0) return wireError('no line end in the start line', 0, 0);
  const lineEnd = text.charCodeAt(lineFeed - 1) === CR ? lineFeed - 1 : lineFeed;
  const firstSpace = text.indexOf(' ');
  if (firstSpace <= 0 || firstSpace >= lineEnd) return wireError('malformed start line', 0, 0);
  if (matchesAt(text, 0, 'sip/') && isDigit(text.charCodeAt(4)))
    return parseStatusLine(text, firstSpace, lineEnd, lineFeed + 1);
  return parseRequestLine(text, firstSpace, lineEnd, lineFeed + 1, limits);
}

function parseStatusLine(
  text: string,
  firstSpace: number,
  lineEnd: number,
  end: number,
): StartLine | WireError {
  const code = parseUint(text, firstSpace + 1, firstSpace + 4, 999);
  const behind = text.charCodeAt(firstSpace + 4);
  if (code < 100 || code > 699 || (firstSpace + 4 < lineEnd && behind !== SP))
    return wireError('malformed status code', firstSpace + 1, 0);
  return {
    isRequest: false,
    method: '',
    requestUri: '',
    statusCode: code,
    reasonPhrase: firstSpace + 5 <= lineEnd ? text.slice(firstSpace + 5, lineEnd) : '',
    version: text.slice(0, firstSpace),
    end,
  };
}

function parseRequestLine(
  text: string,
  firstSpace: number,
  lineEnd: number,
  end: number,
  limits: MessageLimits,
): StartLine | WireError {
  // white space behind the version is tolerated (RFC 4475 §3.1.2.10); rendering drops it
  let versionEnd = lineEnd;
  while (isBlankCode(text.charCodeAt(versionEnd - 1))) versionEnd--;
  let lastSpace = versionEnd - 1;
  while (lastSpace > firstSpace && text.charCodeAt(lastSpace) !== SP) lastSpace--;
  if (lastSpace <= firstSpace) return wireError('malformed request line', firstSpace, 400);
  const requestUri = text.slice(firstSpace + 1, lastSpace);
  if (requestUri.length > limits.uriLength) return wireError('Request-URI too long', firstSpace + 1, 414);
  if (requestUri.includes(' ')) return wireError('white space in the Request-URI', firstSpace + 1, 400);
  return {
    isRequest: true,
    method: text.slice(0, firstSpace),
    requestUri,
    statusCode: 0,
    reasonPhrase: '',
    version: text.slice(lastSpace + 1, versionEnd),
    end,
  };
}
