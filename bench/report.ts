/** The tables that the benchmark prints and writes into docs/performance.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { repository } from '../test/support/server.ts';
import type { CallRound } from './calls.ts';
import type { ContactRound } from './contacts.ts';
import { spread, table } from './measure.ts';

const begin = '<!-- results: written by npm run bench -- --write -->';
const end = '<!-- end of results -->';

export function machineText(versions: readonly string[], pinning: string): string {
  const processors = cpus();
  const memoryGb = (totalmem() / 2 ** 30).toFixed(0);
  const date = new Date().toISOString().slice(0, 10);
  return [
    `Measured on ${date}: ${processors.length} cores of ${processors[0]?.model.trim()}, ${memoryGb} GB, Linux ${release()},`,
    `Node ${process.version}; ${versions.join('; ')}; ${pinning}.`,
  ].join(' ');
}

const callRows: readonly (readonly [title: string, value: (round: CallRound) => number, digits: number])[] = [
  ['CPU per call, µs', (r) => r.cpuPerCallUs, 0],
  ['failed calls', (r) => r.failed, 0],
  ['retransmissions by the caller', (r) => r.callerRetransmissions, 0],
  ['retransmissions by the called', (r) => r.calledRetransmissions, 0],
  ['first response p50, ms', (r) => r.p50Ms, 2],
  ['first response p99, ms', (r) => r.p99Ms, 2],
  ['memory, MB', (r) => r.memoryMb, 0],
];

/** Median (minimum to maximum) of the rounds for each server, and Olelo divided by Kamailio round by round. */
export function callsReport(
  name: string,
  rate: number,
  durationSec: number,
  rounds: readonly CallRound[],
): string {
  const of = (program: string): CallRound[] => rounds.filter((round) => round.program === program);
  const [kamailio, olelo] = [of('kamailio'), of('olelo')];
  const pairs = Math.min(kamailio.length, olelo.length);
  const rows = callRows.map(([title, value, digits]) => {
    const ratios = Array.from({ length: pairs }, (_, i) => value(olelo[i]!) / value(kamailio[i]!));
    return [
      title,
      spread(kamailio.map(value), digits),
      spread(olelo.map(value), digits),
      /CPU|response|memory/.test(title) ? spread(ratios, 2) : '',
    ];
  });
  const calls = rounds[0]?.calls ?? 0;
  const title = `${name}; ${rate} calls/s for ${durationSec} s (${calls} calls), ${rounds.length} rounds in turn`;
  return `### ${title}\n\n${table(['', 'Kamailio', 'Olelo', 'ratio'], rows)}`;
}

const contactRows: readonly (readonly [
  title: string,
  value: (round: ContactRound) => number,
  digits: number,
])[] = [
  ['memory per contact, bytes', (r) => r.bytesPerContact, 0],
  ['registrations per second (one sender)', (r) => r.registrationsPerSec, 0],
  ['lookup p50 when empty, ms', (r) => r.emptyLookup.p50Ms, 3],
  ['lookup p50 when full, ms', (r) => r.fullLookup.p50Ms, 3],
  ['lookup p99 when empty, ms', (r) => r.emptyLookup.p99Ms, 3],
  ['lookup p99 when full, ms', (r) => r.fullLookup.p99Ms, 3],
  ['longest answer while all expire, ms', (r) => r.sweepMaxMs, 1],
  ['CPU of the longest turn meanwhile, ms', (r) => r.sweepHoldMs, 1],
  ['CPU of the longest turn while all are dumped, ms', (r) => r.dumpHoldMs, 1],
  ['longest answer before that, ms', (r) => r.fullLookup.maxMs, 1],
  ['start from the full table, s', (r) => r.startFromTableSec, 2],
];

export function contactsReport(
  contacts: number,
  writeBack: boolean,
  rounds: readonly ContactRound[],
): string {
  const head = ['', ...rounds.map((round) => (round.program === 'olelo' ? 'Olelo' : 'Kamailio'))];
  const rows = contactRows.map(([title, value, digits]) => [
    title,
    ...rounds.map((r) => spread([value(r)], digits).split(' ')[0]!),
  ]);
  const how = writeBack ? ', written back to SQLite' : '';
  return `### W3: ${contacts} registered contacts${how}\n\n${table(head, rows)}`;
}

export function writeReport(text: string): void {
  const path = join(repository, 'docs', 'performance.md');
  const page = readFileSync(path, 'utf8');
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < 0) throw new Error(`${path} has no place for results`);
  writeFileSync(path, `${page.slice(0, from + begin.length)}\n\n${text}\n\n${page.slice(to)}`);
  console.log(`\nwritten to ${path}`);
}
