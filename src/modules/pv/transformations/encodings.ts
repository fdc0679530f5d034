import type { Value } from '../../../lang/catalogue.ts';
import { onText, type Transformations } from './makers.ts';

/** `{s.encode...}`, `{s.escape...}`, `{s.url...}`, `{val.json}` and their opposites. */

const base58Digits = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

function encodeBase58(value: string): string {
  let zeros = 0;
  while (zeros < value.length && value.charCodeAt(zeros) === 0) zeros++;
  let number = 0n;
  for (let i = zeros; i < value.length; i++) number = number * 256n + BigInt(value.charCodeAt(i));
  let out = '';
  for (; number > 0n; number /= 58n) out = base58Digits[Number(number % 58n)] + out;
  return base58Digits[0]?.repeat(zeros) + out;
}

/** '' when it holds another character. */
function decodeBase58(value: string): string {
  let zeros = 0;
  while (value[zeros] === '1') zeros++;
  let number = 0n;
  for (let i = zeros; i < value.length; i++) {
    const digit = base58Digits.indexOf(value[i] as string);
    if (digit < 0) return '';
    number = number * 58n + BigInt(digit);
  }
  let out = '';
  for (; number > 0n; number /= 256n) out = String.fromCharCode(Number(number % 256n)) + out;
  return '\0'.repeat(zeros) + out;
}

const bytes = (value: string): Buffer => Buffer.from(value, 'latin1');

/** The URL alphabet, padded as Kamailio writes it. */
function encodeBase64Url(value: string): string {
  return bytes(value).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}

const withoutPadding = (value: string): string => value.replace(/=+$/, '');

/** Node reads both alphabets, with padding or without. */
function decodeBase64(value: string): string {
  return Buffer.from(value, 'base64').toString('latin1');
}

function decodeHex(value: string): string {
  return /^([0-9a-fA-F]{2})*$/.test(value) ? Buffer.from(value, 'hex').toString('latin1') : '';
}

/** Seven bits of each character packed into octets, in hex (GSM 03.38 §6.1.2.1). */
function encode7bit(value: string): string {
  let out = '';
  let bits = 0;
  let count = 0;
  for (let i = 0; i < value.length; i++) {
    bits |= (value.charCodeAt(i) & 0x7f) << count;
    count += 7;
    while (count >= 8) {
      out += hexByte(bits & 0xff);
      bits >>>= 8;
      count -= 8;
    }
  }
  return count > 0 ? out + hexByte(bits & 0xff) : out;
}

function hexByte(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, '0');
}

function decode7bit(value: string): string {
  const packed = decodeHex(value);
  let out = '';
  let bits = 0;
  let count = 0;
  for (let i = 0; i < packed.length; i++) {
    bits |= packed.charCodeAt(i) << count;
    count += 8;
    while (count >= 7) {
      out += String.fromCharCode(bits & 0x7f);
      bits >>>= 7;
      count -= 7;
    }
  }
  return out.replace(/\0+$/, '');
}

const commonEscapes: Readonly<Record<string, string>> = { "'": "\\'", '"': '\\"', '\\': '\\\\', '\0': '\\0' };

function unescapeCommon(value: string): string {
  return value.replace(/\\(['"\\0])/g, (_whole, character: string) => (character === '0' ? '\0' : character));
}

/** `%hh` for all characters but letters, digits and those of `kept`. */
function percentEncode(value: string, kept: string): string {
  let out = '';
  for (let i = 0; i < value.length; i++) {
    const character = value[i] as string;
    if (/[A-Za-z0-9]/.test(character) || kept.includes(character)) out += character;
    else out += `%${value.charCodeAt(i).toString(16).padStart(2, '0')}`;
  }
  return out;
}

/** '' when a `%` is not followed by two hex digits. */
function percentDecode(value: string): string {
  if (/%(?![0-9a-fA-F]{2})/.test(value)) return '';
  return value.replace(/%([0-9a-fA-F]{2})/g, (_whole, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** RFC 3261 §25.1: mark and user-unreserved. */
const userKept = "-_.!~*'()&=+$,;?/";
/** RFC 3261 §25.1: mark and param-unreserved. */
const paramKept = "-_.!~*'()[]/:&+$";

/** Escaped for the inside of a JSON string. */
export function jsonEscape(value: string): string {
  return JSON.stringify(value).slice(1, -1);
}

/** Null keeps its own meaning in this class. */
const onValue = (doc: string, operation: (value: Value) => Value) => ({
  doc,
  minArgs: 0,
  maxArgs: 0,
  bind: () => operation,
});

function digit(value: Value, at: 0 | -1): number {
  return typeof value === 'number' ? Number(String(Math.abs(value)).at(at)) : 0;
}

export const encodingTransformations: Transformations = {
  's.encode.hexa': onText('in hex', (value) => bytes(value).toString('hex')),
  's.decode.hexa': onText('from hex', decodeHex),
  's.encode.7bit': onText('packed to seven bits a character, in hex', encode7bit),
  's.decode.7bit': onText('unpacked from seven bits a character', decode7bit),
  's.encode.base58': onText('in base58', encodeBase58),
  's.decode.base58': onText('from base58', decodeBase58),
  's.encode.base64': onText('in base64', (value) => bytes(value).toString('base64')),
  's.decode.base64': onText('from base64', decodeBase64),
  's.encode.base64t': onText('in base64 without padding', (value) =>
    withoutPadding(bytes(value).toString('base64')),
  ),
  's.decode.base64t': onText('from base64 without padding', decodeBase64),
  's.encode.base64url': onText('in base64 for URLs', encodeBase64Url),
  's.decode.base64url': onText('from base64 for URLs', decodeBase64),
  's.encode.base64urlt': onText('in base64 for URLs without padding', (value) =>
    withoutPadding(encodeBase64Url(value)),
  ),
  's.decode.base64urlt': onText('from base64 for URLs without padding', decodeBase64),
  's.escape.common': onText('with \', ", \\ and NUL escaped', (value) =>
    value.replace(/['"\\\0]/g, (character) => commonEscapes[character] ?? character),
  ),
  's.unescape.common': onText('opposite of s.escape.common', unescapeCommon),
  's.escape.user': onText('escaped for the user of a URI', (value) => percentEncode(value, userKept)),
  's.unescape.user': onText('opposite of s.escape.user', percentDecode),
  's.escape.param': onText('escaped for a parameter of a URI', (value) => percentEncode(value, paramKept)),
  's.unescape.param': onText('opposite of s.escape.param', percentDecode),
  's.escape.csv': onText('quoted for CSV (RFC 4180)', (value) => `"${value.replaceAll('"', '""')}"`),
  's.urlencode.param': onText('encoded for a URL parameter', (value) => percentEncode(value, '-_.~')),
  's.urldecode.param': onText('opposite of s.urlencode.param', (value) =>
    percentDecode(value.replaceAll('+', ' ')),
  ),
  'val.json': onValue('escaped for a JSON string; null is empty', (value) =>
    value === null ? '' : jsonEscape(String(value)),
  ),
  'val.jsonqe': onValue('a JSON value: text in quotes, numbers as they are, null as ""', (value) =>
    typeof value === 'number' ? value : JSON.stringify(value ?? ''),
  ),
  'val.n0': onValue('0 for null', (value) => value ?? 0),
  'val.ne': onValue('empty text for null', (value) => value ?? ''),
  'num.fdigit': onValue('first digit of a number', (value) => digit(value, 0)),
  'num.ldigit': onValue('last digit of a number', (value) => digit(value, -1)),
};
