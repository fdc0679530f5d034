/** Reading replies to `query` and `delete`: packet counters and qualities (MOS) of a call. */
import type { ScriptContext } from '../../module/context.ts';
import { type Bencode, type Dictionary, dictionaryOf, listOf, numberOf, textOf } from './bencode.ts';
import type { ScriptVariables } from './scriptVariables.ts';

/** `RTP: 54846 bytes, 1447 packets, 0 errors; RTCP: ...`; undefined when the reply has no totals. */
export function packetText(reply: Dictionary): string | undefined {
  const totals = dictionaryOf(reply, 'totals');
  const rtp = dictionaryOf(totals, 'RTP');
  const rtcp = dictionaryOf(totals, 'RTCP');
  if (rtp === undefined || rtcp === undefined) return undefined;
  return `RTP: ${countersText(rtp)}; RTCP: ${countersText(rtcp)}`;
}

function countersText(counters: Dictionary): string {
  const count = (name: string): number => numberOf(counters, name) ?? 0;
  return `${count('bytes')} bytes, ${count('packets')} packets, ${count('errors')} errors`;
}

/** Parameter parts and the fields they stand for. */
const fields: readonly (readonly [name: string, field: string])[] = [
  ['_packetloss', 'packet loss'],
  ['_jitter', 'jitter'],
  ['_roundtrip', 'round-trip time'],
  ['_roundtrip_leg', 'round-trip time leg'],
  ['_samples', 'samples'],
];

/** Fills `mos_*_pv`, and those of the parties A and B as far as their labels are set. */
export function fillQualities(context: ScriptContext, reply: Dictionary, variables: ScriptVariables): void {
  const created = numberOf(reply, 'created') ?? 0;
  fillParty(context, variables, '', [...(dictionaryOf(reply, 'SSRC')?.values() ?? [])], created);
  for (const party of ['A', 'B']) {
    const label = variables.get(`mos_${party}_label_pv`, context);
    if (label !== null && label !== '')
      fillParty(context, variables, `_${party}`, sourcesOf(reply, String(label)), created);
  }
}

/** The sources (SSRC) of the parties with a label. */
function sourcesOf(reply: Dictionary, label: string): Bencode[] {
  const all = dictionaryOf(reply, 'SSRC');
  const sources: Bencode[] = [];
  for (const party of dictionaryOf(reply, 'tags')?.values() ?? []) {
    if (!(party instanceof Map) || textOf(party, 'label') !== label) continue;
    for (const ssrc of ssrcsOf(party)) {
      const source = all?.get(String(ssrc));
      if (source !== undefined) sources.push(source);
    }
  }
  return sources;
}

function ssrcsOf(party: Dictionary): number[] {
  const streams = listOf(party, 'medias').flatMap((media) =>
    media instanceof Map ? listOf(media, 'streams') : [],
  );
  return streams.flatMap((stream) => (stream instanceof Map ? [numberOf(stream, 'SSRC') ?? []].flat() : []));
}

function fillParty(
  context: ScriptContext,
  variables: ScriptVariables,
  suffix: string,
  sources: readonly Bencode[],
  createdSec: number,
): void {
  const all = (field: string): Dictionary[] =>
    sources.flatMap((source) => (source instanceof Map ? [dictionaryOf(source, field) ?? []].flat() : []));
  const fill = (kind: string, quality: Dictionary | undefined): void => {
    if (quality === undefined) return;
    variables.set(`mos_${kind}${suffix}_pv`, context, tenths(numberOf(quality, 'MOS') ?? 0));
    const at = numberOf(quality, 'reported at');
    if (at !== undefined) variables.set(`mos_${kind}_at${suffix}_pv`, context, clock(at - createdSec));
    for (const [name, field] of fields) {
      const value = numberOf(quality, field);
      if (value !== undefined) variables.set(`mos_${kind}${name}${suffix}_pv`, context, String(value));
    }
  };
  fill('min', best(all('lowest MOS'), -1));
  fill('max', best(all('highest MOS'), 1));
  fill('average', mean(all('average MOS')));
}

/** The quality with the highest (sign 1) or lowest (sign -1) MOS. */
function best(qualities: readonly Dictionary[], sign: 1 | -1): Dictionary | undefined {
  const score = (quality: Dictionary): number => sign * (numberOf(quality, 'MOS') ?? 0);
  return qualities.reduce<Dictionary | undefined>(
    (found, each) => (found === undefined || score(each) > score(found) ? each : found),
    undefined,
  );
}

/** Each number as the mean over all sources, rounded down. */
function mean(qualities: readonly Dictionary[]): Dictionary | undefined {
  const first = qualities[0];
  if (first === undefined) return undefined;
  const means = new Map<string, Bencode>();
  for (const key of first.keys()) {
    const sum = qualities.reduce((total, each) => total + (numberOf(each, key) ?? 0), 0);
    means.set(key, Math.floor(sum / qualities.length));
  }
  return means;
}

function tenths(value: number): string {
  return `${Math.floor(value / 10)}.${Math.abs(value % 10)}`;
}

/** `1:05` for 65 seconds. */
function clock(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** A reply as JSON, as `rtpengine_query_v` gives it. */
export function toJson(value: Bencode, isPretty: boolean): string {
  return JSON.stringify(plain(value), undefined, isPretty ? '\t' : undefined);
}

function plain(value: Bencode): unknown {
  if (typeof value === 'string' || typeof value === 'number') return value;
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, each]) => [key, plain(each)]));
  return (value as readonly Bencode[]).map(plain);
}
