/**
 * Plays cases by hand: `node dist/test/differential/run.js [options] [name...]`; see README.md.
 *
 * Without options: Olelo is compared with the recording, and with Kamailio too where that is installed.
 */
import { writeFileSync } from 'node:fs';
import { programPath } from '../support/server.ts';
import { findTool } from '../support/tools.ts';
import type { Case } from './caseFile.ts';
import { compare, loadCases, recordedPath, type Verdict } from './library.ts';
import { outcomeText } from './normalise.ts';
import { playCase } from './stage.ts';

const usage = `usage: node dist/test/differential/run.js [--record | --kamailio | --olelo] [--show] [--log] [name...]
  name        plays the cases whose name contains one of these; all cases without
  --record    plays them on Kamailio and keeps the outcome as the recording
  --kamailio  compares only Kamailio with the recording
  --olelo     compares only Olelo with the recording
  --show      prints the outcome
  --log       prints the server's log when the outcome differs`;

interface Options {
  readonly flags: ReadonlySet<string>;
  readonly filters: readonly string[];
}

async function record(testCase: Case): Promise<boolean> {
  const outcome = await playCase(testCase, 'kamailio');
  if (outcome.trouble !== undefined) {
    console.log(`${testCase.name}: NOT recorded: ${outcomeText(outcome)}\n${complaints(outcome.log)}`);
    return false;
  }
  writeFileSync(recordedPath(testCase.name), outcomeText(outcome));
  console.log(`${testCase.name}: recorded`);
  return true;
}

/** The lines of a server's log that say what is wrong. */
function complaints(log: string): string {
  const lines = log.split('\n');
  return lines.filter((line) => /ERROR|CRITICAL|BUG|ALERT|WARNING.*cfg:|error|at cfg/.test(line)).join('\n');
}

function report(testCase: Case, verdict: Verdict, options: Options): boolean {
  const word = verdict.same ? 'same' : 'DIFFERENT';
  console.log(`${testCase.name}: ${verdict.program} ${word}`);
  if (!verdict.same) console.log(verdict.difference);
  if (options.flags.has('--show')) console.log(verdict.text);
  if (!verdict.same && options.flags.has('--log')) console.log(verdict.log);
  return verdict.same;
}

async function play(testCase: Case, options: Options): Promise<boolean> {
  if (options.flags.has('--record')) return record(testCase);
  const kamailio = !options.flags.has('--olelo') && findTool('kamailio') !== undefined;
  const olelo = !options.flags.has('--kamailio') && programPath('olelo') !== undefined;
  let same = true;
  if (kamailio) same = report(testCase, await compare(testCase, 'kamailio'), options) && same;
  if (olelo) same = report(testCase, await compare(testCase, 'olelo'), options) && same;
  return same;
}

async function main(words: readonly string[]): Promise<number> {
  const options = {
    flags: new Set(words.filter((word) => word.startsWith('--'))),
    filters: words.filter((word) => !word.startsWith('--')),
  };
  if (options.flags.has('--help')) {
    console.log(usage);
    return 0;
  }
  const cases = loadCases(options.filters);
  const different: string[] = [];
  for (const testCase of cases) {
    if (!(await play(testCase, options))) different.push(testCase.name);
  }
  console.log(`${cases.length - different.length} of ${cases.length} cases as recorded`);
  if (different.length > 0) console.log(`not: ${different.join(' ')}`);
  return different.length === 0 && cases.length > 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
