/** `$sdp(...)`: values of the SDP in the message. */
import type { Value } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { PvDeclaration } from '../../module/define.ts';
import type { SdpMedia } from '../../sip/sdp.ts';
import { type FoundSdp, type SdpOps, sdpIn } from './sdpops.ts';

type Reader = (found: FoundSdp, context: ScriptContext) => Value;

function firstMedia(read: (media: SdpMedia, context: ScriptContext) => Value): Reader {
  return ({ sdp }, context) => {
    const [media] = sdp.media;
    return media === undefined ? null : read(media, context);
  };
}

/** The number of a `b=` line of the first media. */
function bandwidth(type: string): Reader {
  return firstMedia((media, { message }) => {
    const prefix = `b=${type}:`;
    const line = media.lines.find(({ start }) => message.text.startsWith(prefix, start));
    return line === undefined ? null : message.text.slice(line.start + prefix.length, line.valueEnd);
  });
}

/** RTCP: of a=rtcp (RFC 3605), the same with a=rtcp-mux, else the next port. */
const rtcpPort = firstMedia((media) => {
  const rtcp = media.attributes.find(({ name }) => name === 'rtcp')?.value;
  if (rtcp !== undefined) return Number.parseInt(rtcp, 10);
  return media.attributes.some(({ name }) => name === 'rtcp-mux') ? media.port : media.port + 1;
});

const readers: Readonly<Record<string, Reader>> = {
  body: ({ body }) => body.text,
  raw: ({ body }) => body.text,
  sess_version: ({ sdp }) => sdp.origin?.sessionVersion ?? null,
  'c:ip': ({ sdp }) => sdp.connection?.address ?? sdp.media[0]?.connection?.address ?? null,
  'c:af': ({ sdp }) => sdp.connection?.addressType ?? sdp.media[0]?.connection?.addressType ?? null,
  'o:ip': ({ sdp }) => sdp.origin?.address ?? null,
  'o:af': ({ sdp }) => sdp.origin?.addressType ?? null,
  'm0:raw': firstMedia((media, { message }) => message.text.slice(media.start, media.end)),
  'm0:rtp:port': firstMedia(({ port }) => port),
  'm0:rtcp:port': rtcpPort,
  'm0:b:AS': bandwidth('AS'),
  'm0:b:RR': bandwidth('RR'),
  'm0:b:RS': bandwidth('RS'),
};

/** Puts another session version into the o= line; -1 counts up. */
function setSessionVersion({ message }: ScriptContext, value: Value): void {
  const origin = sdpIn(message)?.sdp.origin;
  const number = Number(value);
  if (origin === undefined || value === null || !Number.isInteger(number) || number < -1) return;
  const { valueStart } = origin.line;
  const start = valueStart + origin.username.length + origin.sessionId.length + 2;
  const end = start + origin.sessionVersion.length;
  const version = number === -1 ? nextVersion(origin.sessionVersion) : String(number);
  message.edits.revokeWhere((edit) => edit.start === start && edit.end === end);
  message.edits.replace(start, end, version);
}

/** Versions may be longer than any number here. */
function nextVersion(text: string): string {
  return /^\d{1,40}$/.test(text) ? String(BigInt(text) + 1n) : text;
}

export const sdpVariable: PvDeclaration<SdpOps> = {
  doc: `Value of the SDP: ${Object.keys(readers).join(', ')}. sess_version can be set; -1 counts it up.`,
  inner: 'required',
  bind: (_self, pv) => {
    const read = pv.inner === undefined ? undefined : readers[pv.inner];
    if (read === undefined) return { message: `expected one of ${Object.keys(readers).join(', ')}` };
    const get = (context: ScriptContext): Value => {
      const found = sdpIn(context.message);
      return found === undefined ? null : read(found, context);
    };
    return pv.inner === 'sess_version' ? { get, set: setSessionVersion } : { get };
  },
};
