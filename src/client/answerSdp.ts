import { parseSdp, type Sdp, type SdpMedia } from '../sip/sdp.ts';

/** What the answering side says of itself. */
export interface SdpSelf {
  readonly address: string;
  readonly port: number;
  readonly sessionId: number;
}

/**
 * An answer to an offer (RFC 3264 §6): the first audio stream is taken with all its formats, other streams are refused.
 * Nothing is ever sent as media. undefined when the offer cannot be read.
 */
export function answerSdp(offer: string, self: SdpSelf): string | undefined {
  const sdp = parseSdp(offer);
  if (sdp === undefined) return undefined;
  const lines = [...sessionLines(self), ...mediaLines(sdp, self.port)];
  return `${lines.join('\r\n')}\r\n`;
}

/** An offer of our own, for an INVITE that came without one (RFC 3261 §13.3.1). */
export function offerSdp(self: SdpSelf): string {
  const lines = [...sessionLines(self), `m=audio ${self.port} RTP/AVP 0 8`, ...defaultMaps, 'a=sendrecv'];
  return `${lines.join('\r\n')}\r\n`;
}

const defaultMaps: readonly string[] = ['a=rtpmap:0 PCMU/8000', 'a=rtpmap:8 PCMA/8000'];

function sessionLines({ address, sessionId }: SdpSelf): string[] {
  const family = address.includes(':') ? 'IP6' : 'IP4';
  const origin = `o=olelo ${sessionId} ${sessionId} IN ${family} ${address}`;
  return ['v=0', origin, 's=-', `c=IN ${family} ${address}`, 't=0 0'];
}

function mediaLines(sdp: Sdp, port: number): string[] {
  const taken = sdp.media.find(({ media, port: offered }) => media === 'audio' && offered > 0);
  return sdp.media.flatMap((media) => (media === taken ? acceptedLines(media, port) : [mediaLine(media, 0)]));
}

function acceptedLines(media: SdpMedia, port: number): string[] {
  const maps = media.attributes.filter(({ name }) => name === 'rtpmap');
  return [
    mediaLine(media, port),
    ...maps.map(({ value }) => `a=rtpmap:${value ?? ''}`),
    `a=${direction(media)}`,
  ];
}

function mediaLine(media: SdpMedia, port: number): string {
  return `m=${media.media} ${port} ${media.protocol} ${media.formats.join(' ')}`;
}

/** The mirror image of what was offered (§6.1). */
function direction(media: SdpMedia): string {
  const offered = media.attributes.find(({ name }) => name in mirrored)?.name ?? 'sendrecv';
  return mirrored[offered] ?? 'sendrecv';
}

const mirrored: Readonly<Record<string, string>> = {
  sendrecv: 'sendrecv',
  sendonly: 'recvonly',
  recvonly: 'sendonly',
  inactive: 'inactive',
};
