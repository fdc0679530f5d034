import { arg, type FunctionDeclaration, type SignatureMaker } from '../../module/define.ts';
import { HeaderKind } from '../../sip/headerKind.ts';
import { hasToken } from '../../sip/headerValues.ts';
import {
  decodeContacts,
  encodeContacts,
  removeContactParam,
  unwrapContacts,
  wrapContacts,
} from './contacts.ts';
import type { SipUtils } from './siputils.ts';

type Functions = Readonly<Record<string, FunctionDeclaration<SipUtils>>>;

export function messageFunctions(signature: SignatureMaker<SipUtils>): Functions {
  return {
    options_reply: {
      doc: 'Answers an OPTIONS without user in its Request-URI with our capabilities.',
      routes: ['request'],
      signatures: [signature({ kemi: 'options_reply', run: (self, context) => self.optionsReply(context) })],
    },
    is_user: {
      doc: 'Is this the user whose credentials were checked?',
      routes: ['request'],
      signatures: [
        signature({
          kemi: 'is_user',
          args: [arg.string('username', 'user name')],
          run: (self, context, user) => self.isUser(context, user),
        }),
      ],
    },
    has_totag: {
      doc: 'Has To a tag: does the message belong to a dialog?',
      signatures: [
        signature({ kemi: 'has_totag', run: (_self, { message }) => (message.toTag === '' ? -1 : 1) }),
      ],
    },
    is_request: {
      doc: 'Is the message a request?',
      signatures: [
        signature({ kemi: 'is_request', run: (_self, { message }) => (message.isRequest ? 1 : -1) }),
      ],
    },
    is_reply: {
      doc: 'Is the message a response?',
      signatures: [
        signature({ kemi: 'is_reply', run: (_self, { message }) => (message.isRequest ? -1 : 1) }),
      ],
    },
    is_supported: {
      doc: 'Is an option tag listed in Supported?',
      signatures: [
        signature({
          args: [arg.constant('option', 'option tag')],
          run: (_self, { message }, option) => (hasToken(message, HeaderKind.supported, option) ? 1 : -1),
        }),
      ],
    },
    is_first_hop: {
      doc: 'Is there no other server between the sender and us, as far as can be seen?',
      signatures: [
        signature({ kemi: 'is_first_hop', run: (self, context) => self.isFirstHop(context, false) }),
        signature({
          kemi: 'is_first_hop_mode',
          args: [arg.int('mode', '1: do not look at the source address of responses')],
          run: (self, context, mode) => self.isFirstHop(context, mode === 1),
        }),
      ],
    },
    hdr_date_check: {
      doc: 'Is there a Date, not older than the given time?',
      returns: { 1: 'recent', [-1]: 'missing or malformed', [-4]: 'too old' },
      signatures: [
        signature({
          kemi: 'hdr_date_check',
          args: [arg.int('tdiff', 'greatest age in seconds')],
          run: (self, context, tdiff) => self.checkDate(context, tdiff),
        }),
      ],
    },
    sip_p_charging_vector: {
      doc: 'Removes or generates P-Charging-Vector (RFC 7315).',
      signatures: [
        signature({
          args: [arg.string('flags', '`r` remove, `g` generate where missing, `f` both')],
          run: (self, context, flags) => self.chargingVector.handle(context, flags),
        }),
      ],
    },
    append_rpid_hf: {
      doc: 'Adds Remote-Party-ID with the value of the AVP of rpid_avp.',
      routes: ['request', 'failure', 'branch', 'branch_failure'],
      returns: { 1: 'added', [-1]: 'the AVP has no value' },
      signatures: [
        signature({
          run: (self, context) =>
            self.appendRemotePartyId(context, self.config.rpid_prefix, self.config.rpid_suffix),
        }),
        signature({
          args: [arg.string('prefix', 'before the URI'), arg.string('suffix', 'behind the URI')],
          run: (self, context, prefix, suffix) => self.appendRemotePartyId(context, prefix, suffix),
        }),
      ],
    },
    is_rpid_user_e164: {
      doc: 'Is the user of the URI in the AVP of rpid_avp an E.164 number?',
      routes: ['request'],
      signatures: [signature({ run: (self, context) => self.isRemotePartyE164(context) })],
    },
  };
}

export function contactFunctions(signature: SignatureMaker<SipUtils>): Functions {
  const routes = ['request', 'onreply'] as const;
  const param = arg.string('pname', 'name of the URI parameter');
  return {
    encode_contact: {
      doc: 'Puts each Contact URI, in parts, into the user of a URI at the given host.',
      routes,
      returns: { 1: 'encoded', [-1]: 'no Contact, or a malformed one' },
      signatures: [
        signature({
          kemi: 'encode_contact',
          args: [arg.string('prefix', 'marks encoded URIs'), arg.string('hostpart', 'host of the new URI')],
          run: (self, { message }, prefix, host) => encodeContacts(message, prefix, host, self.separator),
        }),
      ],
    },
    decode_contact: {
      doc: 'Takes a URI that encode_contact has made out of the Request-URI.',
      routes: ['request'],
      returns: { 1: 'decoded', [-26]: 'not encoded' },
      signatures: [
        signature({ kemi: 'decode_contact', run: (self, context) => self.decodeRequestUri(context) }),
      ],
    },
    decode_contact_header: {
      doc: 'Takes URIs that encode_contact has made out of Contact.',
      routes,
      returns: { 1: 'decoded', [-1]: 'no Contact, or a malformed one', [-26]: 'one is not encoded' },
      signatures: [
        signature({
          kemi: 'decode_contact_header',
          run: (self, { message }) => decodeContacts(message, self.separator),
        }),
      ],
    },
    contact_param_encode: {
      doc: 'Puts each Contact URI, in base64url, into a parameter of the given URI.',
      routes,
      signatures: [
        signature({
          kemi: 'contact_param_encode',
          args: [param, arg.string('saddr', 'SIP URI that leads here')],
          run: (_self, { message }, name, address) => wrapContacts(message, name, address),
        }),
      ],
    },
    contact_param_decode: {
      doc: 'Takes URIs that contact_param_encode has made out of Contact.',
      routes,
      signatures: [
        signature({
          kemi: 'contact_param_decode',
          args: [param],
          run: (_self, { message }, name) => unwrapContacts(message, name),
        }),
      ],
    },
    contact_param_decode_ruri: {
      aliases: ['contact_param_decode_uri'],
      doc: 'Takes a URI that contact_param_encode has made out of the Request-URI.',
      routes: ['request'],
      signatures: [
        signature({
          kemi: 'contact_param_decode_ruri',
          args: [param],
          run: (self, context, name) => self.unwrapRequestUri(context, name),
        }),
      ],
    },
    contact_param_rm: {
      doc: 'Removes a parameter from Contact URIs.',
      routes,
      signatures: [
        signature({
          kemi: 'contact_param_rm',
          args: [param],
          run: (_self, { message }, name) => removeContactParam(message, name),
        }),
      ],
    },
  };
}
