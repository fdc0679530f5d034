/**
 * Sessions of kamcmd (BINRPC) and kamctl (JSON-RPC over the FIFO). Each command's output is compared with what the
 * real server gave, after normalising clocks, process ids and generated ids. To record anew:
 * `TEST_SERVER=kamailio RECORD=1 node dist/test/run.js clients/control`.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ownAddress } from '../support/loopback.ts';
import { runProgram } from '../support/program.ts';
import { type RunningServer, repository, startServer } from '../support/server.ts';
import { serverUnderTest } from '../support/serverUnderTest.ts';
import { requireTool } from '../support/tools.ts';

const writtenAddress = '127.111.111.111';
const commandTimeoutMs = 5_000;

const kamcmdCommands = [
  'core.version',
  'core.uptime',
  'core.sockets_list',
  'core.echo a b 3',
  'core.tcp_info',
  'core.aliases_list',
  'no.such.command',
  'stats.get_statistics sl:',
  'stats.get_statistics usrloc: registrar:',
  'stats.fetch sl:',
  'tm.stats',
  'sl.stats',
  `ul.add location alice sip:alice@${writtenAddress}:5071 100 0.5 x 0 0 0`,
  'ul.lookup location alice',
  'ul.lookup location nobody',
  'ul.dump',
  'ul.dump brief',
  `ul.rm_contact location alice sip:alice@${writtenAddress}:5071`,
  'ul.rm location nobody',
  'ul.dump',
  'ul.add location alice',
  'cfg.get custom number',
  'cfg.set_now_int custom number 9',
  'cfg.get custom number',
  'cfg.get custom text',
  'cfg.seti custom text 9',
  'cfg.sets custom text other',
  'cfg.get custom text',
  'cfg.help custom number',
  'cfg.get core debug',
  'cfg.get no such',
  'cfg.list custom',
  'cfg.set_now_string custom text third',
  'cfg.get custom text',
  'cfg.set_delayed_int custom number 11',
  'cfg.set_delayed_string custom text delayed',
  'cfg.get custom number',
  'cfg.diff',
  'cfg.commit',
  'cfg.get custom number',
  'cfg.set_delayed custom number 12',
  'cfg.rollback',
  'cfg.get custom number',
  'cfg.get custom text',
  'cnt.get_raw sl sent_replies',
  'cnt.list_vars sl',
  'cnt.grp_get_all sl',
  'tm.list',
  'tm.clean',
  'tm.cancel nothing s:1',
  'ul.db_expired_contacts location',
  'ctl.listen',
  'jsonrpc.echo a',
];

const kamctlCommands = [
  'uptime',
  'ul show',
  `ul add bob@b.example sip:bob@${writtenAddress}:5071`,
  'ul show bob@b.example',
  'ul show',
  'ul rm bob@b.example',
  'ul show bob@b.example',
  'stats sl',
  'rpc core.echo hello',
  'rpc core.echo hello 3',
  'rpc no.such.method',
];

test('kamcmd', async (t) => {
  const kamcmd = requireTool(t, 'kamcmd', 'kamailio');
  if (kamcmd === undefined) return;
  await session(t, 'kamcmd', kamcmdCommands, (folder, words) =>
    runProgram(kamcmd, ['-s', `unix:${folder}/ctl.sock`, ...words], { timeoutMs: commandTimeoutMs }),
  );
});

test('kamctl', async (t) => {
  const kamctl = requireTool(t, 'kamctl', 'kamailio');
  if (kamctl === undefined) return;
  await session(t, 'kamctl', kamctlCommands, (folder, words) =>
    runProgram(kamctl, words, {
      timeoutMs: commandTimeoutMs,
      env: { RPCFIFOPATH: `${folder}/rpc.fifo`, HOME: folder, SIP_DOMAIN: 'b.example' },
    }),
  );
});

type Run = (folder: string, words: readonly string[]) => Promise<{ stdout: string; stderr: string }>;

async function session(t: TestContext, name: string, commands: readonly string[], run: Run): Promise<void> {
  const program = serverUnderTest(t);
  if (program === undefined) return;
  const folder = mkdtempSync(join(tmpdir(), 'olelo-control-'));
  const address = ownAddress();
  const server = await startControlled(program, folder, address);
  const answers: string[] = [];
  try {
    for (const command of commands) {
      const { stdout, stderr } = await run(folder, command.replaceAll(writtenAddress, address).split(' '));
      answers.push(normalise(plainJson(stdout) + stderr, folder, address));
    }
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  await check(t, name, commands, answers);
}

function startControlled(
  program: 'kamailio' | 'olelo',
  folder: string,
  address: string,
): Promise<RunningServer> {
  const template = readFileSync(join(repository, 'test', 'clients', 'control.cfg'), 'utf8');
  const config = join(folder, 'control.cfg');
  writeFileSync(config, template.replaceAll('CTL_DIR', folder));
  return startServer({
    program,
    config,
    args: ['-l', `udp:${address}:5060`],
    readyWhen: [
      { kind: 'udp', address, port: 5060 },
      { kind: 'file', path: `${folder}/ctl.sock` },
      { kind: 'file', path: `${folder}/rpc.fifo` },
    ],
  });
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
    .replace(/^(kamailio|olelo) [\d.]+.*$/gm, '<version>')
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
