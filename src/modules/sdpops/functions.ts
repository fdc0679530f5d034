/** The script functions. */
import { arg, type FunctionDeclaration, type SignatureMaker } from '../../module/define.ts';
import type { SdpMedia } from '../../sip/sdp.ts';
import { isActive, type Naming, type SdpOps } from './sdpops.ts';

type Maker = SignatureMaker<SdpOps>;
type Functions = Readonly<Record<string, FunctionDeclaration<SdpOps>>>;

const list = arg.string('list', 'payload types or names, separated by commas');
const mediaType = arg.string('media', 'only in media of this kind, as audio or video', { optional: true });

function codecFunction(signature: Maker, name: string, keep: boolean, by: Naming) {
  const what = by === 'id' ? 'payload type' : 'name';
  return {
    doc: keep ? `Takes out all codecs but those of a ${what}.` : `Takes out codecs by their ${what}.`,
    returns: { 1: 'done', [-1]: 'there is no SDP, or no codec of that name can be' },
    signatures: [
      signature({
        kemi: name,
        args: [list, mediaType],
        run: (self, context, text, type) => self.removeCodecs(context, { text, by, keep }, type),
      }),
    ],
  };
}

export function codecFunctions(signature: Maker): Functions {
  const has = (name: string, by: Naming) => ({
    doc: `Is one of the codecs there, by ${by === 'id' ? 'payload type' : 'name'}?`,
    returns: { 1: 'all, in all media', 2: 'some', [-1]: 'none' },
    signatures: [
      signature({
        kemi: name,
        args: [list],
        run: (self, context, text) => self.withCodecs(context, text, by),
      }),
    ],
  });
  return {
    sdp_remove_codecs_by_id: codecFunction(signature, 'remove_codecs_by_id', false, 'id'),
    sdp_remove_codecs_by_name: codecFunction(signature, 'remove_codecs_by_name', false, 'name'),
    sdp_keep_codecs_by_id: codecFunction(signature, 'keep_codecs_by_id', true, 'id'),
    sdp_keep_codecs_by_name: codecFunction(signature, 'keep_codecs_by_name', true, 'name'),
    sdp_with_codecs_by_id: has('with_codecs_by_id', 'id'),
    sdp_with_codecs_by_name: has('with_codecs_by_name', 'name'),
  };
}

const kind = arg.string('media', 'kind of media, as audio or video');
const transport = arg.string('transport', 'as in the m= line, e.g. RTP/AVP');

export function mediaFunctions(signature: Maker): Functions {
  const removal = (name: string, what: typeof kind, part: (media: SdpMedia) => string) => ({
    doc: `Takes out media by their ${what.name === 'media' ? 'kind' : 'transport'}.`,
    returns: { 1: 'done', [-1]: 'there is none' },
    signatures: [
      signature({
        kemi: name,
        args: [what],
        run: (self, context, value) => self.removeMedia(context, (media) => part(media) === value),
      }),
    ],
  });
  const test = (
    name: string,
    doc: string,
    what: typeof kind,
    fits: (media: SdpMedia, value: string) => boolean,
  ) => ({
    doc,
    signatures: [
      signature({
        kemi: name,
        args: [what],
        run: (self, context, value) => self.withMedia(context, (media) => fits(media, value)),
      }),
    ],
  });
  return {
    sdp_remove_media: removal('remove_media', kind, ({ media }) => media),
    sdp_remove_transport: removal('remove_transport', transport, ({ protocol }) => protocol),
    sdp_with_media: test(
      'with_media',
      'Is there media of this kind?',
      kind,
      ({ media }, value) => media === value,
    ),
    sdp_with_transport: test(
      'with_transport',
      'Is there media with this transport?',
      transport,
      ({ protocol }, value) => protocol === value,
    ),
    sdp_with_transport_like: test(
      'with_transport_like',
      'Is there media whose transport contains this text?',
      transport,
      ({ protocol }, value) => protocol.includes(value),
    ),
    sdp_with_active_media: {
      doc: 'Is there media of this kind with a port, and not inactive?',
      signatures: [
        signature({
          kemi: 'with_active_media',
          args: [kind],
          run: (self, context, value) =>
            self.withMedia(context, (media, sdp) => media.media === value && isActive(media, sdp)),
        }),
      ],
    },
    sdp_transport: {
      doc: 'Gives the transport that all media share.',
      returns: { 1: 'given', [-2]: 'they differ', [-1]: 'there is no SDP' },
      signatures: [
        signature({
          kemi: 'sdp_transport',
          args: [arg.variable('target', 'gets it')],
          run: (self, context, target) => self.transport(context, target),
        }),
      ],
    },
  };
}

export function bodyFunctions(signature: Maker): Functions {
  return {
    sdp_remove_line_by_prefix: {
      doc: 'Takes out all lines that begin with a text.',
      signatures: [
        signature({
          kemi: 'remove_line_by_prefix',
          args: [arg.string('prefix', 'how the lines begin, e.g. a=X-'), mediaType],
          run: (self, context, prefix, type) => self.removeLines(context, prefix, type),
        }),
      ],
    },
    sdp_get: {
      doc: 'Gives the SDP, out of a multipart body too.',
      returns: { 1: 'given', [-1]: 'the body is no SDP', [-2]: 'there is no body' },
      signatures: [
        signature({
          kemi: 'sdp_get',
          args: [arg.variable('target', 'gets it')],
          run: (self, context, target) => self.get(context, target),
        }),
      ],
    },
    sdp_get_line_startswith: {
      doc: 'Gives the first line that begins with a text.',
      returns: { 1: 'given', [-1]: 'there is none', [-2]: 'there is no body' },
      signatures: [
        signature({
          kemi: 'sdp_get_line_startswith',
          args: [arg.variable('target', 'gets it'), arg.string('prefix', 'how the line begins')],
          run: (self, context, target, prefix) => self.getLine(context, target, prefix),
        }),
      ],
    },
    sdp_content: {
      doc: 'Has the message an SDP?',
      signatures: [
        signature({ kemi: 'sdp_content', run: (self, context) => self.content(context, false) }),
        signature({
          kemi: 'sdp_content_flag',
          args: [arg.any('sloppy', 'whatever it is: only the Content-Type counts')],
          run: (self, context, sloppy) => self.content(context, sloppy !== null),
        }),
      ],
    },
    sdp_with_ice: {
      doc: 'Are there ICE candidates?',
      signatures: [signature({ kemi: 'sdp_with_ice', run: (self, context) => self.withIce(context) })],
    },
    sdp_get_address_family: {
      doc: 'The family of the connection address.',
      returns: { 4: 'IPv4', 6: 'IPv6', [-1]: 'there is none' },
      signatures: [
        signature({ kemi: 'sdp_get_address_family', run: (self, context) => self.addressFamily(context) }),
      ],
    },
    sdp_print: {
      doc: 'Logs what the SDP holds.',
      signatures: [
        signature({
          kemi: 'sdp_print',
          args: [arg.int('level', 'log level, -1 for errors to 3 for debugging')],
          run: (self, context, level) => self.print(context, level),
        }),
      ],
    },
  };
}
