import {
  type Bencode,
  type Dictionary,
  decodeDictionary,
  encode,
  textOf,
} from '../../src/modules/rtpengine/bencode.ts';
import type { NodeAnswer, NodeMode, NodeProtocol } from './mediaNode.ts';

/** Address and first port that the stand-in puts into every SDP. */
export const relayAddress = '203.0.113.9';
const firstPort = 30_000;

/** The ng control protocol of rtpengine, answered by rote: every offer and answer succeeds. */
export class NgProtocol implements NodeProtocol {
  /** Answers to commands by their name, instead of the usual ones. */
  readonly answers = new Map<string, Dictionary>();

  answer(datagram: string, mode: NodeMode): NodeAnswer {
    const space = datagram.indexOf(' ');
    const fields = decodeDictionary(datagram, space + 1);
    const command = textOf(fields, 'command');
    if (fields === undefined || command === undefined)
      return { shown: `malformed ${datagram}`, reply: undefined };
    const answer = this.#answerOf(command, fields, mode);
    const cookie = datagram.slice(0, space);
    return {
      shown: command === 'ping' ? '' : shownCommand(command, fields),
      reply: answer === undefined ? undefined : `${cookie} ${encode(answer)}`,
    };
  }

  #answerOf(command: string, fields: Dictionary, mode: NodeMode): Dictionary | undefined {
    if (mode.kind === 'silent') return undefined;
    if (command === 'ping') return new Map([['result', 'pong']]);
    if (mode.kind === 'error')
      return new Map([
        ['result', 'error'],
        ['error-reason', mode.text],
      ]);
    return this.answers.get(command) ?? usualAnswer(command, fields);
  }
}

function usualAnswer(command: string, fields: Dictionary): Dictionary {
  const answer = new Map<string, Bencode>([['result', 'ok']]);
  const sdp = textOf(fields, 'sdp');
  if (sdp !== undefined && command !== 'delete') answer.set('sdp', relayed(sdp));
  if (command === 'play media') answer.set('duration', 1234);
  if (command === 'query' || command === 'delete')
    for (const [key, value] of statistics) answer.set(key, value);
  if (command === 'subscribe request') for (const [key, value] of subscription) answer.set(key, value);
  return answer;
}

/** Every address becomes the relay's, every port one of its own. */
function relayed(sdp: string): string {
  let media = 0;
  const nextPort = (): number => firstPort + 2 * media++;
  return sdp
    .replace(/^c=IN IP4 \S+/gm, `c=IN IP4 ${relayAddress}`)
    .replace(/^(m=\S+) \d+/gm, (_, name: string) => `${name} ${nextPort()}`);
}

/** A nested object as a dictionary. */
export function dictionary(object: Readonly<Record<string, unknown>>): Map<string, Bencode> {
  return new Map(Object.entries(object).map(([key, value]) => [key, bencodeOf(value)]));
}

function bencodeOf(value: unknown): Bencode {
  if (typeof value === 'string' || typeof value === 'number') return value;
  if (Array.isArray(value)) return value.map(bencodeOf);
  return dictionary(value as Record<string, unknown>);
}

function quality(mos: number, atSec?: number): Record<string, number> {
  const base = {
    MOS: mos,
    'round-trip time': 20_500 + mos,
    'round-trip time leg': 10_200 + mos,
    jitter: 60 - mos,
    'packet loss': 50 - mos,
  };
  return atSec === undefined ? { ...base, samples: 25 } : { ...base, 'reported at': 1_700_000_000 + atSec };
}

function source(best: number, average: number, worst: number): Record<string, unknown> {
  return {
    'average MOS': quality(average),
    'lowest MOS': quality(worst, 65),
    'highest MOS': quality(best, 5),
    'MOS progression': { interval: 1, entries: [] },
  };
}

function party(tag: string, label: string, ssrc: number): Record<string, unknown> {
  return {
    tag,
    label,
    created: 1_700_000_000,
    medias: [
      {
        index: 1,
        type: 'audio',
        streams: [{ SSRC: ssrc, stats: { packets: 100, bytes: 17_200, errors: 0 } }],
      },
    ],
  };
}

/** A call of two parties, with numbers that tell apart all that is read from them. */
const statistics = dictionary({
  created: 1_700_000_000,
  created_us: 0,
  'last signal': 1_700_000_010,
  SSRC: { '1001': source(43, 40, 31), '2002': source(44, 38, 29) },
  tags: { 'from-A': party('from-A', 'caller', 1001), 'to-B': party('to-B', 'callee', 2002) },
  totals: { RTP: { packets: 1447, bytes: 54_846, errors: 0 }, RTCP: { packets: 3, bytes: 336, errors: 1 } },
});

const subscription = dictionary({
  sdp: `v=0\r\no=- 1 1 IN IP4 ${relayAddress}\r\ns=-\r\nc=IN IP4 ${relayAddress}\r\nt=0 0\r\nm=audio 30000 RTP/AVP 8\r\na=label:0\r\n`,
  'from-tags': ['from-A', 'to-B'],
  'to-tag': 'x-subscriber',
  'tag-medias': [
    { tag: 'from-A', medias: [{ index: 1, type: 'audio', label: '0', mode: 'sendrecv' }] },
    { tag: 'to-B', medias: [{ index: 1, type: 'audio', label: '1', mode: 'sendrecv' }] },
  ],
});

/** The command and its fields by name: their order means nothing; that of a list may. */
function shownCommand(command: string, fields: Dictionary): string {
  const lines = [...fields]
    .filter(([key]) => key !== 'command' && key !== 'sdp')
    .map(([key, value]) => `${key}: ${shownValue(value)}`)
    .sort();
  const sdp = textOf(fields, 'sdp');
  return [command, ...lines, '', sdp === undefined ? '' : `sdp:\n${sdp}`].join('\r\n');
}

function shownValue(value: Bencode): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return `i ${value}`;
  if (!(value instanceof Map)) return `[ ${(value as readonly Bencode[]).map(shownValue).join(' | ')} ]`;
  return `{ ${[...value].map(([key, each]) => `${key}: ${shownValue(each)}`).join(' | ')} }`;
}
