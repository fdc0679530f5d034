/** The words that choose the transport protocol towards the recipient of an SDP. */

const SRTP = 1;
const AVPF = 2;
const DTLS = 4;

/** Words that add up. */
export const transportBits: ReadonlyMap<string, number> = new Map([
  ['RTP', 0],
  ['AVP', 0],
  ['SRTP', SRTP],
  ['AVPF', AVPF],
  ['DTLS', DTLS],
]);

/** Names of profiles: the last one counts. */
export const profileBits: ReadonlyMap<string, number> = new Map([
  ['RTP/AVP', 0],
  ['RTP/SAVP', SRTP],
  ['RTP/AVPF', AVPF],
  ['RTP/SAVPF', SRTP | AVPF],
  ['UDP/TLS/RTP/SAVP', DTLS],
  ['UDP/TLS/RTP/SAVPF', DTLS | AVPF],
]);

/** What the sum means; SRTP and DTLS together mean nothing. */
export const profiles: ReadonlyMap<number, string> = new Map(
  [...profileBits].map(([name, bits]) => [bits, name]),
);
