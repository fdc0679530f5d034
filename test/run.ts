/**
 * The test command: runs every `*.test.js` under dist/src, dist/sim and dist/test, each file in a process of its own.
 * `node dist/test/run.js [filter...]` keeps the files whose path contains one of the filters.
 * The last line says `N passed, N failed[, N skipped]`; the exit code is 1 when a test failed or none ran.
 */
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { run } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Failure, newSummary, type Summary, type TestEvent, tallyLine } from './support/summary.ts';

const builtFolder = dirname(dirname(fileURLToPath(import.meta.url)));
/** Two processes: the machines that run this have two cores, and some suites start a server each. */
const concurrency = 2;
/** No file takes longer unless something hangs. */
const fileTimeoutMs = 600_000;
const slowestShown = 8;

function testFiles(filters: readonly string[]): string[] {
  return ['src', 'sim', 'test']
    .flatMap((folder) => filesBelow(join(builtFolder, folder)))
    .filter((file) => file.endsWith('.test.js') && hasSource(file))
    .filter((file) => filters.length === 0 || filters.some((f) => relative(builtFolder, file).includes(f)))
    .sort();
}

/** What was built from a source that has gone since is no test any more. */
function hasSource(file: string): boolean {
  return existsSync(join(builtFolder, '..', relative(builtFolder, file).replace(/\.js$/, '.ts')));
}

function filesBelow(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  } catch {
    return []; // a folder that has not been built has no tests
  }
}

async function runFiles(files: string[]): Promise<Summary> {
  const summary = newSummary();
  const events = run({ files, concurrency, timeout: fileTimeoutMs });
  for await (const event of events) summary.add(event as TestEvent);
  return summary;
}

function printFailure(failure: Failure): void {
  console.log(`\nFAILED ${relative(builtFolder, failure.file)}: ${failure.name}`);
  console.log(failure.text.replace(/^/gm, '    '));
}

function printSlowest(summary: Summary): void {
  const slowest = [...summary.fileMs].sort((a, b) => b[1] - a[1]).slice(0, slowestShown);
  console.log('\nslowest files:');
  for (const [file, ms] of slowest)
    console.log(`  ${(ms / 1000).toFixed(1)} s  ${relative(builtFolder, file)}`);
}

function printSkips(summary: Summary): void {
  for (const [reason, count] of summary.skipReasons) console.log(`skipped ${count}: ${reason}`);
}

async function main(): Promise<number> {
  const files = testFiles(process.argv.slice(2));
  const summary = await runFiles(files);
  summary.failures.forEach(printFailure);
  if (files.length > 1) printSlowest(summary);
  printSkips(summary);
  console.log(tallyLine(summary));
  return summary.failed > 0 || summary.passed === 0 ? 1 : 0;
}

process.exitCode = await main();
