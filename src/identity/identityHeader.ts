/** The Identity header field (RFC 8224 §4). */
import { failure, type Outcome, success } from './failure.ts';
import { maxTokenLength } from './passport.ts';

export interface IdentityHeader {
  /** Full form, or compact form that begins with two dots (RFC 8224 §4.1). */
  readonly token: string;
  /** Where the certificate is; '' when the value is a bare token. */
  readonly info: string;
  readonly alg: string | undefined;
  readonly ppt: string | undefined;
}

/** Reads a header value. A bare token without parameters is accepted too, as command lines give it. */
export function parseIdentityHeader(value: string): Outcome<IdentityHeader> {
  if (value.length > maxTokenLength)
    return failure('format', `header of ${value.length} characters`, 'parameters');
  const text = value.replace(/[ \t\r\n]+/g, '');
  const [token = '', ...rest] = splitParameters(text);
  if (token === '') return failure('format', 'the header is empty', 'parameters');
  const parameters = new Map<string, string>();
  for (const part of rest) {
    const equals = part.indexOf('=');
    if (equals <= 0) return failure('format', `"${part.slice(0, 40)}" is no parameter`, 'parameters');
    parameters.set(part.slice(0, equals).toLowerCase(), part.slice(equals + 1));
  }
  const info = parameters.get('info');
  if (rest.length > 0 && info === undefined)
    return failure('x5u', 'there is no info parameter', 'parameters');
  const location = info === undefined ? '' : unbracketed(info);
  if (location === undefined) return failure('x5u', 'info is not a URI in angle brackets', 'parameters');
  return success({
    token,
    info: location,
    alg: parameters.get('alg'),
    ppt: unquoted(parameters.get('ppt')),
  });
}

/** At `;`, but not within angle brackets or quotes. */
function splitParameters(text: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let closer = '';
  for (let i = 0; i < text.length; i++) {
    const char = text[i] as string;
    if (closer !== '') {
      if (char === closer) closer = '';
    } else if (char === '<') closer = '>';
    else if (char === '"') closer = '"';
    else if (char === ';') {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}

function unbracketed(text: string): string | undefined {
  if (!text.startsWith('<')) return text.length > 2 ? text : undefined;
  return text.endsWith('>') && text.length > 2 ? text.slice(1, -1) : undefined;
}

function unquoted(text: string | undefined): string | undefined {
  return text?.startsWith('"') && text.endsWith('"') && text.length >= 2 ? text.slice(1, -1) : text;
}

/** The value with its parameters, in the order in which the reference implementation writes them. */
export function renderIdentityHeader(header: IdentityHeader): string {
  const alg = header.alg === undefined ? '' : `;alg=${header.alg}`;
  const ppt = header.ppt === undefined ? '' : `;ppt=${header.ppt}`;
  return `${header.token};info=<${header.info}>${alg}${ppt}`;
}
