import { type Fields, parseHeaderField, type Recipe, refuseLineBreaks } from '../../client/compose.ts';
import {
  codecs,
  defaultCodecs,
  defaultFields,
  defaultMessageText,
  defaultSdp,
  defaultTemplate,
} from '../../client/defaults.ts';
import { requestUriFor, type Target } from '../../client/target.ts';
import { splitUri } from '../../sip/uriParts.ts';
import { UsageError } from '../options.ts';
import type { GivenOptions } from '../optionTable.ts';
import { bytesOf } from './bytes.ts';
import type { SendOption } from './options.ts';

export type Given = GivenOptions<SendOption>;

/** What reading the options needs of the process. */
export interface FileReader {
  /** latin1, one character a byte. Throws when it cannot be read. */
  readFile(path: string): string;
}

const methodFlags = [
  'register',
  'invite',
  'message',
  'info',
  'subscribe',
  'publish',
  'notify',
  'options',
] as const;

/** The method that the options ask for. */
export function methodOf(given: Given, fields: Fields): string {
  const flagged = methodFlags.find((name) => given.flag(name));
  if (flagged !== undefined) return flagged.toUpperCase();
  const named = given.text('method');
  if (named !== undefined) return named.toUpperCase();
  if (given.flag('call-self') || given.flag('call-user')) return 'INVITE';
  if (given.flag('subscribe-session')) return 'SUBSCRIBE';
  return given.flag('listen') ? 'REGISTER' : String(fields.method ?? 'OPTIONS').toUpperCase();
}

/** The recipe of the request that the options describe. */
export function recipeOf(given: Given, target: Target, files: FileReader, userAgent: string): Recipe {
  const file = given.text('fields-file');
  const base = file === undefined ? defaultFields : fieldsFile(file, files);
  const own = fieldValues(given);
  const method = methodOf(given, { ...base, ...own });
  const fields = requestFields(given, target, { ...base, ...own, method }, userAgent);
  const path = given.text('template-file');
  return {
    template: path === undefined ? defaultTemplate : files.readFile(path),
    fields,
    unset: given.list('field-unset'),
    evaluate: file === undefined || given.flag('fields-eval'),
    headers: given.list('extra-header').map((header) => parseHeaderField(bytesOf(header))),
    body: bodyOf(given, method, files),
    crlf: !given.flag('no-crlf'),
  };
}

function fieldsFile(path: string, files: FileReader): Fields {
  let value: unknown;
  try {
    value = JSON.parse(files.readFile(path));
  } catch (error) {
    throw new UsageError(`--fields-file ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new UsageError(`--fields-file ${path}: wants a JSON object`);
  return value as Fields;
}

function fieldValues(given: Given): Fields {
  const fields: Record<string, unknown> = {};
  const noValue = given.text('no-val') ?? 'no';
  for (const text of given.list('field-val')) {
    const colon = text.indexOf(':');
    if (colon < 1) throw new UsageError(`--field-val ${text}: wants NAME:VALUE`);
    const value = bytesOf(text.slice(colon + 1));
    fields[text.slice(0, colon)] = value.trim() === noValue ? '' : value;
  }
  return fields;
}

/** Options that are fields of the template under another name. */
const fieldOptions = ['fuser', 'fdomain', 'tuser', 'tdomain', 'expires'] as const;

function requestFields(given: Given, target: Target, base: Fields, userAgent: string): Fields {
  const fields: Record<string, unknown> = { ...base };
  const noValue = given.text('no-val') ?? 'no';
  for (const name of fieldOptions) {
    const value = given.text(name);
    if (value !== undefined) fields[name] = value === noValue ? '' : bytesOf(value);
  }
  if (given.has('expires')) fields.expires = String(given.number('expires', 0, 0xffffffff));
  const agent =
    given.text('user-agent') ?? (fields.useragent === undefined ? userAgent : String(fields.useragent));
  fields.useragent = agent === noValue ? '' : bytesOf(agent);
  for (const [option, name] of uriOptions) {
    const uri = given.text(option);
    if (uri !== undefined) fields[name] = bracketed(bytesOf(uri));
  }
  if (given.has('sdp-direction')) fields.sdpdirection = direction(given.text('sdp-direction') ?? '');
  fields.sdpcodecs ??= codecList(given);
  fields.ruri ??= requestUri(given, target, fields);
  if (given.flag('set-domains')) setDomains(given, fields);
  return fields;
}

const uriOptions = [
  ['contact-uri', 'contacturi'],
  ['from-uri', 'fromuri'],
  ['to-uri', 'touri'],
] as const;

export function bracketed(uri: string): string {
  return uri.includes('<') ? uri : `<${uri}>`;
}

function direction(word: string): string {
  if (/^(sendrecv|sendonly|recvonly|inactive)$/.test(word)) return word;
  throw new UsageError(`--sdp-direction ${word}: wants sendrecv, sendonly, recvonly or inactive`);
}

function codecList(given: Given) {
  const names = given.text('codecs')?.split(',') ?? defaultCodecs;
  return names.map((name) => {
    const codec = codecs[name.trim().toUpperCase()];
    if (codec === undefined)
      throw new UsageError(`--codecs: ${name} is none of ${Object.keys(codecs).join(', ')}`);
    return codec;
  });
}

function requestUri(given: Given, target: Target, fields: Fields): string {
  const uri = given.text('ruri') ?? target.uri;
  if (uri !== undefined) return bytesOf(uri);
  const toUser = given.flag('set-user') && fields.method !== 'REGISTER' ? String(fields.tuser ?? '') : '';
  return requestUriFor(target, given.text('ruser') ?? toUser);
}

/** The domain of the Request-URI, without its port. */
function setDomains(given: Given, fields: Record<string, unknown>): void {
  const domain = domainOf(String(fields.ruri));
  if (!given.has('fdomain')) fields.fdomain = domain;
  if (!given.has('tdomain')) fields.tdomain = domain;
}

/** The host of a SIP URI. */
export function domainOf(uri: string): string {
  return splitUri(uri)?.host ?? uri;
}

function bodyOf(given: Given, method: string, files: FileReader): Recipe['body'] {
  const type = given.text('content-type');
  if (type !== undefined) refuseLineBreaks('--content-type', type);
  const plain = type ?? (method === 'INVITE' ? 'application/sdp' : 'text/plain');
  const template = given.text('template-body-file');
  if (template !== undefined) return { text: files.readFile(template), isTemplate: true, type: plain };
  const file = given.text('body-file');
  if (file !== undefined) return { text: files.readFile(file), isTemplate: false, type: plain };
  const text = given.text('message-body');
  if (text !== undefined) return { text: bytesOf(text), isTemplate: false, type: plain };
  if (given.flag('no-body') || given.has('template-file')) return undefined;
  if (method === 'MESSAGE') return { text: defaultMessageText, isTemplate: false, type: plain };
  if (method !== 'INVITE' || given.flag('late-offer')) return undefined;
  return { text: defaultSdp.replaceAll('\n', '\r\n'), isTemplate: true, type: plain };
}
