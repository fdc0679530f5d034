/**
 * Sessions of kamcmd (BINRPC) and kamctl (JSON-RPC over the FIFO). Each command's output is compared with what the
 * real server gave, after normalising clocks, process ids and generated ids. To record anew:
 * `TEST_SERVER=kamailio RECORD=1 node dist/test/run.js clients/control`.
 */
import { test } from 'node:test';
import { runProgram } from '../support/program.ts';
import { requireTool } from '../support/tools.ts';
import { commandTimeoutMs, session, writtenAddress } from './session.ts';

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
  await session(t, {
    name: 'kamcmd',
    config: 'control.cfg',
    commands: kamcmdCommands,
    run: (folder, words) =>
      runProgram(kamcmd, ['-s', `unix:${folder}/ctl.sock`, ...words], { timeoutMs: commandTimeoutMs }),
  });
});

test('kamctl', async (t) => {
  const kamctl = requireTool(t, 'kamctl', 'kamailio');
  if (kamctl === undefined) return;
  await session(t, {
    name: 'kamctl',
    config: 'control.cfg',
    commands: kamctlCommands,
    run: (folder, words) =>
      runProgram(kamctl, words, {
        timeoutMs: commandTimeoutMs,
        env: { RPCFIFOPATH: `${folder}/rpc.fifo`, HOME: folder, SIP_DOMAIN: 'b.example' },
      }),
  });
});
