import { endOfQuoted, equalsIgnoreCase, isToken, isTokenCode, skipSpace, trimEnd } from './scan.ts';

export interface AuthParam {
  /** As written. */
  readonly name: string;
  /** Without quotes, escaped characters resolved. */
  readonly value: string;
  readonly quoted: boolean;
}

/**
 * The value of an Authorization, Proxy-Authorization, WWW-Authenticate, Proxy-Authenticate or
 * Authentication-Info header (RFC 3261 §20.7, §25.1; RFC 7616).
 */
export class AuthValue {
  /** As written: `Digest`; '' for Authentication-Info. */
  readonly scheme: string;
  readonly params: readonly AuthParam[];

  constructor(scheme: string, params: readonly AuthParam[]) {
    this.scheme = scheme;
    this.params = params;
  }

  get isDigest(): boolean {
    return equalsIgnoreCase(this.scheme, 'digest');
  }

  get(name: string): string | undefined {
    return this.params.find((param) => equalsIgnoreCase(param.name, name))?.value;
  }
}

const MAX_PARAMS = 64;

/**
 * Parses `Scheme name=value, name="value" ...`, in any order, with white space and folding anywhere. undefined
 * when malformed, when a name comes twice or when there are more than 64 parameters.
 */
export function parseAuthValue(text: string, start = 0, end = text.length): AuthValue | undefined {
  const begin = skipSpace(text, start, end);
  let position = endOfToken(text, begin, end);
  if (position === begin) return undefined;
  const scheme = text.slice(begin, position);
  const params = parseAuthParams(text, skipSpace(text, position, end), end);
  if (params !== undefined && position < end) return new AuthValue(scheme, params);
  // an unknown scheme may carry anything (RFC 3261 §25.1 other-response is looser in use): keep it as one value
  position = skipSpace(text, position, end);
  if (equalsIgnoreCase(scheme, 'digest') || position >= end) return undefined;
  return new AuthValue(scheme, [
    { name: '', value: text.slice(position, trimEnd(text, position, end)), quoted: false },
  ]);
}

/** One parameter of a value like `Digest a="b", c=d`; undefined when it is not there or the value is malformed. */
export function authParamOf(value: string, name: string): string | undefined {
  return parseAuthValue(value)?.get(name);
}

/** Authentication-Info: parameters without a scheme (RFC 3261 §20.6). */
export function parseAuthInfo(text: string, start = 0, end = text.length): AuthValue | undefined {
  const params = parseAuthParams(text, skipSpace(text, start, end), end);
  return params === undefined ? undefined : new AuthValue('', params);
}

function parseAuthParams(text: string, start: number, end: number): AuthParam[] | undefined {
  const params: AuthParam[] = [];
  let position = start;
  for (;;) {
    // empty list elements are tolerated (RFC 9110 §5.6.1.2)
    while (position < end && text.charCodeAt(position) === 0x2c)
      position = skipSpace(text, position + 1, end);
    if (position >= end) return params.length === 0 ? undefined : params;
    const nameEnd = endOfToken(text, position, end);
    const equals = skipSpace(text, nameEnd, end);
    if (nameEnd === position || text.charCodeAt(equals) !== 0x3d || equals >= end) return undefined;
    const valueStart = skipSpace(text, equals + 1, end);
    const valueEnd = endOfAuthValue(text, valueStart, end);
    const name = text.slice(position, nameEnd);
    if (valueEnd < 0 || params.length === MAX_PARAMS || isRepeated(params, name)) return undefined;
    params.push(authParam(name, text.slice(valueStart, valueEnd)));
    position = skipSpace(text, valueEnd, end);
    if (position < end && text.charCodeAt(position) !== 0x2c) return undefined;
  }
}

function isRepeated(params: readonly AuthParam[], name: string): boolean {
  return params.some((param) => equalsIgnoreCase(param.name, name));
}

function authParam(name: string, raw: string): AuthParam {
  if (raw.charCodeAt(0) !== 0x22) return { name, value: raw, quoted: false };
  return { name, value: unquote(raw), quoted: true };
}

function endOfToken(text: string, start: number, end: number): number {
  let position = start;
  while (position < end && isTokenCode(text.charCodeAt(position))) position++;
  return position;
}

/** Behind a quoted string, or before the next comma or white space; -1 for an unclosed quote. */
function endOfAuthValue(text: string, start: number, end: number): number {
  if (text.charCodeAt(start) === 0x22) return endOfQuoted(text, start, end);
  if (text.charCodeAt(start) === 0x3d) return -1; // `==`: the padding of a token68 (RFC 9110 §11.2)
  let position = start;
  while (position < end) {
    const code = text.charCodeAt(position);
    if (code === 0x2c || code === 0x20 || code === 9 || code === 13 || code === 10) break;
    position++;
  }
  return position;
}

/** A quoted string without its quotes, with quoted pairs resolved; other text as it is. */
export function unquote(text: string): string {
  if (text.length < 2 || text.charCodeAt(0) !== 0x22) return text;
  const inner = text.slice(1, -1);
  return inner.includes('\\') ? inner.replace(/\\([\s\S])/g, '$1') : inner;
}

/** The text as a quoted string. */
export function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** Parameters that RFC 3261 §25.1 writes without quotes, whatever they hold. */
const bareNames: ReadonlySet<string> = new Set(['algorithm', 'nc', 'stale', 'qop', 'userhash']);

/**
 * `Digest a="b", ...` from names and values; undefined values are left out. `qop` is quoted in a challenge (a
 * list) and bare in credentials.
 */
export function formatAuthValue(
  kind: 'challenge' | 'credentials',
  values: Readonly<Record<string, string | undefined>>,
): string {
  const parts: string[] = [];
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) continue;
    const bare = bareNames.has(name) && isToken(value) && !(name === 'qop' && kind === 'challenge');
    parts.push(`${name}=${bare ? value : quote(value)}`);
  }
  return `Digest ${parts.join(', ')}`;
}
