import type { ScriptContext } from '../../module/context.ts';
import { HeaderKind } from '../../sip/headerKind.ts';
import { type Contacts, contactsOf, hasToken, tokensOf, valuesOf } from '../../sip/headerValues.ts';
import type { SipMessage } from '../../sip/message.ts';
import { methodIds, otherMethodId } from '../../sip/methodIds.ts';
import type { NameAddr } from '../../sip/nameAddr.ts';
import { equalsIgnoreCase } from '../../sip/scan.ts';
import { expiresOf, instanceOf, regIdOf, unquoted } from './contactValues.ts';
import { isRefusal, type Refusal, refusals } from './errors.ts';
import type { RegistrarConfig } from './params.ts';
import { type PathVector, pathOf } from './pathVector.ts';

/** Longest Call-ID that the column holds. */
const maxCallIdLength = 255;

/** What a REGISTER (or, in a reply route, the answer to one) asks for. */
export interface Registration {
  readonly message: SipMessage;
  readonly isStar: boolean;
  readonly contacts: readonly NameAddr[];
  readonly callId: string;
  readonly cseq: number;
  /** Of the Expires header; undefined when there is none. */
  readonly expiresSec: number | undefined;
  readonly userAgent: string;
  /** Bit set of Allow; -1 when there is none. */
  readonly methods: number;
  /** undefined when there is none, or use_path is off. */
  readonly path: PathVector | undefined;
  readonly supportsPath: boolean;
  readonly supportsOutbound: boolean;
  readonly supportsGruu: boolean;
  readonly requiresOutbound: boolean;
  readonly hasSupported: boolean;
  /** More than one Via: the REGISTER came through a proxy. */
  readonly cameThroughProxy: boolean;
}

/** Reads and checks what does not depend on the stored bindings. */
export function readRegistration(context: ScriptContext, config: RegistrarConfig): Registration | Refusal {
  const { message } = context;
  const contacts = contactsOf(message) ?? leadingStar(message);
  if (contacts === undefined) return hasStar(message) ? refusals.starNotAlone : refusals.contactSyntax;
  if (message.has(HeaderKind.contact) && !contacts.star && contacts.list.length === 0)
    return refusals.contactSyntax;
  const expires = expiresHeader(message);
  if (expires === null) return refusals.expiresSyntax;
  if (contacts.star && expires !== 0) return refusals.starExpires;
  if (contacts.list.some((contact) => contact.uri.length > config.contact_max_size))
    return refusals.contactLength;
  const cseq = message.cseq;
  if (cseq === undefined) return refusals.noCseq;
  if (message.callId.length > maxCallIdLength) return refusals.callIdLength;
  const path = config.use_path === 0 ? undefined : pathOf(message);
  if (path !== undefined && isRefusal(path)) return path;
  const hasSupported = message.has(HeaderKind.supported);
  const supported = hasSupported ? tokensOf(message, HeaderKind.supported) : nothing;
  return {
    message,
    isStar: contacts.star,
    contacts: contacts.list.length < 2 ? contacts.list : inWorkingOrder(message, contacts.list),
    callId: message.callId,
    cseq: cseq.number,
    expiresSec: expires,
    userAgent: message.value(HeaderKind.userAgent) ?? 'n/a',
    methods: message.has(HeaderKind.allow) ? methodMask(tokensOf(message, HeaderKind.allow)) : -1,
    path,
    supportsPath: includesToken(supported, 'path'),
    supportsOutbound: includesToken(supported, 'outbound'),
    supportsGruu: includesToken(supported, 'gruu'),
    requiresOutbound: hasToken(message, HeaderKind.require, 'outbound'),
    hasSupported,
    cameThroughProxy: valuesOf(message, HeaderKind.via, 2).length > 1,
  };
}

const nothing: readonly string[] = [];

function includesToken(tokens: readonly string[], token: string): boolean {
  for (let i = 0; i < tokens.length; i++) if (equalsIgnoreCase(tokens[i] as string, token)) return true;
  return false;
}

/**
 * The order in which contacts are dealt with: line by line, in each line from the last value to the first. So does
 * Kamailio, and it shows in the order of contacts with equal q and in the return code.
 */
function inWorkingOrder(message: SipMessage, contacts: readonly NameAddr[]): NameAddr[] {
  const ordered: NameAddr[] = [];
  let next = 0;
  for (let i = message.find(HeaderKind.contact); i >= 0; i = message.find(HeaderKind.contact, i + 1)) {
    const first = next;
    while (next < contacts.length && (contacts[next] as NameAddr).start < message.headerEnd(i)) next++;
    for (let at = next - 1; at >= first; at--) ordered.push(contacts[at] as NameAddr);
  }
  return ordered;
}

/** `*` with further values in the one and only Contact line: as Kamailio, what follows it is not looked at. */
function leadingStar(message: SipMessage): Contacts | undefined {
  const line = message.find(HeaderKind.contact);
  if (message.find(HeaderKind.contact, line + 1) >= 0) return undefined;
  return /^\*\s*,/.test(message.headerValue(line)) ? { star: true, list: [] } : undefined;
}

function hasStar(message: SipMessage): boolean {
  return valuesOf(message, HeaderKind.contact).some(
    ({ start, end }) => end - start === 1 && message.text[start] === '*',
  );
}

/** undefined without the header, null when it is empty. */
function expiresHeader(message: SipMessage): number | undefined | null {
  const value = message.value(HeaderKind.expires);
  if (value === undefined) return undefined;
  return expiresOf(value) ?? null;
}

/** Extension rules that come before any binding is looked at (RFC 5626 §6, RFC 3327 §5.3). */
export function checkExtensions(registration: Registration, config: RegistrarConfig): Refusal | undefined {
  if (config.outbound_mode === 0 && registration.requiresOutbound) return refusals.outboundRequired;
  // clients without any Supported pass, as they do in Kamailio
  if (config.outbound_mode === 2 && registration.hasSupported && !registration.supportsOutbound)
    return refusals.outboundMissing;
  if (config.outbound_mode !== 0 && lacksOutboundEdge(registration)) return refusals.outboundEdge;
  if (config.path_mode === 2 && registration.path !== undefined && !registration.supportsPath)
    return refusals.pathUnsupported;
  return undefined;
}

function lacksOutboundEdge(registration: Registration): boolean {
  if (!registration.supportsOutbound || !registration.cameThroughProxy) return false;
  if (registration.path?.lastHopHasOb === true) return false;
  return registration.contacts.some((contact) => regIdOf(contact) > 0 && instanceOf(contact) !== '');
}

/** Bit set of method names, as the `methods` column holds it. */
export function methodMask(names: readonly string[]): number {
  let mask = 0;
  for (const name of names) mask |= methodIds[name.toUpperCase()] ?? otherMethodId;
  return mask;
}

/** Methods of one contact: its own parameter, or Allow. */
export function methodsOf(contact: NameAddr, registration: Registration): number {
  const own = contact.params.get('methods');
  if (own === undefined || own === '') return registration.methods;
  const names = unquoted(own).split(',');
  return methodMask(names.map((name) => name.trim()).filter((name) => name !== ''));
}
