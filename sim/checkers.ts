import { RpcFault, RpcStruct } from '../src/module/rpc.ts';
import type { WireEvent } from './link.ts';
import type { SipPeer } from './peer.ts';
import type { SimServer } from './server.ts';
import type { SimWorld } from './world.ts';

/** What a server transaction has answered finally. */
interface FinalAnswer {
  readonly status: number;
  /** Tag of To: copies of one answer have the same. */
  readonly toTag: string;
}

const maxViolations = 20;

/**
 * Watches the wire of a server: to each request at most one final response (RFC 3261 §17.2), repeated at will. A 2xx to an
 * INVITE may always follow: each comes from another phone, and none may be lost (§16.7 step 5).
 */
export class OneFinalResponse {
  readonly violations: string[] = [];
  /** By receiver and transaction. */
  readonly #finals = new Map<string, FinalAnswer>();
  readonly #server: string;

  constructor(serverAddress: string) {
    this.#server = serverAddress;
  }

  see(event: WireEvent): void {
    if (event.kind !== 'sent' || !event.from.startsWith(`${this.#server}:`)) return;
    const text = event.bytes.toString('latin1');
    const status = statusOf(text);
    if (status < 200) return;
    const key = `${event.to} ${field(text, 'Via', /branch=([^;,\s]+)/)} ${field(text, 'CSeq', /(.+)/)}`;
    const answer: FinalAnswer = { status, toTag: field(text, 'To', /;tag=([^;,\s]+)/) };
    const known = this.#finals.get(key);
    if (known === undefined || isLateSuccess(key, answer)) this.#finals.set(key, known ?? answer);
    else if (!isRepetition(known, answer) && this.violations.length < maxViolations) {
      this.violations.push(`${event.atMs} ms: ${status} behind ${known.status} to ${key}`);
    }
  }
}

function isLateSuccess(key: string, answer: FinalAnswer): boolean {
  return answer.status < 300 && key.endsWith('INVITE');
}

function isRepetition(known: FinalAnswer, answer: FinalAnswer): boolean {
  return known.status === answer.status && known.toTag === answer.toTag;
}

function statusOf(text: string): number {
  return text.startsWith('SIP/2.0 ') ? Number(text.slice(8, 11)) : 0;
}

/** A part of the first header of that name; '' when it is not there. */
function field(text: string, name: string, part: RegExp): string {
  const at = text.indexOf(`\r\n${name}: `);
  if (at < 0) return '';
  const line = text.slice(at + name.length + 4, text.indexOf('\r\n', at + 2));
  return part.exec(line)?.[1] ?? '';
}

/**
 * What must hold when a scenario is over and time enough has passed: every transaction has ended, on the phones and in
 * the server, and no timer is left that nobody owns.
 */
export async function leftovers(server: SimServer, peers: readonly SipPeer[]): Promise<readonly string[]> {
  const left = peers.flatMap((peer) => peer.unfinished);
  const transactions = await transactionCount(server);
  if (transactions > 0) left.push(`the server has ${transactions} transactions`);
  if (server.busyTimers > 0) left.push(`the server has ${server.busyTimers} timers that nobody owns`);
  if (server.server.busyCalls > 0) left.push(`the server has ${server.server.busyCalls} busy calls`);
  return left;
}

/** Of the tm module; 0 where it is not loaded. */
async function transactionCount(server: SimServer): Promise<number> {
  const method = server.server.rpc.find('tm.hash_stats');
  if (method === undefined) return 0;
  const reply = await server.server.call('tm.hash_stats');
  const [counts] = reply instanceof RpcFault ? [] : reply;
  if (!(counts instanceof RpcStruct)) throw new Error('tm.hash_stats gave no counts');
  const number = (wanted: string) => Number(counts.members.find(({ name }) => name === wanted)?.value ?? 0);
  return number('transactions') + number('clients');
}

/** Stops the server and lets the rest settle: the world must be silent afterwards. */
export async function silenceAfterStop(
  world: SimWorld,
  server: SimServer,
  peers: readonly SipPeer[],
): Promise<readonly string[]> {
  await server.stop();
  for (const peer of peers) peer.close();
  await world.advance(10_000);
  const left: string[] = [];
  if (world.clock.pending > 0) left.push(`${world.clock.pending} happenings are left in a stopped world`);
  if (server.server.timers.size > 0)
    left.push(`${server.server.timers.size} timers are left in a stopped server`);
  return left;
}
