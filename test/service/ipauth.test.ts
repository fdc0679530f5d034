import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { ownAddress } from '../support/loopback.ts';
import { Peer } from '../support/peer.ts';
import { runProgram } from '../support/program.ts';
import { serverUnderTest } from '../support/serverUnderTest.ts';
import { startStock } from '../support/stockConfig.ts';
import { type DatabaseKind, startDatabase } from '../support/stockDatabase.ts';
import { requireTool } from '../support/tools.ts';

// The installed stock configuration WITH_AUTH and WITH_IPAUTH: whose address is in group 1 needs no password.

function message(number: number, from: string, address: string): string {
  return [
    `MESSAGE sip:nobody@${address} SIP/2.0`,
    `Via: SIP/2.0/UDP ${from}:5071;branch=z9hG4bK-ipauth-${number}`,
    'Max-Forwards: 70',
    `From: <sip:alice@${address}>;tag=f${number}`,
    `To: <sip:nobody@${address}>`,
    `Call-ID: ipauth-${number}@${from}`,
    `CSeq: ${number} MESSAGE`,
    'User-Agent: test',
    'Content-Length: 0\r\n\r\n',
  ].join('\r\n');
}

const kinds: readonly DatabaseKind[] = ['SQLite', 'MariaDB', 'PostgreSQL'];

for (const kind of kinds)
  test(`stock configuration WITH_IPAUTH on ${kind}: known addresses pass, also after a reload`, async (t) => {
    const program = serverUnderTest(t);
    const kamcmd = requireTool(t, 'kamcmd', 'kamailio');
    if (program === undefined || kamcmd === undefined) return;
    const [address, known, stranger, neighbour] = [ownAddress(), ownAddress(), ownAddress(), ownAddress()];
    const insert = (ip: string, mask: number) =>
      `INSERT INTO address (grp, ip_addr, mask, port) VALUES (1, '${ip}', ${mask}, 0)`;
    const network = neighbour.replace(/\d+$/, '0');
    const database = await startDatabase(t, kind, [insert(known, 32), insert(network, 24)]);
    if (database === undefined) return;
    const defines = [...(kind === 'MariaDB' ? ['WITH_MYSQL'] : []), 'WITH_AUTH', 'WITH_IPAUTH'];
    const server = await startStock(t, { program, address, defines, dbUrl: database.url });
    if (server === undefined) return;
    let number = 0;
    /** The status that a request from an address gets. */
    const ask = async (from: string): Promise<string> => {
      const peer = new Peer('peer', from, 5071);
      await peer.open();
      try {
        peer.sendUdp(message(++number, from, address), address, 5060);
        assert.equal(await peer.holds(1, 30_000), true, server.log());
        return peer.inbox[0]?.text.slice(8, 11) ?? '';
      } finally {
        await peer.close();
      }
    };
    const control = async (command: string): Promise<string> => {
      const socket = `unix:${join(server.folder, 'kamailio_ctl')}`;
      const { stdout, stderr } = await runProgram(kamcmd, ['-s', socket, command]);
      return stdout + stderr;
    };
    assert.equal(await ask(known), '404');
    assert.equal(await ask(neighbour), '404');
    assert.equal(await ask(stranger), '407');
    await database.sql(insert(stranger, 32));
    assert.match(await control('permissions.addressReload'), /Reload OK/);
    assert.equal(await ask(stranger), '404');
    assert.match(await control('permissions.addressDump'), new RegExp(`ip: ${stranger}`));
    assert.match(await control('permissions.subnetDump'), new RegExp(`ip: ${network}`));
    assert.match(await control('permissions.addressReload'), /ongoing reload/);
  });
