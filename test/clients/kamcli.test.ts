/**
 * Sessions of kamcli over the datagram socket of jsonrpcs, with tables in an SQLite file that it writes to itself.
 * Its FIFO and UDP transports do not work with Python 3 (it mixes text and bytes), its commands on
 * tables that write `%s` for values do not work on SQLite: that is how Debian 12 has it.
 * To record anew: `TEST_SERVER=kamailio RECORD=1 node dist/test/run.js clients/kamcli`.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runProgram } from '../support/program.ts';
import { makeSqliteDatabase } from '../support/sqlite.ts';
import { requireTool } from '../support/tools.ts';
import { commandTimeoutMs, session, writtenAddress } from './session.ts';

const commands = [
  'uptime',
  'rpc core.echo hello i:3',
  'rpc no.such.method',
  'srv version',
  'srv sockets',
  'tcp info',
  'stats sl',
  'stats -s rcv_requests',
  'stats usrloc:',
  'stats no_such_group',
  'ul show',
  `ul add alice sip:alice@${writtenAddress}:5071`,
  `ul add --expires 3600 --q 0.5 --path sip:p.example alice sip:alice@${writtenAddress}:5072`,
  'ul show alice',
  'ul show --brief',
  'ul showdb -F json',
  `rpc ul.rm_contact location alice@b.example sip:alice@${writtenAddress}:5072`,
  'ul rm alice',
  'ul show alice',
  'subscriber setattrs carol password other',
  'subscriber show -F dict',
  'domain list',
  'domain add a.example',
  'domain showdb -F json',
  'domain reload',
  'domain list',
  'domain rm a.example',
  'address add 1 192.0.2.7',
  'address add --mask 24 --port 5060 --tag net 2 192.0.2.0',
  'address reload',
  'rpc permissions.addressDump',
  'rpc permissions.subnetDump',
  'address showdb -F json',
  'address rm 1 192.0.2.7',
  'address showdb',
  'rpc htable.sets ipban flooder yes',
  'rpc htable.seti counts calls i:5',
  'rpc htable.get counts calls',
  'rpc htable.dump ipban',
  'rpc htable.delete ipban flooder',
  'rpc htable.flush counts',
  'rpc htable.dump none',
  'rpc pike.top',
];

test('kamcli', async (t) => {
  const kamcli = requireTool(t, 'kamcli', 'kamcli');
  if (kamcli === undefined) return;
  await session(t, {
    name: 'kamcli',
    config: 'kamcli.cfg',
    commands,
    prepare: async (folder) => {
      const rows = "('carol', 'b.example', 'secret', 'x', 'y')";
      const sql = `INSERT INTO subscriber (username, domain, password, ha1, ha1b) VALUES ${rows};`;
      await makeSqliteDatabase(join(folder, 'kamailio.sqlite'), sql);
      writeFileSync(join(folder, 'kamcli.ini'), settings(folder));
    },
    run: (folder, words) =>
      runProgram(kamcli, ['--no-default-configs', '-c', join(folder, 'kamcli.ini'), ...words], {
        timeoutMs: commandTimeoutMs,
        cwd: folder,
        env: { HOME: folder, LC_ALL: 'C.UTF-8' },
      }),
  });
});

function settings(folder: string): string {
  return [
    ...['[main]', 'domain=b.example'],
    ...['[db]', 'type=sqlite', `rwurl=sqlite:///${folder}/kamailio.sqlite`, `rourl=%(rwurl)s`],
    ...['[ctl]', 'type=jsonrpc'],
    ...['[jsonrpc]', 'transport=socket', `srvaddr=${folder}/rpc.sock`, `rcvaddr=${folder}/reply.sock`],
    ...['outformat=yaml', ''],
  ].join('\n');
}
