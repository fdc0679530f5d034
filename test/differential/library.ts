/** The cases on disk, their recordings, and the comparison with one. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Program, repository } from '../support/server.ts';
import { type Case, parseCase } from './caseFile.ts';
import { lineDifference } from './lineDifference.ts';
import { outcomeText } from './normalise.ts';
import { playCase } from './stage.ts';

/** Cases mostly wait, each has a loopback address of its own, and a server of its own. */
export const caseConcurrency = 3;

const folder = join(repository, 'test', 'differential');

export interface Verdict {
  readonly program: Program;
  readonly same: boolean;
  /** The normalised outcome. */
  readonly text: string;
  readonly difference: string;
  readonly log: string;
}

/** All cases, or those whose name contains one of `filters`; an exact name stands for itself only. */
export function loadCases(filters: readonly string[] = []): Case[] {
  const names = readdirSync(join(folder, 'cases'))
    .filter((file) => file.endsWith('.case'))
    .map((file) => basename(file, '.case'))
    .sort();
  const wanted = (name: string): boolean =>
    filters.length === 0 || filters.some((f) => (names.includes(f) ? name === f : name.includes(f)));
  return names.filter(wanted).map(loadCase);
}

function loadCase(name: string): Case {
  return parseCase(name, readFileSync(join(folder, 'cases', `${name}.case`), 'latin1'));
}

export function recordedPath(name: string): string {
  return join(folder, 'recorded', `${name}.txt`);
}

export async function compare(testCase: Case, program: Program): Promise<Verdict> {
  const path = recordedPath(testCase.name);
  if (!existsSync(path)) throw new Error(`${testCase.name} has no recording: play it with --record first`);
  const recorded = readFileSync(path, 'utf8');
  const outcome = await playCase(testCase, program);
  const text = outcomeText(outcome);
  const same = text === recorded;
  const difference = same ? '' : lineDifference(recorded, text);
  return { program, same, text, difference, log: outcome.log };
}

/** Some cases depend on time (expiry, retransmissions): what differs is played once more, when the machine may be less busy. */
export async function assertSame(testCase: Case, program: Program): Promise<void> {
  const first = await compare(testCase, program);
  const verdict = first.same ? first : await compare(testCase, program);
  assert.ok(verdict.same, `${testCase.description}\n${verdict.difference}\n${verdict.log.slice(-3000)}`);
}
