import { inspect } from 'node:util';

/** What node's test runner says of one test, as far as the summary reads it. */
export interface TestEvent {
  readonly type: string;
  readonly data: {
    readonly name: string;
    readonly file?: string;
    readonly nesting: number;
    readonly skip?: string | boolean;
    readonly todo?: string | boolean;
    readonly message?: string;
    readonly details?: { readonly duration_ms?: number; readonly type?: string; readonly error?: unknown };
  };
}

export interface Failure {
  readonly file: string;
  readonly name: string;
  readonly text: string;
}

export interface Summary {
  passed: number;
  failed: number;
  skipped: number;
  readonly failures: Failure[];
  readonly skipReasons: Map<string, number>;
  /** Milliseconds spent in the outermost tests of each file. */
  readonly fileMs: Map<string, number>;
  /** The end of what each file wrote on stderr: the only trace of a file that crashed. */
  readonly stderr: Map<string, string>;
  add(event: TestEvent): void;
}

export function newSummary(): Summary {
  const summary: Summary = {
    passed: 0,
    failed: 0,
    skipped: 0,
    failures: [],
    skipReasons: new Map(),
    fileMs: new Map(),
    stderr: new Map(),
    add: (event) => count(summary, event),
  };
  return summary;
}

/** `N passed, N failed`, with `, N skipped` when there are any. */
export function tallyLine(summary: Summary): string {
  const skipped = summary.skipped > 0 ? `, ${summary.skipped} skipped` : '';
  return `${summary.passed} passed, ${summary.failed} failed${skipped}`;
}

function count(summary: Summary, event: TestEvent): void {
  if (event.type === 'test:stderr') keepStderr(summary, event);
  if (event.type !== 'test:pass' && event.type !== 'test:fail') return;
  noteTime(summary, event);
  if (event.type === 'test:fail') countFailure(summary, event);
  else if (event.data.skip !== undefined && event.data.skip !== false) countSkip(summary, event);
  else if (isTest(event)) summary.passed++;
}

function keepStderr(summary: Summary, event: TestEvent): void {
  const file = event.data.file ?? '';
  summary.stderr.set(file, ((summary.stderr.get(file) ?? '') + (event.data.message ?? '')).slice(-4000));
}

/** Suites and the wrapper around a file are not tests: only what is inside them counts. */
function isTest(event: TestEvent): boolean {
  return event.data.details?.type !== 'suite' && event.data.name !== event.data.file;
}

function noteTime(summary: Summary, event: TestEvent): void {
  if (event.data.nesting !== 0 || event.data.file === undefined) return;
  const sofar = summary.fileMs.get(event.data.file) ?? 0;
  summary.fileMs.set(event.data.file, sofar + (event.data.details?.duration_ms ?? 0));
}

function countSkip(summary: Summary, event: TestEvent): void {
  summary.skipped++;
  const reason =
    typeof event.data.skip === 'string' && event.data.skip !== '' ? event.data.skip : event.data.name;
  summary.skipReasons.set(reason, (summary.skipReasons.get(reason) ?? 0) + 1);
}

/** A suite or a file that fails only because of what is inside it has been counted there. */
function countFailure(summary: Summary, event: TestEvent): void {
  const error = event.data.details?.error as { failureType?: string; cause?: unknown } | undefined;
  if (error?.failureType === 'subtestsFailed') return;
  summary.failed++;
  const file = event.data.file ?? event.data.name;
  const wholeFile = event.data.name === file;
  const said = wholeFile ? `\n${summary.stderr.get(file) ?? ''}` : '';
  const text = describeError(error?.cause ?? error) + said;
  summary.failures.push({ file, name: wholeFile ? 'the whole file' : event.data.name, text });
}

function describeError(error: unknown): string {
  if (typeof error === 'string') return error;
  return inspect(error, { depth: 4, maxStringLength: 8000 });
}
