import type { VariableRef } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import { arg, type FunctionDeclaration, type SignatureMaker } from '../../module/define.ts';
import type { SipMessage } from '../../sip/message.ts';
import {
  appendPart,
  contentOf,
  filterBody,
  fromHex,
  hasBody,
  rawContentOf,
  removePart,
  setBody,
  setMultipart,
  setReplyBody,
} from './body.ts';
import { audioHold } from './hold.ts';
import { messageRoutes } from './searchFunctions.ts';
import type { TextOps } from './textops.ts';

type Functions = Readonly<Record<string, FunctionDeclaration<TextOps>>>;

const requestRoutes = ['request', 'failure', 'branch', 'branch_failure'] as const;
const text = arg.string('txt', 'the text');
const contentType = arg.string('content_type', 'value of Content-Type');
const disposition = arg.string('content_disposition', 'value of Content-Disposition');
const partReturns = { 1: 'done', [-1]: 'the body is not multipart, or has no such part' };

export function bodyFunctions(signature: SignatureMaker<TextOps>): Functions {
  return {
    set_body: {
      doc: 'Sets body and Content-Type of the message.',
      routes: messageRoutes,
      returns: { 1: 'set', [-1]: 'an argument is empty' },
      signatures: [
        signature({
          kemi: 'set_body',
          args: [text, contentType],
          run: (_self, { message }, body, type) => setBody(message, body, type),
        }),
      ],
    },
    set_reply_body: {
      doc: 'Sets body and Content-Type of the next response of our own.',
      routes: requestRoutes,
      returns: { 1: 'set', [-1]: 'an argument is empty' },
      signatures: [
        signature({
          kemi: 'set_reply_body',
          args: [text, contentType],
          run: (_self, context, body, type) => setReplyBody(context, body, type),
        }),
      ],
    },
    has_body: {
      doc: 'Has the message a body, of this media type when one is given?',
      routes: messageRoutes,
      signatures: [
        signature({ kemi: 'has_body', run: (_self, { message }) => hasBody(message, undefined) }),
        signature({
          kemi: 'has_body_type',
          args: [arg.string('mime', 'media type like application/sdp')],
          run: (_self, { message }, mime) => hasBody(message, mime),
        }),
      ],
    },
    is_audio_on_hold: {
      doc: 'Is an audio stream of the SDP on hold?',
      routes: messageRoutes,
      returns: { 1: 'null address (RFC 2543)', 2: 'sendonly or inactive (RFC 3264)', [-1]: 'no' },
      signatures: [signature({ kemi: 'is_audio_on_hold', run: (_self, { message }) => audioHold(message) })],
    },
    filter_body: {
      doc: 'Leaves of a multipart body only the content of the first part of a type.',
      routes: messageRoutes,
      returns: partReturns,
      signatures: [
        signature({
          kemi: 'filter_body',
          args: [contentType],
          run: (_self, { message }, type) => filterBody(message, type),
        }),
      ],
    },
  };
}

export function multipartFunctions(signature: SignatureMaker<TextOps>): Functions {
  return {
    set_body_multipart: {
      doc: 'Makes the body multipart/mixed, of a given part or of what was received.',
      routes: requestRoutes,
      signatures: [
        signature({
          kemi: 'set_body_multipart_mode',
          run: (_self, { message }) => setMultipart(message, undefined),
        }),
        signature({
          kemi: 'set_body_multipart_boundary',
          args: [arg.string('boundary', 'boundary to use')],
          run: (_self, { message }, boundary) => setMultipart(message, undefined, boundary),
        }),
        signature({
          kemi: 'set_body_multipart_content',
          args: [text, contentType],
          run: (_self, { message }, body, type) => setMultipart(message, { text: body, contentType: type }),
        }),
        signature({
          kemi: 'set_body_multipart',
          args: [text, contentType, arg.string('boundary', 'boundary to use')],
          run: (_self, { message }, body, type, boundary) =>
            setMultipart(message, { text: body, contentType: type }, boundary),
        }),
      ],
    },
    append_body_part: {
      doc: 'Adds a part to a multipart body.',
      routes: requestRoutes,
      returns: partReturns,
      signatures: [
        signature({
          kemi: 'append_body_part',
          args: [text, contentType],
          run: (_self, { message }, body, type) => appendPart(message, body, type, undefined),
        }),
        signature({
          kemi: 'append_body_part_cd',
          args: [text, contentType, disposition],
          run: (_self, { message }, body, type, value) => appendPart(message, body, type, value),
        }),
      ],
    },
    append_body_part_hex: {
      doc: 'Adds a part, written as pairs of hexadecimal digits, to a multipart body.',
      routes: requestRoutes,
      returns: partReturns,
      signatures: [
        signature({
          kemi: 'append_body_part_hex',
          args: [text, contentType],
          run: (self, { message }, hex, type) => appendHex(self, message, hex, type, undefined),
        }),
        signature({
          kemi: 'append_body_part_hex_cd',
          args: [text, contentType, disposition],
          run: (self, { message }, hex, type, value) => appendHex(self, message, hex, type, value),
        }),
      ],
    },
    get_body_part: {
      doc: 'Writes the content of the first part of a type to a variable.',
      returns: partReturns,
      signatures: [
        signature({
          kemi: 'get_body_part',
          args: [contentType, arg.variable('opv', 'variable for the content')],
          run: (_self, context, type, variable) => keep(context, variable, contentOf(context.message, type)),
        }),
      ],
    },
    get_body_part_raw: {
      doc: 'Like get_body_part, with the headers of the part and the delimiter behind it.',
      returns: partReturns,
      signatures: [
        signature({
          kemi: 'get_body_part_raw',
          args: [contentType, arg.variable('opv', 'variable for the part')],
          run: (_self, context, type, variable) =>
            keep(context, variable, rawContentOf(context.message, type)),
        }),
      ],
    },
    remove_body_part: {
      doc: 'Removes the first part of a type from a multipart body.',
      routes: requestRoutes,
      returns: partReturns,
      signatures: [
        signature({
          kemi: 'remove_body_part',
          args: [contentType],
          run: (_self, { message }, type) => removePart(message, type),
        }),
      ],
    },
  };
}

function appendHex(
  self: TextOps,
  message: SipMessage,
  hex: string,
  type: string,
  value: string | undefined,
): number {
  const bytes = fromHex(hex);
  if (bytes === undefined) {
    self.host.log.error(`no pairs of hexadecimal digits: "${hex}"`);
    return -1;
  }
  return appendPart(message, bytes, type, value);
}

function keep(context: ScriptContext, variable: VariableRef, content: string | undefined): number {
  if (content === undefined) return -1;
  variable.set(context, content);
  return 1;
}
