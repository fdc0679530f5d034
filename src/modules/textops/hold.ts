import type { SipMessage } from '../../sip/message.ts';
import { connectionOf, directionOf, parseSdp } from '../../sip/sdp.ts';

/**
 * Is an audio stream of the SDP on hold? 1: connection address 0.0.0.0 (RFC 2543 §B.5), 2: `sendonly` or
 * `inactive` (RFC 3264 §8.4), -1: no.
 */
export function audioHold(message: SipMessage): number {
  const sdp = parseSdp(message.text, message.bodyStart, message.bodyEnd);
  if (sdp === undefined) return -1;
  for (const media of sdp.media) {
    if (media.media !== 'audio' || media.port === 0) continue;
    if (connectionOf(sdp, media)?.address === '0.0.0.0') return 1;
    const direction = directionOf(sdp, media);
    if (direction === 'sendonly' || direction === 'inactive') return 2;
  }
  return -1;
}
