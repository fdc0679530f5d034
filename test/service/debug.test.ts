import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownAddress } from '../support/loopback.ts';
import { Peer } from '../support/peer.ts';
import { startServer } from '../support/server.ts';
import { serverUnderTest } from '../support/serverUnderTest.ts';
import { requireStockConfig } from '../support/tools.ts';

// The installed stock configuration with WITH_DEBUG: each step of a REGISTER is in the log.

test('stock configuration WITH_DEBUG: the trace of a registration', async (t) => {
  const program = serverUnderTest(t);
  const config = requireStockConfig(t);
  if (program === undefined || config === undefined) return;
  const [address, own] = [ownAddress(), ownAddress()];
  const peer = new Peer('phone', own, 5071);
  await peer.open();
  const server = await startServer({
    program,
    config,
    args: ['-A', 'WITH_DEBUG', '-l', `udp:${address}:5060`],
    readyWhen: [{ kind: 'udp', address, port: 5060 }],
  });
  try {
    const register = [
      `REGISTER sip:${address} SIP/2.0`,
      `Via: SIP/2.0/UDP ${own}:5071;branch=z9hG4bK-debug-1`,
      'Max-Forwards: 70',
      `From: <sip:alice@${address}>;tag=f`,
      `To: <sip:alice@${address}>`,
      `Call-ID: debug@${own}`,
      'CSeq: 1 REGISTER',
      `Contact: <sip:alice@${own}:5071>`,
      'User-Agent: test',
      'Content-Length: 0\r\n\r\n',
    ];
    peer.sendUdp(register.join('\r\n'), address, 5060);
    assert.equal(await peer.holds(1, 3000), true, server.log());
    assert.match(peer.inbox[0]?.text ?? '', /^SIP\/2\.0 200 /);
    await server.logged(
      /exec: .*\*\*\* cfgtrace:dbg_cfg_trace\(\): request_route=\[REGISTRAR\] c=\[\S+\] l=\d+ a=\d+ n=save\n/,
    );
    const names = [...server.log().matchAll(/cfg_trace\(\): request_route=\[(\w+)\].* n=(\w+)/g)].map(
      ([, block, name]) => `${block} ${name}`,
    );
    for (const step of ['DEFAULT_ROUTE route', 'REQINIT mf_process_maxfwd_header', 'REQINIT sanity_check'])
      assert.ok(names.includes(step), `${step} in ${names.join(', ')}`);
  } finally {
    await server.stop();
    await peer.close();
  }
});
