import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { ownAddress } from '../support/loopback.ts';
import { runProgram } from '../support/program.ts';
import { repository, startServer } from '../support/server.ts';
import { serverUnderTest } from '../support/serverUnderTest.ts';
import { requireTool } from '../support/tools.ts';

const timeoutMs = 60_000;

test('sipsak asks the server and a user who is not there for OPTIONS', async (t) => {
  const program = serverUnderTest(t);
  const sipsak = requireTool(t, 'sipsak', 'sipsak');
  if (program === undefined || sipsak === undefined) return;
  const address = ownAddress();
  const server = await startServer({
    program,
    config: join(repository, 'test', 'clients', 'proxy.cfg'),
    args: ['-l', `udp:${address}:5060`],
    readyWhen: [{ kind: 'udp', address, port: 5060 }],
  });
  try {
    const alive = await runProgram(sipsak, ['-vvv', '-s', `sip:${address}:5060`], { timeoutMs });
    assert.equal(alive.code, 0, alive.stdout + alive.stderr);
    assert.match(alive.stdout, /SIP\/2\.0 200 Alive/);
    const unknown = await runProgram(sipsak, ['-vvv', '-s', `sip:nobody@${address}:5060`], { timeoutMs });
    assert.match(unknown.stdout, /SIP\/2\.0 404 Not Registered/);
  } finally {
    await server.stop();
  }
});
