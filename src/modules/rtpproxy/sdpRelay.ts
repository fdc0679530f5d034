/** Putting the ports and the address of a node into an SDP. */
import type { SipMessage } from '../../sip/message.ts';
import { connectionOf, type Sdp, type SdpLine, type SdpMedia } from '../../sip/sdp.ts';
import { insertSdpLine, type SdpBody } from '../../sip/sdpBody.ts';

export interface Relayed {
  readonly port: number;
  readonly address: string;
}

export interface RelayOptions {
  /** Instead of the address that the node says. */
  readonly address: string | undefined;
  readonly mark: string;
  /** Type preference of the relay candidates to add; undefined adds none. */
  readonly candidatePreference: number | undefined;
}

/** An address that says: send nothing. It stays. */
const held = '0.0.0.0';

/** One `relays` entry for each media section. */
export function relaySdp(
  message: SipMessage,
  body: SdpBody,
  sdp: Sdp,
  relays: readonly Relayed[],
  options: RelayOptions,
): void {
  const first = relays[0];
  if (first === undefined) return;
  if (sdp.origin !== undefined) replaceAddress(message, sdp.origin.line, 6, options.address ?? first.address);
  if (sdp.connection !== undefined)
    replaceAddress(message, sdp.connection.line, 3, options.address ?? first.address);
  sdp.media.forEach((media, i) => {
    const relay = relays[i];
    if (relay !== undefined) relayMedia(message, sdp, media, relay, options);
  });
  if (options.mark !== '') insertSdpLine(message, body.end, options.mark);
}

function relayMedia(
  message: SipMessage,
  sdp: Sdp,
  media: SdpMedia,
  relay: Relayed,
  options: RelayOptions,
): void {
  const address = options.address ?? relay.address;
  if (media.port !== 0) message.edits.replace(media.portStart, media.portEnd, String(relay.port));
  if (media.connection !== undefined) replaceAddress(message, media.connection.line, 3, address);
  const rtcp = media.attributes.find(({ name }) => name === 'rtcp');
  if (rtcp !== undefined && connectionOf(sdp, media)?.address !== held)
    message.edits.replace(rtcp.line.valueStart, rtcp.line.valueEnd, `rtcp:${relay.port + 1}`);
  const ice = media.attributes.find(({ name }) => name === 'candidate');
  if (ice !== undefined && options.candidatePreference !== undefined)
    insertSdpLine(message, ice.line.end, candidates(relay, address, options.candidatePreference));
}

/** The words `IN IP4 address` of a line, the address being its word of that number from 1. */
function replaceAddress(message: SipMessage, line: SdpLine, word: number, address: string): void {
  const words = message.text.slice(line.valueStart, line.valueEnd).split(' ');
  const old = words[word - 1];
  const type = words[word - 2];
  if (old === undefined || type === undefined || old === held) return;
  const start = line.valueStart + words.slice(0, word - 2).join(' ').length + 1;
  const end = start + type.length + 1 + old.length;
  message.edits.replace(start, end, `${address.includes(':') ? 'IP6' : 'IP4'} ${address}`);
}

/** RTCP and RTP candidates (RFC 8445 §5.1.2.1, component 2 and 1). */
function candidates(relay: Relayed, address: string, preference: number): string {
  const foundation = address.replace(/[.:]/g, '');
  const line = (component: number): string => {
    const priority = preference * 2 ** 24 + 65_535 * 2 ** 8 + 256 - component;
    return `a=candidate:${foundation} ${component} UDP ${priority} ${address} ${relay.port + component - 1} typ relay\r\n`;
  };
  return line(2) + line(1);
}
