/** Strict checks of the URIs and addresses in a message; part of `validate.ts`. */
import { HeaderKind } from './headerKind.ts';
import { contactsOf, nameAddrsOf } from './headerValues.ts';
import { hostKind } from './host.ts';
import type { SipMessage } from './message.ts';
import { fault, headerFault } from './messageFault.ts';
import type { NameAddr } from './nameAddr.ts';
import { equalsIgnoreCase, isSpaceCode, isTokenCode } from './scan.ts';
import { SipUri, schemeOf } from './uri.ts';
import type { WireError } from './wireError.ts';

/** Syntax only: an unknown scheme is no fault here (416 is a matter of processing). */
export function checkRequestUri(message: SipMessage): WireError | undefined {
  if (!message.isRequest) return undefined;
  const reason = uriFault(message.requestUri);
  if (reason !== undefined) return fault(message, `${reason} Request-URI`, message.method.length + 1);
  // §19.1.1 table 1: header parts do not belong there
  return SipUri.parse(message.requestUri)?.headers
    ? fault(message, 'headers in the Request-URI', message.method.length + 1)
    : undefined;
}

/** What is wrong with a URI; undefined when nothing is. */
function uriFault(uri: string): string | undefined {
  const scheme = schemeOf(uri);
  if (scheme === '' || /[\s<>"]/.test(uri)) return 'malformed';
  if (scheme !== 'sip' && scheme !== 'sips' && scheme !== 'tel') return undefined;
  const parsed = SipUri.parse(uri);
  if (parsed === undefined) return 'malformed';
  return scheme === 'tel' || hostKind(parsed.host) !== undefined ? undefined : 'malformed host in';
}

/** From and To. */
export function checkAddress(
  message: SipMessage,
  kind: HeaderKind,
  address: NameAddr | undefined,
): WireError | undefined {
  const wellFormed =
    address !== undefined &&
    isDisplayName(address.displayName) &&
    isAddressUri(address) &&
    !hasRepeatedTag(address);
  return wellFormed ? undefined : headerFault(message, kind, 'malformed');
}

/** A quoted string, or tokens separated by white space (§25.1 display-name). */
function isDisplayName(name: string): boolean {
  if (name.charCodeAt(0) === 0x22) return true;
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    if (!isTokenCode(code) && !isSpaceCode(code)) return false;
  }
  return true;
}

/** §20: a URI with comma, question mark or semicolon must stand in angle brackets. */
function isAddressUri(address: NameAddr): boolean {
  if (uriFault(address.uri) !== undefined) return false;
  return address.isBracketed || !/[,?]/.test(address.uri);
}

function hasRepeatedTag(address: NameAddr): boolean {
  return address.params.list.filter(({ name }) => equalsIgnoreCase(name, 'tag')).length > 1;
}

export function checkContacts(message: SipMessage): WireError | undefined {
  if (!message.has(HeaderKind.contact)) return undefined;
  const contacts = contactsOf(message);
  // §10.2.2: `*` belongs to REGISTER
  if (contacts?.star === true && message.method === 'REGISTER') return undefined;
  return contacts !== undefined && !contacts.star && contacts.list.every(isContact)
    ? undefined
    : headerFault(message, HeaderKind.contact, 'malformed');
}

function isContact(contact: NameAddr): boolean {
  return isDisplayName(contact.displayName) && isAddressUri(contact);
}

const routeKinds = [HeaderKind.route, HeaderKind.recordRoute, HeaderKind.path] as const;

/** Route, Record-Route and Path hold name-addr only, never a bare URI. */
export function checkRoutes(message: SipMessage): WireError | undefined {
  for (const kind of routeKinds) {
    const routes = message.has(kind) ? nameAddrsOf(message, kind) : [];
    if (!routes?.every((route) => route.isBracketed && isContact(route)))
      return headerFault(message, kind, 'malformed');
  }
  return undefined;
}
