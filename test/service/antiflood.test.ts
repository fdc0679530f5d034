import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { ownAddress } from '../support/loopback.ts';
import { Peer } from '../support/peer.ts';
import { runProgram } from '../support/program.ts';
import { startServer } from '../support/server.ts';
import { serverUnderTest } from '../support/serverUnderTest.ts';
import { requireStockConfig, requireTool } from '../support/tools.ts';

// The installed stock configuration with WITH_ANTIFLOOD: pike finds who floods, htable remembers it.

const timeoutMs = 60_000;

/** What is not answered by then is not answered at all. */
const shortMs = 400;

function options(number: number, address: string): string {
  return [
    `OPTIONS sip:${address} SIP/2.0`,
    `Via: SIP/2.0/UDP ${address}:5071;branch=z9hG4bK-flood-${number}`,
    'Max-Forwards: 70',
    'From: <sip:flood@example.com>;tag=f',
    `To: <sip:${address}>`,
    `Call-ID: flood-${number}@${address}`,
    `CSeq: ${number} OPTIONS`,
    'User-Agent: test',
    'Content-Length: 0\r\n\r\n',
  ].join('\r\n');
}

test('stock configuration WITH_ANTIFLOOD: who floods is banned, others are not, a ban can be lifted', async (t) => {
  const program = serverUnderTest(t);
  const config = requireStockConfig(t);
  const kamcmd = requireTool(t, 'kamcmd', 'kamailio');
  if (program === undefined || config === undefined || kamcmd === undefined) return;
  const [address, flooder, neighbour] = [ownAddress(), ownAddress(), ownAddress()];
  const peers = [new Peer('flooder', flooder, 5071), new Peer('neighbour', neighbour, 5071)] as const;
  await Promise.all(peers.map((peer) => peer.open()));
  const server = await startServer({
    program,
    config,
    args: ['-A', 'WITH_ANTIFLOOD', '-l', `udp:${address}:5060`],
    readyWhen: [{ kind: 'udp', address, port: 5060 }],
  });
  let number = 0;
  /** Is a request of a peer answered? */
  const isAnswered = async (peer: Peer, withinMs = timeoutMs): Promise<boolean> => {
    const before = peer.inbox.length;
    peer.sendUdp(options(++number, peer.address), address, 5060);
    return await peer.holds(before + 1, withinMs);
  };
  const control = async (...command: string[]): Promise<string> => {
    const socket = `unix:${join(server.folder, 'kamailio_ctl')}`;
    return (await runProgram(kamcmd, ['-s', socket, ...command], { timeoutMs })).stdout;
  };
  try {
    assert.equal(await isAnswered(peers[0]), true, server.log());
    for (let i = 0; i < 150; i++) peers[0].sendUdp(options(++number, flooder), address, 5060);
    await server.logged(/ALERT: pike blocking OPTIONS/);
    const answered = peers[0].inbox.length;
    assert.ok(answered < 100, `${answered} of 151 were answered`);
    assert.equal(await isAnswered(peers[0], shortMs), false);
    assert.equal(await isAnswered(peers[1]), true);
    assert.match(await control('pike.top'), new RegExp(`ip_addr: ${flooder}`));
    assert.match(await control('htable.dump', 'ipban'), new RegExp(`name: ${flooder}`));
    assert.match(await control('htable.delete', 'ipban', flooder), /Key deleted/);
    // pike itself forgives two sampling periods later
    const deadline = Date.now() + timeoutMs;
    let isFree = false;
    while (!isFree && Date.now() < deadline) {
      await control('htable.flush', 'ipban');
      isFree = await isAnswered(peers[0], shortMs);
    }
    assert.equal(isFree, true, 'still banned');
  } finally {
    await server.stop();
    await Promise.all(peers.map((peer) => peer.close()));
  }
});
