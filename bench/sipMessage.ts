/**
 * Micro-benchmarks of the message layer: node dist/bench/sipMessage.js [rounds]
 * Prints the median of the rounds in µs per operation; compare runs on one machine only.
 */
import { HeaderKind } from '../src/sip/headerKind.ts';
import { isWireError, parseMessage, type SipMessage } from '../src/sip/message.ts';
import { parseNameAddr } from '../src/sip/nameAddr.ts';
import { renderRequest, renderResponse } from '../src/sip/render.ts';
import { buildResponse } from '../src/sip/response.ts';
import { SipUri } from '../src/sip/uri.ts';
import { parseVia } from '../src/sip/via.ts';

const invite = Buffer.from(
  [
    'INVITE sip:+4930123456@192.0.2.10:5060;transport=udp SIP/2.0',
    'Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKnashds8f1.0;rport',
    'Via: SIP/2.0/UDP 192.0.2.5:5080;received=192.0.2.77;branch=z9hG4bK87asdks7',
    'Record-Route: <sip:192.0.2.1;lr;ftag=1928301774>',
    'Max-Forwards: 69',
    'From: "Alice Example" <sip:alice@example.com>;tag=1928301774',
    'To: <sip:+4930123456@example.com>',
    'Call-ID: a84b4c76e66710-98765@pc33.example.com',
    'CSeq: 314159 INVITE',
    'Contact: <sip:alice@192.0.2.5:5080;transport=udp>;+sip.instance="<urn:uuid:00000000-0000-1000-8000-000A95A0E128>"',
    'Route: <sip:192.0.2.20;lr>',
    'Allow: INVITE, ACK, CANCEL, OPTIONS, BYE, REFER, NOTIFY, UPDATE, PRACK, INFO',
    'Supported: replaces, timer, path, outbound, 100rel',
    'Session-Expires: 1800;refresher=uac',
    'Min-SE: 90',
    'User-Agent: Example Phone 4.1.2 (build 20240101)',
    'P-Asserted-Identity: "Alice" <sip:+49891234567@example.com>',
    'X-Trace: 8f14e45fceea167a5a36dedd4bea2543',
    'Content-Type: application/sdp',
    'Content-Length: 235',
    '',
    'v=0\r\no=alice 2890844526 2890844526 IN IP4 192.0.2.5\r\ns=-\r\nc=IN IP4 192.0.2.5\r\nt=0 0\r\nm=audio 49170 RTP/AVP 0 8 97\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:97 iLBC/8000\r\na=sendrecv\r\na=ptime:20\r\na=maxptime:150\r\n'.padEnd(
      235,
    ),
  ].join('\r\n'),
  'latin1',
);

const out = Buffer.alloc(65536);
const source = { address: '192.0.2.1', port: 5060 };
const via = 'Via: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK1dd9.0c9dd5d48db0402d071acd03cd287929.0\r\n';
const recordRoute = 'Record-Route: <sip:192.0.2.10;lr;ftag=1928301774>\r\n';

function parse(): SipMessage {
  const message = parseMessage(invite.toString('latin1'));
  if (isWireError(message)) throw new Error(message.reason);
  return message;
}

const parsedOnce = parse();
const viaStart = parsedOnce.headerValueStart(0);
const viaEnd = parsedOnce.headerValueEnd(0);
const from = parsedOnce.find(HeaderKind.from);
const fromStart = parsedOnce.headerValueStart(from);
const fromEnd = parsedOnce.headerValueEnd(from);
const response = parseMessage(buildResponse(parsedOnce, 200, 'OK', { toTag: 'x', body: parsedOnce.body }));
if (isWireError(response)) throw new Error(response.reason);

function proxied(message: SipMessage): string {
  message.edits.clear();
  message.edits.insert(message.headersStart, recordRoute);
  return renderRequest(message, { requestUri: 'sip:+4930123456@192.0.2.30:5062', via, source });
}

const cases: Readonly<Record<string, () => number>> = {
  'latin1 decode': () => invite.toString('latin1').length,
  'index only': () => parse().headerCount,
  'index + Via, From, To, Call-ID, CSeq': () => {
    const message = parse();
    return (
      (message.topmostVia?.branch.length ?? 0) +
      message.fromTag.length +
      message.toTag.length +
      message.callId.length +
      (message.cseq?.number ?? 0)
    );
  },
  'parse Via': () => parseVia(parsedOnce.text, viaStart, viaEnd)?.port ?? 0,
  'parse From': () => parseNameAddr(parsedOnce.text, fromStart, fromEnd)?.uri.length ?? 0,
  'render a proxied INVITE': () => proxied(parsedOnce).length,
  'render a proxied INVITE + write': () => out.write(proxied(parsedOnce), 'latin1'),
  'render a response without our Via + write': () =>
    out.write(renderResponse(response, { removeTopmostVia: true }), 'latin1'),
  'build 100 + write': () => out.write(buildResponse(parsedOnce, 100, 'Trying', { source }), 'latin1'),
  'parse a SIP URI': () => SipUri.parse('sip:alice@192.0.2.5:5080;transport=udp;lr')?.port ?? 0,
};

function microsecondsPerCall(run: () => number, calls: number): number {
  let sink = 0;
  const start = process.hrtime.bigint();
  for (let i = 0; i < calls; i++) sink += run();
  const elapsedNs = Number(process.hrtime.bigint() - start);
  if (sink < 0) throw new Error('unreachable');
  return elapsedNs / calls / 1000;
}

const rounds = Number(process.argv[2] ?? 40);
for (const [name, run] of Object.entries(cases)) {
  microsecondsPerCall(run, 10_000);
  const times = Array.from({ length: rounds }, () => microsecondsPerCall(run, 10_000)).sort((a, b) => a - b);
  console.log(`${name.padEnd(44)} ${times[rounds >> 1]?.toFixed(3)} µs (min ${times[0]?.toFixed(3)})`);
}
