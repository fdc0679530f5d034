/**
 * `npm run bench -- [options]`: both servers on the same configuration in one run, interleaved, several rounds.
 * See docs/performance.md for what is measured; never compare absolute times of different machines or runs.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Program, programPath } from '../test/support/server.ts';
import { type CallRound, type CallWorkload, callRound, scenarios } from './calls.ts';
import { contactRound } from './contacts.ts';
import { choosePinning } from './pinning.ts';
import { callsReport, contactsReport, machineText, writeReport } from './report.ts';

const usage = `usage: npm run bench -- [options]
  --workload w1,w2              which: w1, w1-4000, w2, w3, w3-back, register-digest, calls-digest, tcp, tls
  --servers kamailio,olelo      which (default: those that are here)
  --rounds 3                    rounds of each server
  --rate 2000                   calls per second, instead of what the workload is made for
  --duration 10                 measured seconds of each round
  --contacts 200000             contacts in W3
  --write                       writes the results into docs/performance.md`;

const stockConfig = '/etc/kamailio/kamailio.cfg';

const callWorkloads: Readonly<Record<string, CallWorkload & { rate?: number; servers?: Program[] }>> = {
  w1: {
    name: 'W1: record-routed stateful call, minimal configuration',
    config: 'bench/configs/w1.cfg',
  },
  'w1-4000': {
    name: 'W1 at 4,000 calls/s',
    config: 'bench/configs/w1.cfg',
    rate: 4000,
  },
  w2: {
    name: 'W2: the same through the stock kamailio.cfg, found by lookup',
    config: stockConfig,
    registerBy: scenarios.register,
  },
  'register-digest': {
    name: 'REGISTER with digest, users in SQLite, bindings written back to it',
    config: 'bench/configs/digest.cfg',
    usesDatabase: true,
    isAlone: true,
    scenario: scenarios.registerWithDigest,
    rate: 1000,
  },
  'calls-digest': {
    name: 'calls with digest, found by lookup, users in SQLite',
    config: 'bench/configs/digest.cfg',
    usesDatabase: true,
    registerBy: scenarios.registerWithDigest,
    scenario: scenarios.callWithDigest,
    rate: 1000,
  },
  tcp: {
    name: 'W1 over TCP, one connection on each side',
    config: 'bench/configs/stream.cfg',
    stream: 'TCP',
    rate: 1000,
  },
  tls: {
    name: 'W1 over TLS, one connection on each side',
    config: 'bench/configs/stream.cfg',
    stream: 'TLS',
    rate: 1000,
  },
};

interface Options {
  readonly servers: readonly Program[];
  readonly rounds: number;
  readonly rate: number;
  readonly durationSec: number;
  readonly contacts: number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      workload: { type: 'string', default: 'w1,w2' },
      servers: { type: 'string', default: 'kamailio,olelo' },
      rounds: { type: 'string', default: '3' },
      rate: { type: 'string', default: '0' },
      duration: { type: 'string', default: '10' },
      contacts: { type: 'string', default: '200000' },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(usage);
  const options: Options = {
    servers: (values.servers.split(',') as Program[]).filter((name) => programPath(name) !== undefined),
    rounds: Number(values.rounds),
    rate: Number(values.rate),
    durationSec: Number(values.duration),
    contacts: Number(values.contacts),
  };
  const pinning = choosePinning();
  const head = machineText(options.servers.map(versionOf), pinning.text);
  console.log(head);
  const parts: string[] = [];
  for (const name of values.workload.split(',')) {
    const part =
      name === 'w3' || name === 'w3-back'
        ? await runContacts(name === 'w3-back', options, pinning)
        : await runCalls(name, options, pinning);
    console.log(`\n${part}`);
    parts.push(part);
  }
  if (values.write) writeReport([head, ...parts].join('\n\n'));
}

async function runCalls(
  name: string,
  options: Options,
  pinning: ReturnType<typeof choosePinning>,
): Promise<string> {
  const workload = callWorkloads[name];
  if (workload === undefined) throw new Error(`no workload "${name}"\n${usage}`);
  if (!existsSync(workload.config) && workload.config.startsWith('/')) {
    return `${workload.name}: not run, ${workload.config} is not there (Debian package kamailio)`;
  }
  const rate = options.rate || workload.rate || 2000;
  const rounds: CallRound[] = [];
  for (let i = 0; i < options.rounds; i++) {
    for (const program of i % 2 === 0 ? options.servers : [...options.servers].reverse()) {
      const round = await callRound(workload, program, { rate, durationSec: options.durationSec, pinning });
      rounds.push(round);
      console.error(
        `${name} round ${i + 1}: ${program} ${round.cpuPerCallUs.toFixed(0)} µs per call, ${round.failed} failed`,
      );
    }
  }
  return callsReport(workload.name, rate, options.durationSec, rounds);
}

async function runContacts(
  writeBack: boolean,
  options: Options,
  pinning: ReturnType<typeof choosePinning>,
): Promise<string> {
  const rounds = [];
  for (const program of options.servers) {
    rounds.push(await contactRound(program, { contacts: options.contacts, writeBack, pinning }));
  }
  return contactsReport(options.contacts, writeBack, rounds);
}

function versionOf(program: Program): string {
  return execFileSync(programPath(program)!, ['-v'], { encoding: 'utf8' }).split('\n')[0] ?? program;
}

await main();
