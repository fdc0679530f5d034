import type { Value } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import { unquote } from '../../sip/authValue.ts';
import { HeaderKind } from '../../sip/headerKind.ts';
import type { SipMessage } from '../../sip/message.ts';
import { type NameAddr, parseNameAddr } from '../../sip/nameAddr.ts';
import { endOfListElement } from '../../sip/scan.ts';
import { splitUri, type UriParts } from '../../sip/uriParts.ts';
import type { PvState } from './state.ts';
import { type Getter, orNull, type Pvs, readOnly, type Setter, text, writable } from './values.ts';

/** Variables of From and To, and of the other headers that name a party. */

interface Side {
  readonly name: string;
  readonly header: (message: SipMessage) => NameAddr | undefined;
  readonly uri: (self: PvState, context: ScriptContext) => UriParts | undefined;
}

const fromSide: Side = {
  name: 'From',
  header: (message) => message.from,
  uri: (self, context) => self.from(context),
};
const toSide: Side = {
  name: 'To',
  header: (message) => message.to,
  uri: (self, context) => self.to(context),
};

/** Part of a URI, and what comes in its place. */
interface Change {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Edits become visible when the message leaves; the variable keeps its old value, as documented. */
function changeUri(side: Side, change: (uri: UriParts, value: Value) => Change | undefined): Setter {
  return (self, context, value) => {
    const header = side.header(context.message);
    const uri = side.uri(self, context);
    const made = uri === undefined ? undefined : change(uri, value);
    if (header === undefined || made === undefined)
      self.host.log.error(`cannot set a part of the ${side.name} URI`);
    else context.message.edits.replace(header.uriStart + made.start, header.uriStart + made.end, made.text);
  };
}

/** Without a user (`$null` or empty) the `@` and a password go too. */
function changeUser(uri: UriParts, value: Value): Change {
  const user = text(value);
  const hasUser = uri.userEnd > uri.userStart;
  if (uri.hostEnd === uri.hostStart) return { start: uri.userStart, end: uri.userEnd, text: user };
  if (user === '') return { start: hasUser ? uri.userStart : uri.hostStart, end: uri.hostStart, text: '' };
  return hasUser
    ? { start: uri.userStart, end: uri.userEnd, text: user }
    : { start: uri.hostStart, end: uri.hostStart, text: `${user}@` };
}

/** A URI keeps its host when the new one is empty, and a number has none. */
function changeHost(uri: UriParts, value: Value): Change | undefined {
  const host = text(value);
  if (host === '' || uri.hostEnd === uri.hostStart) return undefined;
  return { start: uri.hostStart, end: uri.hostEnd, text: host };
}

function setUri(side: Side): Setter {
  return (self, context, value) => {
    const header = side.header(context.message);
    if (value === null || header === undefined) self.host.log.error(`cannot set the ${side.name} URI`);
    else context.message.edits.replace(header.uriStart, header.uriEnd, text(value));
  };
}

/** Replaces the display name, or puts one before the URI; brackets are added where they are missing. */
function setDisplayName(side: Side): Setter {
  return (_self, context, value) => {
    const header = side.header(context.message);
    if (header === undefined) return;
    const { edits, text: received } = context.message;
    const bracketed = received.charCodeAt(header.uriStart - 1) === 0x3c;
    const name = text(value);
    if (header.displayName !== '') {
      edits.replace(header.start, header.start + header.displayName.length, name);
    } else if (name !== '') {
      edits.insert(bracketed ? header.uriStart - 1 : header.uriStart, bracketed ? `${name} ` : `${name} <`);
      if (!bracketed) edits.insert(header.uriEnd, '>');
    }
  };
}

function sidePvs(letter: 'f' | 't', side: Side): Pvs {
  return {
    [`${letter}u`]: writable(
      `URI of ${side.name}`,
      (_self, context) => orNull(side.header(context.message)?.uri),
      setUri(side),
    ),
    [`${letter}U`]: writable(
      `user of the ${side.name} URI`,
      (self, context) => orNull(side.uri(self, context)?.user),
      changeUri(side, changeUser),
    ),
    [`${letter}Ul`]: readOnly(`length of the user of the ${side.name} URI`, (self, context) => {
      const uri = side.uri(self, context);
      return uri === undefined ? null : uri.userEnd - uri.userStart;
    }),
    [`${letter}d`]: writable(
      `domain of the ${side.name} URI`,
      (self, context) => orNull(side.uri(self, context)?.host),
      changeUri(side, changeHost),
    ),
    [`${letter}n`]: writable(
      `display name of ${side.name}, as written`,
      (_self, context) => orNull(side.header(context.message)?.displayName),
      setDisplayName(side),
    ),
    [`${letter}t`]: readOnly(`tag of ${side.name}`, (_self, context) =>
      orNull(side.header(context.message)?.params.get('tag')),
    ),
  };
}

/** The first value of a header as name-addr. */
function firstNameAddr(message: SipMessage, kind: HeaderKind): NameAddr | undefined {
  const i = message.find(kind);
  if (i < 0) return undefined;
  const start = message.headerValueStart(i);
  return parseNameAddr(message.text, start, endOfListElement(message.text, start, message.headerValueEnd(i)));
}

const uriOf =
  (kind: HeaderKind): Getter =>
  (_self, context) =>
    orNull(firstNameAddr(context.message, kind)?.uri);

const paramOf =
  (kind: HeaderKind, name: string): Getter =>
  (_self, context) =>
    orNull(unquote(firstNameAddr(context.message, kind)?.params.get(name) ?? ''));

function preferredUri(context: ScriptContext): UriParts | undefined {
  const uri = firstNameAddr(context.message, HeaderKind.pPreferredIdentity)?.uri;
  return uri === undefined ? undefined : splitUri(uri);
}

/** `*` of Contact (RFC 3261 §10.2.2). */
function contactIsStar(message: SipMessage): boolean {
  return message.value(HeaderKind.contact) === '*';
}

function contactUri(context: ScriptContext): Value {
  return contactIsStar(context.message) ? null : uriOf(HeaderKind.contact)(undefined as never, context);
}

export const identityPvs: Pvs = {
  ...sidePvs('f', fromSide),
  ...sidePvs('t', toSide),
  tts: readOnly('1 when To has a tag, else 0', (_self, context) => (context.message.toTag === '' ? 0 : 1)),
  ai: readOnly('URI of P-Asserted-Identity', uriOf(HeaderKind.pAssertedIdentity)),
  pu: readOnly('URI of P-Preferred-Identity', uriOf(HeaderKind.pPreferredIdentity)),
  pU: readOnly('user of P-Preferred-Identity', (_self, context) => orNull(preferredUri(context)?.user)),
  pd: readOnly('domain of P-Preferred-Identity', (_self, context) => orNull(preferredUri(context)?.host)),
  pn: readOnly('display name of P-Preferred-Identity', (_self, context) =>
    orNull(firstNameAddr(context.message, HeaderKind.pPreferredIdentity)?.displayName),
  ),
  di: readOnly('URI of Diversion', uriOf(HeaderKind.diversion)),
  dip: readOnly('parameter privacy of Diversion', paramOf(HeaderKind.diversion, 'privacy')),
  dir: readOnly('parameter reason of Diversion', paramOf(HeaderKind.diversion, 'reason')),
  dic: readOnly('parameter counter of Diversion', paramOf(HeaderKind.diversion, 'counter')),
  re: readOnly('URI of Remote-Party-ID', uriOf(HeaderKind.remotePartyId)),
  rt: readOnly('URI of Refer-To', uriOf(HeaderKind.referTo)),
  ct: readOnly('value of the first Contact line', (_self, context) =>
    orNull(context.message.value(HeaderKind.contact)),
  ),
  cts: readOnly('1 when Contact is *, else 0', (_self, context) => (contactIsStar(context.message) ? 1 : 0)),
  ctu: readOnly('URI of the first Contact', (_self, context) => contactUri(context)),
};
