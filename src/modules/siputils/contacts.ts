import { HeaderKind } from '../../sip/headerKind.ts';
import { contactsOf } from '../../sip/headerValues.ts';
import type { SipMessage } from '../../sip/message.ts';
import type { NameAddr } from '../../sip/nameAddr.ts';
import { SipUri } from '../../sip/uri.ts';
import { withoutParam } from './uris.ts';

/** Rewriting of Contact URIs so that they lead through this server. */

const malformed = -1;
/** What Kamailio gives for a URI that was not encoded. */
export const notEncoded = -26;

/** `sip:user:password@ip:port;transport=x` as `sip:PREFIX*user*password*ip*port*x@host`. */
export function encodedUri(uri: string, prefix: string, host: string, separator: string): string | undefined {
  const parsed = SipUri.parse(uri);
  if (parsed === undefined || parsed.host === '') return undefined;
  const port = parsed.port === 0 ? '' : String(parsed.port);
  const fields = [prefix, parsed.user, parsed.password ?? '', parsed.host, port, parsed.transport ?? ''];
  return `sip:${fields.join(separator)}@${host}`;
}

/** undefined when it is not of that form. */
export function decodedUri(uri: string, separator: string): string | undefined {
  const at = uri.lastIndexOf('@');
  const colon = uri.indexOf(':');
  if (at < 0 || colon < 0) return undefined;
  const fields = uri.slice(colon + 1, at).split(separator);
  if (fields.length !== 6) return undefined;
  const [, user, password, host, port, transport] = fields as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  if (host === '') return undefined;
  let out = 'sip:';
  if (user !== '') out += password === '' ? `${user}@` : `${user}:${password}@`;
  out += port === '' ? host : `${host}:${port}`;
  return transport === '' ? out : `${out};transport=${transport}`;
}

/** `saddr;pname=BASE64URL(uri)`. */
export function wrappedUri(uri: string, name: string, address: string): string {
  return `${address};${name}=${Buffer.from(uri, 'latin1').toString('base64url')}`;
}

/** The URI inside; undefined when the parameter is not there or holds none. */
export function unwrappedUri(uri: string, name: string): string | undefined {
  const value = SipUri.parse(uri)?.params.get(name);
  if (value === undefined || !/^[\w-]+=*$/.test(value)) return undefined;
  return Buffer.from(value, 'base64url').toString('latin1');
}

/** Gives each Contact another URI: all of them, or none when `change` refuses one (with the code it gives). */
export function changeContacts(message: SipMessage, change: (uri: string) => string | number): number {
  const contacts = contactsOf(message);
  if (contacts === undefined) return malformed;
  const changed: [NameAddr, string][] = [];
  for (const contact of contacts.list) {
    const uri = change(contact.uri);
    if (typeof uri === 'number') return uri;
    if (uri !== contact.uri) changed.push([contact, uri]);
  }
  for (const [contact, uri] of changed) replaceUri(message, contact, uri);
  return 1;
}

/** Brackets are added where there are none and the new URI would take the header's parameters for its own. */
function replaceUri(message: SipMessage, contact: NameAddr, uri: string): void {
  const isBracketed = message.text[contact.uriStart - 1] === '<';
  const text = isBracketed || !uri.includes(';') ? uri : `<${uri}>`;
  message.edits.replace(contact.uriStart, contact.uriEnd, text);
}

export function encodeContacts(message: SipMessage, prefix: string, host: string, separator: string): number {
  if (!message.has(HeaderKind.contact)) return -1;
  return changeContacts(message, (uri) => encodedUri(uri, prefix, host, separator) ?? malformed);
}

export function decodeContacts(message: SipMessage, separator: string): number {
  if (!message.has(HeaderKind.contact)) return -1;
  return changeContacts(message, (uri) => decodedUri(uri, separator) ?? notEncoded);
}

export function wrapContacts(message: SipMessage, name: string, address: string): number {
  return changeContacts(message, (uri) => wrappedUri(uri, name, address));
}

/** Contacts without the parameter stay as they are. */
export function unwrapContacts(message: SipMessage, name: string): number {
  return changeContacts(message, (uri) => unwrappedUri(uri, name) ?? uri);
}

export function removeContactParam(message: SipMessage, name: string): number {
  return changeContacts(message, (uri) => withoutParam(uri, name) ?? uri);
}
