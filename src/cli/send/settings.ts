import { isIpv4, isIpv6 } from '../../base/ip.ts';
import type { Fields, Recipe } from '../../client/compose.ts';
import type { LocalBinding } from '../../client/link.ts';
import { parseTarget, requestUriFor, type Target } from '../../client/target.ts';
import type { TlsOptions } from '../../client/tlsRules.ts';
import type { UserSettings } from '../../client/user.ts';
import { splitUri } from '../../sip/uriParts.ts';
import { type TimerTable, timerTable } from '../../transaction/timers.ts';
import { UsageError } from '../options.ts';
import type { GivenOptions } from '../optionTable.ts';
import { bytesOf } from './bytes.ts';
import { bracketed, domainOf, type FileReader, type Given, recipeOf } from './recipe.ts';

/** How the first (or only) user is set up. Throws a `UsageError` or a `ClientFailure` of one line. */
export function firstUser(given: Given, files: FileReader, userAgent: string): UserSettings {
  const target = parseTarget(given.positionals);
  const recipe = recipeOf(given, target, files, userAgent);
  const user = String(recipe.fields.fuser ?? '');
  const contact = recipe.fields.contacturi;
  return {
    name: user === '' ? 'client' : user,
    target,
    outbound: {
      local: localBinding(given.text('laddr')),
      timeoutMs: given.number('timeout-connect', 1) ?? 10_000,
      writeTimeoutMs: given.number('timeout-write', 1) ?? 4000,
      tls: tlsOptions(given, given.flag('tls-insecure'), files),
      webSocket: {
        origin: given.text('websocket-origin') ?? 'http://127.0.0.1',
        protocol: given.text('websocket-proto') ?? 'sip',
      },
      connectDatagrams: given.choice('connect-udp') ?? !isSession(given),
      family: family(given),
      relocate: given.flag('re-resolve'),
    },
    profile: {
      recipe,
      credentials: credentials(
        given.text('auth-user') ?? user,
        given.text('auth-password'),
        given.flag('ha1'),
      ),
      ...registrar(target, recipe, given.flag('register-party')),
      user,
      contact: typeof contact === 'string' && contact !== '' ? contact : undefined,
      buildContact: given.choice('contact-build'),
      userAgent: String(recipe.fields.useragent ?? ''),
    },
    timers: timersOf(given),
  };
}

const sessionFlags = [
  'invite',
  'register-first',
  'call-self',
  'call-user',
  'subscribe-session',
  'listen',
] as const;

/** Does the run last longer than one request, so that others may send to us? */
export function isSession(given: Given): boolean {
  return sessionFlags.some((name) => given.flag(name)) || given.has('sessionwait');
}

/** The second user of a call between two. */
export function secondUser(given: Given, first: UserSettings): UserSettings {
  const user = bytesOf(given.text('ua2-fuser') ?? 'bob');
  const target = given.has('ua2-target') ? parseTarget([given.text('ua2-target') ?? '']) : first.target;
  const domain = bytesOf(given.text('ua2-fdomain') ?? String(first.profile.recipe.fields.fdomain));
  const recipe: Recipe = {
    ...first.profile.recipe,
    fields: {
      ...first.profile.recipe.fields,
      fuser: user,
      fdomain: domain,
      fromuri: undefined,
      contacturi: undefined,
    },
  };
  const contact = given.text('ua2-contact-uri');
  return {
    ...first,
    name: user,
    target,
    outbound: { ...first.outbound, local: localBinding(given.text('ua2-laddr')) },
    profile: {
      ...first.profile,
      recipe,
      ...registrar(target, recipe, false),
      credentials: credentials(
        given.text('ua2-auth-user') ?? user,
        given.text('ua2-auth-password') ?? given.text('auth-password'),
        given.choice('ua2-ha1') ?? given.flag('ha1'),
      ),
      user,
      contact: contact === undefined ? undefined : bracketed(bytesOf(contact)),
    },
  };
}

/** TLS options that `send` and `ws` have under the same names. */
export function tlsOptions<Name extends string>(
  given: GivenOptions<Name | TlsOption>,
  insecure: boolean,
  files: FileReader,
): TlsOptions {
  const file = (name: TlsOption): string | undefined => {
    const path = given.text(name);
    return path === undefined ? undefined : files.readFile(path);
  };
  return {
    insecure,
    trusted: file('tls-ca'),
    name: given.text('tls-name'),
    certificate: file('tls-certificate'),
    privateKey: file('tls-key'),
  };
}

type TlsOption = 'tls-ca' | 'tls-name' | 'tls-certificate' | 'tls-key';

function credentials(username: string, password: string | undefined, isHa1: boolean) {
  if (password === undefined) return undefined;
  const secret = bytesOf(password);
  return isHa1
    ? { username: bytesOf(username), ha1: secret }
    : { username: bytesOf(username), password: secret };
}

/** REGISTER goes to the domain without a user; its To is the address of record. */
function registrar(target: Target, { fields }: Recipe, isThirdParty: boolean) {
  const uri = String(fields.ruri);
  const parts = splitUri(uri);
  const host = parts === undefined ? domainOf(uri) : uri.slice(parts.hostStart);
  const registrarUri = parts === undefined ? requestUriFor(target, '') : `${parts.scheme}:${host}`;
  const own: Fields = {
    tuser: fields.fuser,
    tdomain: fields.fdomain,
    tname: fields.fname,
    touri: fields.fromuri,
  };
  const registration = { ...(isThirdParty ? {} : own), method: 'REGISTER', ruri: registrarUri };
  return { registrar: registrarUri, registration };
}

function timersOf(given: Given): TimerTable {
  const table = timerTable(given.number('timer-t1', 1), given.number('timer-t2', 1));
  const timeoutMs = given.number('timeout', 1);
  return timeoutMs === undefined ? table : { ...table, timerBMs: timeoutMs, timerFMs: timeoutMs };
}

function family(given: Given): 4 | 6 | undefined {
  const value = given.text('af');
  if (value === undefined || value === '0') return undefined;
  if (value !== '4' && value !== '6') throw new UsageError(`-af ${value}: wants 4 or 6`);
  return value === '4' ? 4 : 6;
}

/** `IP:PORT`, `[v6]:PORT`, `IP`, `:PORT`. */
export function localBinding(text: string | undefined): LocalBinding {
  if (text === undefined) return { address: undefined, port: 0 };
  if (isIpv4(text) || isIpv6(text)) return { address: text, port: 0 };
  const match = /^(\[[^\]]*\]|[^:]*):(\d{1,5})$|^(\[[^\]]*\])$/.exec(text);
  const host = (match?.[1] ?? match?.[3] ?? '').replace(/^\[|\]$/g, '');
  const port = Number(match?.[2] ?? 0);
  if (match === null || port > 65535 || !(host === '' || isIpv4(host) || isIpv6(host)))
    throw new UsageError(`local address ${text}: wants IP:PORT, IP or :PORT`);
  return { address: host === '' ? undefined : host, port };
}
