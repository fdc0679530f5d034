/** `fix_nated_sdp`: the address of the sender instead of the one that it believes to have. */
import type { ScriptContext } from '../../module/context.ts';
import { parseSdp, type Sdp, type SdpLine } from '../../sip/sdp.ts';
import { insertSdpLine, sdpBodyOf } from '../../sip/sdpBody.ts';

export const SdpFix = { direction: 1, media: 2, marker: 4, origin: 8 } as const;

export interface SdpFixOptions {
  readonly flags: number;
  /** Undefined for the source address of the message. */
  readonly address: string | undefined;
  readonly marker: string;
  readonly keepsOld: boolean;
}

/** An address in the body. */
interface Place {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly isIpv6: boolean;
}

/** -1 without SDP, 1 when an address was replaced, 2 when none was. */
export function fixSdp(context: ScriptContext, options: SdpFixOptions): number {
  const { message } = context;
  const body = sdpBodyOf(message);
  const sdp = body === undefined ? undefined : parseSdp(message.text, body.start, body.end);
  if (body === undefined || sdp === undefined) return -1;
  const { flags } = options;
  if ((flags & SdpFix.direction) !== 0)
    for (const media of sdp.media) insertSdpLine(message, media.end, 'a=direction:active\r\n');
  if ((flags & SdpFix.marker) !== 0 && options.marker !== '')
    insertSdpLine(message, body.end, options.marker);
  const address = options.address ?? context.flow.address;
  const places = placesOf(message.text, sdp, flags).filter(({ text }) => isReplaceable(text, address));
  for (const place of places) replace(context, place, address, options.keepsOld ? body.end : -1);
  return places.length > 0 ? 1 : 2;
}

/** An address on hold stays, and one that is right already. */
function isReplaceable(text: string, address: string): boolean {
  return text !== '0.0.0.0' && text !== address;
}

function replace(context: ScriptContext, place: Place, address: string, keepAt: number): void {
  const { message } = context;
  message.edits.replace(place.start, place.end, address);
  const line = `a=oldmediaip${place.isIpv6 ? '6' : ''}:${place.text}\r\n`;
  if (keepAt >= 0) insertSdpLine(message, keepAt, line);
}

/** In the order in which their old values are noted. */
function placesOf(text: string, sdp: Sdp, flags: number): Place[] {
  const places: Place[] = [];
  if ((flags & (SdpFix.media | SdpFix.origin)) !== 0) {
    for (const media of sdp.media)
      for (const { name, value, line } of media.attributes)
        if (name === 'rtcp' && value !== undefined) places.push(...addressBehind(text, line, 4));
  }
  if ((flags & SdpFix.media) !== 0)
    for (const { connection } of [sdp, ...sdp.media])
      if (connection !== undefined) places.push(...addressBehind(text, connection.line, 3));
  if ((flags & SdpFix.origin) !== 0 && sdp.origin !== undefined)
    places.push(...addressBehind(text, sdp.origin.line, 6));
  return places;
}

/** The address as the word of that number (from 1) of a line, if the two before it say `IN IP4` or `IN IP6`. */
function addressBehind(text: string, line: SdpLine, word: number): Place[] {
  const words = text.slice(line.valueStart, line.valueEnd).split(' ');
  const found = words[word - 1];
  if (found === undefined || found === '' || words[word - 3] !== 'IN') return [];
  const start = line.valueStart + words.slice(0, word - 1).join(' ').length + 1;
  return [{ start, end: start + found.length, text: found, isIpv6: words[word - 2] === 'IP6' }];
}
