/** Flags that rtpengine documents, so that a misspelt one is told when the configuration is loaded. */
import type { Flags } from './flags.ts';

const words: ReadonlySet<string> = new Set(
  (
    'all allow-asymmetric-codecs allow-no-codec-media allow-transcoding always-transcode asymmetric asymmetric-codecs ' +
    'AVP AVPF audio-player bidirectional block-dtmf block-egress block-media block-short codec-ignore debug debugging ' +
    'detect-DTMF directional discard-recording ' +
    'DTLS DTLS-reverse early-media egress except-offer-answer exclude-recording external extmap-strip fake-AVPF flows force ' +
    'force-answer force-relay fragment full-rtcp-attribute generate-mid generate-RTCP ' +
    'handover-media ICE-reject inactive inject-DTMF inactive internal loop-protect media-handover metadata mirror-RTCP ' +
    'moh-mode NAT-wait no-codec-renegotiation no-jitter-buffer no-passthrough no-port-latching no-redis-update ' +
    'no-rtcp-attribute no-tls-id original-sendrecv OSRTP-accept OSRTP-accept-legacy OSRTP-accept-RFC OSRTP-offer ' +
    'OSRTP-offer-legacy OSRTP-offer-RFC pad-crypto passthrough ' +
    'pierce-NAT play-silence port-latching record-call recording-announcement recording-vsc reset reject-ICE remove-silence ' +
    'reorder-codecs resume reuse-codecs no-reuse-codecs RTP SDES-nonew SDES-static sip-source-address SIP-source-address ' +
    'single-codec siprec skip-recording-db ' +
    'SRTP start-recording static-codecs strict-source strip-extmap symmetric symmetric-codecs T38 to-tag trickle-ICE ' +
    'trust-address unidirectional victim web-password ' +
    'endpoint-learning-off endpoint-learning-immediate endpoint-learning-delayed endpoint-learning-heuristic'
  ).split(' '),
);

const keys: ReadonlySet<string> = new Set(
  (
    'address address-family all audio-player blob call-id code codec-except codec db-id delay-buffer delete-delay digit ' +
    'direction drop-traffic DTLS DTLS-fingerprint DTLS-reverse DTMF-delay DTMF-log-dest DTMF-security ' +
    'DTMF-security-trigger DTMF-security-trigger-end duration endpoint-learning extmap-mask extmap-strip file frequencies ' +
    'frequency from-interface from-label from-tag from-tags generate-RTCP ICE ICE-lite instance interface label ' +
    'media-address media-echo metadata mode moh moh-connection moh-db-id moh-file output-destination OSRTP pause ptime ptime-reverse ' +
    'received-from record-call recording-dir recording-file recording-path recording-pattern repacketize repeat-duration ' +
    'repeat-times rtcp-mux rtpp-flags set-label SIP-code sdp-attr SSRC start-pos template TOS to-call-id to-interface ' +
    'to-label to-tag transport-protocol ' +
    'trigger trigger-end trigger-end-digits trigger-end-time trigger-num via-branch volume vsc-pause-rec vsc-pause-resume-rec ' +
    'vsc-start-pause-resume-rec vsc-start-rec vsc-start-stop-rec vsc-stop-rec xmlrpc-callback'
  ).split(' '),
);

/** Where only certain values can follow. */
const listValues: Readonly<Record<string, RegExp>> = {
  replace:
    /^(origin|origin-full|session-connection|session-name|sess-version|username|zero-address|force-increment-sdp-ver|SDP-version)$/,
  'rtcp-mux': /^(offer|require|demux|accept|reject)$/,
  SDES: /^(off|no|disable|on|only|pad|static|nonew|prefer|order|unencrypted_srtp|unencrypted_srtcp|unauthenticated_srtp|encrypted_srtp|encrypted_srtcp|authenticated_srtp|lifetime|(no|only|order|offerer_pref)[-:].+)$/,
  'T.38': /^(decode|force|stop|no-ECM|no-V\.17|no-V\.27ter|no-V\.29|no-V\.34|no-IAF|FEC)$/,
};

/** The flags of a parsed string that nobody documents: rtpengine would pass them over in silence. */
export function unknownFlags(flags: Flags): string[] {
  const unknown = flags.words.filter((word) => !words.has(word));
  for (const key of flags.pairs.keys()) if (!keys.has(key)) unknown.push(key);
  for (const [list, pattern] of Object.entries(listValues)) {
    for (const value of flags.lists.get(list) ?? [])
      if (!pattern.test(value)) unknown.push(`${list}-${value}`);
  }
  return unknown;
}

/** A documented flag that looks like this one. */
export function similarFlag(flag: string): string | undefined {
  const plain = flag.toLowerCase().replace(/[-_]/g, '');
  return [...words, ...keys].find((known) => known.toLowerCase().replace(/-/g, '') === plain);
}
