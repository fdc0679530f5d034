/** One session of a control program with a server, held against the transcript of the real one. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { ownAddress } from '../support/loopback.ts';
import { type Program, type RunningServer, repository, startServer } from '../support/server.ts';
import { serverUnderTest } from '../support/serverUnderTest.ts';

/** The address that commands are written with. */
export const writtenAddress = '127.111.111.111';
/** A busy machine may need that long for a shell script. */
export const commandTimeoutMs = 60_000;

export type Run = (folder: string, words: readonly string[]) => Promise<{ stdout: string; stderr: string }>;

export interface Session {
  /** The program, as the transcript names it. */
  readonly name: string;
  /** The configuration, a file of this folder. */
  readonly config: string;
  readonly commands: readonly string[];
  readonly run: Run;
  /** What must be in the folder before the server starts. */
  readonly prepare?: (folder: string) => Promise<void>;
}

/** Starts a server, gives it all commands, and compares each answer with the recorded one. */
export async function session(
  t: TestContext,
  { name, config, commands, run, prepare }: Session,
): Promise<void> {
  const program = serverUnderTest(t);
  if (program === undefined) return;
  const folder = mkdtempSync(join(tmpdir(), 'olelo-control-'));
  const address = ownAddress();
  let server: RunningServer | undefined;
  const answers: string[] = [];
  try {
    await prepare?.(folder);
    server = await startControlled(program, config, folder, address);
    for (const command of commands) {
      const { stdout, stderr } = await run(folder, command.replaceAll(writtenAddress, address).split(' '));
      answers.push(normalise(plainJson(stdout) + stderr, folder, address));
    }
  } finally {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  await check(t, name, commands, answers);
}

function startControlled(
  program: Program,
  name: string,
  folder: string,
  address: string,
): Promise<RunningServer> {
  const template = readFileSync(join(repository, 'test', 'clients', name), 'utf8');
  const config = join(folder, name);
  writeFileSync(config, template.replaceAll('CTL_DIR', folder));
  return startServer({
    program,
    config,
    args: ['-l', `udp:${address}:5060`],
    readyWhen: [
      { kind: 'udp', address, port: 5060 },
      ...sockets(template).map((name) => ({ kind: 'file' as const, path: join(folder, name) })),
    ],
  });
}

/** The control sockets that the configuration names. */
function sockets(template: string): readonly string[] {
  return [...template.matchAll(/CTL_DIR\/([\w.]+)"\)/g)].map(([, name]) => name ?? '');
}

/** kamctl indents as it likes: a JSON answer is written anew. */
function plainJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** Clocks, ids and versions become words; the run's own address and folder become the written ones. */
function normalise(text: string, folder: string, address: string): string {
  return text
    .replaceAll(address, writtenAddress)
    .replaceAll(folder, '{folder}')
    .replace(/[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}/g, '<date>')
    .replace(/^(result: )?'?(?:kamailio|olelo) [\d.]+.*$/gm, '$1<version>')
    .replace(/(free_size = )\d+/g, '$1<number>')
    .replace(/("(?:expires|last_modified)": )\d+\.\d+/g, '$1<day>')
    .replace(/("?(?:HashID|uptime|id|Last-Keepalive|Last-Modified|Expires|Size)"?: *)-?\d+/g, '$1<number>')
    .replace(/ul[a-z]{1,2}-[0-9a-f]+-[0-9a-f]+-[0-9a-f]+/g, '<ruid>')
    .replace(/("?Call-ID"?: *"?)[^\s",]+/g, '$1<call-id>')
    .replace(/("?User-Agent"?: *"?)[^",\n]+/g, '$1<agent>');
}

/** One subtest per command, so that a failure names it. */
async function check(
  t: TestContext,
  name: string,
  commands: readonly string[],
  answers: readonly string[],
): Promise<void> {
  const path = join(repository, 'test', 'clients', 'recorded', `${name}.txt`);
  const blocks = commands.map((command, i) => `$ ${name} ${command}\n${answers[i]}`);
  if (process.env.RECORD === '1') writeFileSync(path, blocks.join('\n'));
  const recorded = readFileSync(path, 'utf8').split(/\n(?=\$ )/);
  for (const [i, block] of blocks.entries()) {
    await t.test(`${name} ${commands[i]}`, () => assert.equal(block.trim(), recorded[i]?.trim()));
  }
}
