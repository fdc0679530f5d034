/** Rewriting of Contact headers with what is known of the sender. */
import { hostOfAddress } from '../../base/ip.ts';
import { changeContactUri, contactUriOf } from '../../module/contactUris.ts';
import type { ScriptContext } from '../../module/context.ts';
import {
  aliasText,
  aliasUri,
  type Endpoint,
  findAlias,
  withLeadingAlias,
  withoutAlias,
} from '../../sip/contactAlias.ts';
import { HeaderKind } from '../../sip/headerKind.ts';
import { contactsOf, valuesOf } from '../../sip/headerValues.ts';
import { type NameAddr, parseNameAddr } from '../../sip/nameAddr.ts';
import { splitUri } from '../../sip/uriParts.ts';
import { withHostPort } from '../../sip/uriRewrite.ts';

/** The contact that is meant where only one can be: the last value of the first header; undefined for `*`. */
function theContact(context: ScriptContext): NameAddr | undefined {
  const { message } = context;
  const header = message.find(HeaderKind.contact);
  if (header < 0) return undefined;
  const values = valuesOf(message, HeaderKind.contact).filter((value) => value.header === header);
  const last = values.at(-1);
  if (last === undefined || contactsOf(message)?.star !== false) return undefined;
  const contact = parseNameAddr(message.text, last.start, last.end);
  const parts = contact === undefined ? undefined : splitUri(contactUriOf(context, contact));
  return parts === undefined || parts.hostEnd === parts.hostStart ? undefined : contact;
}

/** Takes an earlier replacement of the same URI back: the last word counts. */
function replaceUri(context: ScriptContext, contact: NameAddr, uri: string): void {
  const { edits } = context.message;
  edits.revokeWhere(({ start, end }) => start === contact.uriStart && end === contact.uriEnd && end > start);
  edits.replace(contact.uriStart, contact.uriEnd, uri);
}

/** In angle brackets, so that its parameters are not taken for the header's. */
function bracketed(contact: NameAddr, uri: string): string {
  return contact.isBracketed ? uri : `<${uri}>`;
}

export function fixNatedContact(context: ScriptContext): number {
  const contact = theContact(context);
  if (contact === undefined) return -1;
  const uri = rewritten(context, contactUriOf(context, contact));
  if (uri === undefined) return -1;
  replaceUri(context, contact, uri);
  changeContactUri(context, contact, uri);
  return 1;
}

/** A URI with the source address and port instead of its own. */
export function rewritten({ flow }: ScriptContext, uri: string): string | undefined {
  return withHostPort(uri, `${hostOfAddress(flow.address)}:${flow.port}`);
}

function sourceOf({ flow }: ScriptContext): Endpoint {
  return { address: hostOfAddress(flow.address), port: flow.port, proto: flow.proto };
}

/** `add_contact_alias`: only the copy that is sent shows it. Without an endpoint, nothing is done where it says so. */
export function addContactAlias(context: ScriptContext, name: string, given: Endpoint | undefined): number {
  if (!context.message.has(HeaderKind.contact)) return 2;
  const contact = theContact(context);
  if (contact === undefined) return -1;
  const endpoint = given ?? sourceOf(context);
  const uri = contactUriOf(context, contact);
  if (given === undefined && leadsTo(uri, endpoint)) return 2;
  const changed = withLeadingAlias(uri, `${name}=${aliasText(endpoint)}`);
  if (changed === undefined) return -1;
  replaceUri(context, contact, bracketed(contact, changed));
  return 1;
}

/** Does the URI itself name this address, port and protocol? */
function leadsTo(uri: string, endpoint: Endpoint): boolean {
  const parts = splitUri(uri);
  if (parts === undefined || parts.host !== endpoint.address) return false;
  const transport = parts.paramSpan('transport');
  const named = transport === undefined ? '' : uri.slice(transport.start, transport.end).toLowerCase();
  return (parts.port || 5060) === endpoint.port && named === `transport=${endpoint.proto}`;
}

/** `set_contact_alias`: at the end of the URI, and seen by the registrar, too. */
export function setContactAlias(context: ScriptContext, name: string, trim: boolean): number {
  const contact = theContact(context);
  if (contact === undefined) return -1;
  const uri = contactUriOf(context, contact);
  const changed = `${trim ? withoutAlias(uri, name) : uri};${name}=${aliasText(sourceOf(context))}`;
  replaceUri(context, contact, bracketed(contact, changed));
  changeContactUri(context, contact, changed);
  return 1;
}

/** The URI that the alias of the Contact means; undefined when there is none. */
export function aliasOfContact(context: ScriptContext, name: string): string | undefined {
  const contact = theContact(context);
  const found = contact === undefined ? undefined : findAlias(contact.uri, name, false);
  return found === undefined ? undefined : aliasUri(found.value, true);
}

/** Where the message came from, as a URI. */
export function receivedUri({ flow }: ScriptContext): string {
  const transport = flow.proto === 'udp' ? '' : `;transport=${flow.proto}`;
  return `sip:${hostOfAddress(flow.address)}:${flow.port}${transport}`;
}

/** `add_rcv_param`: to the header of each contact, or into its URI. */
export function addReceived(context: ScriptContext, inUri: boolean): number {
  const { message } = context;
  if (!message.has(HeaderKind.contact)) return 1;
  const contacts = contactsOf(message);
  if (contacts === undefined || !contacts.list.every(({ parsedUri }) => parsedUri !== undefined)) return -1;
  const received = receivedUri(context);
  for (const contact of contacts.list)
    if (inUri) message.edits.insert(contact.uriEnd, `;received=${received}`);
    else message.edits.insert(contact.end, `;received="${received}"`);
  return 1;
}
