import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dictionary } from './ngProtocol.ts';
import { startRtpengine } from './rtpengine.ts';

test('rtpengine starts, dies and comes back on the same port', async (t) => {
  const engine = await startRtpengine(t);
  if (engine === undefined) return;
  const list = await engine.ask(dictionary({ command: 'list' }));
  assert.equal(list?.get('result'), 'ok');
  await engine.kill();
  assert.equal(await engine.ask(dictionary({ command: 'ping' })), undefined);
  await engine.start();
  assert.equal((await engine.ask(dictionary({ command: 'ping' })))?.get('result'), 'pong');
});
