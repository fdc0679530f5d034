import { coreHash } from '../../base/coreHash.ts';
import { compilePosixRegex } from '../../base/posixRegex.ts';

/** A record of the trusted table. */
export interface TrustedRecord {
  readonly source: string;
  readonly proto: string;
  readonly fromPattern: string | undefined;
  readonly uriPattern: string | undefined;
  readonly tag: string | undefined;
  readonly priority: number;
}

/** A record that is ready to match. */
export interface TrustedPeer extends TrustedRecord {
  /** 0 for any. */
  readonly protoNumber: number;
  readonly from: RegExp | undefined;
  readonly uri: RegExp | undefined;
  /** Kamailio's slot for the source: the order of dumps. */
  readonly slot: number;
}

/** What is asked about a request. */
export interface TrustQuestion {
  readonly protoNumber: number;
  readonly fromUri: string;
  readonly requestUri: string;
}

const protocols: Readonly<Record<string, number>> = {
  any: 0,
  udp: 1,
  tcp: 2,
  tls: 3,
  sctp: 4,
  ws: 5,
  wss: 6,
};

/** 0 for `any`; undefined for an unknown one. Letter case is one. */
export function protocolNumber(name: string): number | undefined {
  const lower = name.trim().toLowerCase();
  return Object.hasOwn(protocols, lower) ? protocols[lower] : undefined;
}

/** `none` never matches, which is no mistake. */
const never = 'none';

/** Ready to match; undefined for one that never does; a text tells what is malformed. */
export function makePeer(record: TrustedRecord): TrustedPeer | undefined | string {
  if (record.proto.trim().toLowerCase() === never) return undefined;
  const protoNumber = protocolNumber(record.proto);
  if (protoNumber === undefined) return `${record.source}: unknown protocol "${record.proto}"`;
  const from = compile(record.fromPattern);
  if (typeof from === 'string') return `${record.source}: ${from}`;
  const uri = compile(record.uriPattern);
  if (typeof uri === 'string') return `${record.source}: ${uri}`;
  return { ...record, protoNumber, from, uri, slot: coreHash(record.source) % 128 };
}

function compile(pattern: string | undefined): RegExp | undefined | string {
  if (pattern === undefined || pattern === '') return undefined;
  const compiled = compilePosixRegex(pattern);
  return 'error' in compiled ? `"${pattern}": ${compiled.error}` : compiled.regex;
}

export function trusts(peer: TrustedPeer, { protoNumber, fromUri, requestUri }: TrustQuestion): boolean {
  if (peer.protoNumber !== 0 && protoNumber !== 0 && peer.protoNumber !== protoNumber) return false;
  if (peer.from !== undefined && !peer.from.test(fromUri)) return false;
  return peer.uri === undefined || peer.uri.test(requestUri);
}

/** The table in memory, by source; of one source those with the highest priority first. */
export class TrustedPeers {
  readonly #bySource = new Map<string, TrustedPeer[]>();

  constructor(peers: readonly TrustedPeer[]) {
    for (const peer of peers.slice().sort((a, b) => b.priority - a.priority)) {
      const known = this.#bySource.get(peer.source);
      if (known === undefined) this.#bySource.set(peer.source, [peer]);
      else known.push(peer);
    }
  }

  of(source: string): readonly TrustedPeer[] {
    return this.#bySource.get(source) ?? [];
  }

  all(): TrustedPeer[] {
    return [...this.#bySource.values()].flat().sort((a, b) => a.slot - b.slot);
  }
}
