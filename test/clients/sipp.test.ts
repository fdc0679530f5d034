/** Calls by SIPp through the server, with scenarios of our own. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ownAddress } from '../support/loopback.ts';
import { type RunningServer, repository, startServer, waitUntilReady } from '../support/server.ts';
import { serverUnderTest } from '../support/serverUnderTest.ts';
import { type SippOptions, startSipp } from '../support/sipp.ts';
import { requireTool } from '../support/tools.ts';

const serverPort = 5060;
const callerPort = 5081;
const calledPort = 5082;
const secondCalledPort = 5083;
const registerPort = 5084;

interface Stage {
  readonly address: string;
  readonly target: string;
  readonly server: RunningServer;
}

test('calls are set up, record-routed and ended', async (t) => {
  await withServer(t, async (stage) => {
    await register(stage, 'called', calledPort);
    await callBetween(stage, { scenario: 'uac-call', calls: 30, rate: 60 }, [
      { scenario: 'uas-call', port: calledPort, calls: 30 },
    ]);
  });
});

test('calls over TCP', async (t) => {
  await withServer(t, async (stage) => {
    await register(stage, 'called', calledPort, ';transport=tcp');
    await callBetween(stage, { scenario: 'uac-call', calls: 5, rate: 20, transport: 'tcp' }, [
      { scenario: 'uas-call', port: calledPort, calls: 5, transport: 'tcp' },
    ]);
  });
});

test('a forked call is taken by one phone and cancelled at the other', async (t) => {
  await withServer(t, async (stage) => {
    await register(stage, 'called', calledPort);
    await register(stage, 'called', secondCalledPort);
    await callBetween(stage, { scenario: 'uac-call', calls: 1 }, [
      { scenario: 'uas-call', port: calledPort, calls: 1 },
      { scenario: 'uas-cancelled', port: secondCalledPort, calls: 1 },
    ]);
  });
});

test('a caller gives up', async (t) => {
  await withServer(t, async (stage) => {
    await register(stage, 'called', calledPort);
    await callBetween(stage, { scenario: 'uac-cancel', calls: 5 }, [
      { scenario: 'uas-cancelled', port: calledPort, calls: 5 },
    ]);
  });
});

test('a hundred users register', async (t) => {
  await withServer(t, async (stage) => {
    const contact = `sip:user@${stage.address}:${calledPort}`;
    await done({ ...caller(stage), scenario: 'register', calls: 100, rate: 200, keys: { contact } });
  });
});

async function withServer(t: TestContext, body: (stage: Stage) => Promise<void>): Promise<void> {
  const program = serverUnderTest(t);
  if (program === undefined || requireTool(t, 'sipp', 'sip-tester') === undefined) return;
  const address = ownAddress();
  const server = await startServer({
    program,
    config: join(repository, 'test', 'clients', 'proxy.cfg'),
    args: ['-l', `udp:${address}:${serverPort}`, '-l', `tcp:${address}:${serverPort}`],
    readyWhen: [
      { kind: 'udp', address, port: serverPort },
      { kind: 'tcp', address, port: serverPort },
    ],
  });
  try {
    await body({ address, target: `${address}:${serverPort}`, server });
  } finally {
    await server.stop();
  }
}

function caller(stage: Stage): Pick<SippOptions, 'address' | 'port' | 'target' | 'service'> {
  return { address: stage.address, port: callerPort, target: stage.target, service: 'called' };
}

async function register(stage: Stage, user: string, port: number, parameters = ''): Promise<void> {
  const contact = `sip:${user}@${stage.address}:${port}${parameters}`;
  const to = { address: stage.address, port: registerPort, target: stage.target, service: user };
  await done({ ...to, scenario: 'register', calls: 1, keys: { contact } });
}

async function done(options: SippOptions): Promise<void> {
  assert.equal(await startSipp(options).ended, undefined);
}

/** Starts the called sides, then the calling one, and expects all of them to end well. */
async function callBetween(
  stage: Stage,
  calling: Pick<SippOptions, 'scenario' | 'calls' | 'rate' | 'transport'>,
  called: readonly Pick<SippOptions, 'scenario' | 'port' | 'calls' | 'transport'>[],
): Promise<void> {
  const phones = called.map((options) => startSipp({ ...options, address: stage.address }));
  try {
    const kindOf = (transport: 'udp' | 'tcp' | undefined): 'udp' | 'tcp' => transport ?? 'udp';
    await waitUntilReady(
      called.map((c) => ({ kind: kindOf(c.transport), address: stage.address, port: c.port })),
    );
    const problems = [await startSipp({ ...caller(stage), ...calling }).ended];
    for (const phone of phones) problems.push(await phone.ended);
    const said = problems.filter((problem) => problem !== undefined);
    assert.deepEqual(said, [], `${said.join('\n')}\n${stage.server.log().slice(-3000)}`);
  } finally {
    for (const phone of phones) phone.kill();
  }
}
