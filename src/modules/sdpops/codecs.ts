/** Codecs of media sections: by payload type and by encoding name (RFC 3551, RFC 8866 §6.6). */
import type { Sdp, SdpMedia } from '../../sip/sdp.ts';

/** Payload types that mean something without an rtpmap (RFC 3551 §6). */
const staticTypes: Readonly<Record<string, readonly string[]>> = {
  pcmu: ['0'],
  gsm: ['3'],
  g723: ['4'],
  dvi4: ['5', '6', '16', '17'],
  lpc: ['7'],
  pcma: ['8'],
  g722: ['9'],
  l16: ['10', '11'],
  qcelp: ['12'],
  cn: ['13'],
  mpa: ['14'],
  g728: ['15'],
  g729: ['18'],
  celb: ['25'],
  jpeg: ['26'],
  nv: ['28'],
  h261: ['31'],
  mpv: ['32'],
  mp2t: ['33'],
  h263: ['34'],
};

/** The items of a comma list. */
export function itemsOf(list: string): string[] {
  return list
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** All payload types that these names stand for in this SDP. */
export function typesOfNames(sdp: Sdp, names: readonly string[]): string[] {
  const types = new Set<string>();
  for (const name of names) {
    const lower = name.toLowerCase();
    for (const type of staticTypes[lower] ?? []) types.add(type);
    for (const media of sdp.media) for (const type of mappedTypes(media, lower)) types.add(type);
  }
  return [...types];
}

function mappedTypes(media: SdpMedia, name: string): string[] {
  return media.attributes.flatMap((attribute) => {
    const match = attribute.name === 'rtpmap' ? /^(\d+)\s+([^/]+)/.exec(attribute.value ?? '') : null;
    return match !== null && match[2]?.toLowerCase() === name ? [match[1] as string] : [];
  });
}

/** A part of the text to take out. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const codecAttributes: ReadonlySet<string> = new Set(['rtpmap', 'fmtp', 'rtcp-fb']);

/** What is to go from a media section so that these payload types are not in it. */
export function spansOfTypes(text: string, media: SdpMedia, isGone: (type: string) => boolean): Span[] {
  const spans = formatSpans(text, media).filter((span) => isGone(text.slice(span.start + 1, span.end)));
  for (const { name, value, line } of media.attributes) {
    if (!codecAttributes.has(name) || value === undefined) continue;
    const type = /^\d+/.exec(value)?.[0];
    if (type !== undefined && isGone(type)) spans.push({ start: line.start, end: line.end });
  }
  return spans;
}

/** Each format of the m= line, with the blank before it. */
function formatSpans(text: string, media: SdpMedia): Span[] {
  const line = media.lines[0];
  if (line === undefined) return [];
  const spans: Span[] = [];
  const protocolStart = text.indexOf(' ', media.portEnd) + 1;
  let at = protocolStart + media.protocol.length;
  while (at < line.valueEnd && text[at] === ' ') {
    const next = text.indexOf(' ', at + 1);
    const end = next < 0 || next > line.valueEnd ? line.valueEnd : next;
    if (end > at + 1) spans.push({ start: at, end });
    at = end;
  }
  return spans;
}
