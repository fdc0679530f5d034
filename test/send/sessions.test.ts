/** Every kind of session, against Olelo and the real server. Calls over each transport are in transcripts.test.ts. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { startProgram } from '../support/program.ts';
import { programPath, repository } from '../support/server.ts';
import { missing } from '../support/tools.ts';
import { kamailioHas, type Proto, type Stage, type StageOptions, send, startStage } from './stage.ts';

for (const program of ['olelo', 'kamailio'] as const) {
  test(`${program}: sessions of every kind`, async (t) => {
    await withStage(t, { program }, async (stage) => {
      await twoUsers(stage, 'udp');
      await twoUsers(stage, 'tcp');
      await registration(stage);
      await message(stage);
      await busyAndCancelled(stage);
      await lateOffer(stage);
    });
  });

  test(`${program}: digest with SHA-256`, async (t) => {
    await withStage(t, { program, sha256: true }, async (stage) => {
      const { text } = await good([
        '-register',
        '-vv',
        '-fu',
        'guarded',
        '-ap',
        'open sesame',
        stage.target('udp'),
      ]);
      assert.match(text, /\n {4}Authorization: Digest .*algorithm=SHA-256/);
    });
  });

  test(`${program}: a subscription`, async (t) => {
    if (program === 'kamailio' && !(kamailioHas('presence') && kamailioHas('db_sqlite')))
      return missing(t, 'kamailio-presence-modules or kamailio-sqlite-modules are not installed');
    await withStage(t, { program, presence: true }, subscription);
  });
}

async function withStage(
  t: TestContext,
  options: StageOptions,
  work: (stage: Stage) => Promise<void>,
): Promise<void> {
  if (programPath(options.program) === undefined) {
    missing(t, `${options.program} is not installed`);
    return;
  }
  const wanted = {
    ...options,
    tls: options.tls === true && (options.program === 'olelo' || kamailioHas('tls')),
  };
  const stage = await startStage(wanted);
  try {
    await work(stage);
  } finally {
    await stage.stop();
  }
}

async function good(args: readonly string[]): Promise<{ text: string; lines: string[] }> {
  const result = await send(args);
  assert.equal(result.code, 0, `${args.join(' ')}\n${result.stdout}${result.stderr}`);
  return { text: result.stdout, lines: result.stdout.split('\n') };
}

/** What a ladder says, without times and lines: `INVITE`, `200 OK` ... */
function steps(text: string): string[] {
  const rungs = text.split('\n').filter((line) => /^ *\d+\.\d{3} {2}\|/.test(line));
  return rungs.map((rung) => (/[<|]-+ (.*?) -+[>|]/.exec(rung)?.[1] ?? '').replace(/ \(again\)$/, ''));
}

async function twoUsers(stage: Stage, proto: Proto): Promise<void> {
  const users = ['-fu', 'alice', '--ua2-fuser', 'bob'];
  const { text } = await good([
    '--call-user',
    ...users,
    '-rt',
    '20',
    '-cd',
    '50',
    '-sd',
    stage.target(proto),
  ]);
  assert.match(text, /alice {2,}.*bob\n/, 'three lanes');
  assert.match(text, /call from sip:alice@127\.0\.0\.1: confirmed/);
  assert.match(text, /call from sip:alice@127\.0\.0\.1: ended/);
}

async function registration(stage: Stage): Promise<void> {
  const { text } = await good([
    '-register',
    '-ex',
    '60',
    '-sw',
    '50',
    '-fu',
    'carol',
    '-vv',
    '-sd',
    stage.target('udp'),
  ]);
  assert.match(text, /Expires: 60[\s\S]*;expires=60[\s\S]*Expires: 0/);
  const first = ['--register-first', '-message', '-su', '-fu', 'carol', '-tu', 'carol', '-v'];
  const own = await good([...first, '-sd', stage.target('udp')]);
  assert.match(own.text, /<- udp:.* MESSAGE sip:carol@/, 'our own message comes back to us');
}

async function message(stage: Stage): Promise<void> {
  const listening = startProgram(
    join(repository, 'bin', 'olelo'),
    ['send', '--listen', '-fu', 'dave', '-sw', '15000', '-vv', '-rt', '20', '-sd', stage.target('tcp')],
    { timeoutMs: 60_000 },
  );
  const deadline = Date.now() + 60_000;
  while (!listening.output().includes('registered for') && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await good(['-message', '-mb', 'Grüße', '-tu', 'dave', '-su', '-sd', stage.target('udp')]);
  await good(['-invite', '-tu', 'dave', '-su', '-sw', '50', '-sd', stage.target('udp')]);
  listening.child.kill('SIGINT');
  const { code, stdout } = await listening.ended;
  assert.equal(code, 0, stdout);
  const text = Buffer.from(stdout, 'latin1').toString('utf8');
  assert.match(text, /MESSAGE sip:dave@[\s\S]*Grüße/);
  assert.match(text, /call from .*: ended/);
  assert.match(text, /Expires: 0\n/, 'unregistered at Ctrl-C');
}

async function busyAndCancelled(stage: Stage): Promise<void> {
  const busy = await send(['-invite', '-tu', 'busy', '-su', '-sd', stage.target('udp')]);
  assert.equal(busy.code, 1);
  assert.deepEqual(
    steps(busy.stdout).filter((step) => !step.startsWith('100')),
    ['INVITE', '486 Busy Here', 'ACK'],
  );
  assert.equal(
    (await send(['-invite', '-tu', 'busy', '-su', '-expect', '486', stage.target('tcp')])).code,
    0,
  );
  const { text } = await good([
    '--call-self',
    '-rt',
    '8000',
    '-cancel-after',
    '100',
    '-fu',
    'erin',
    '-sd',
    stage.target('udp'),
  ]);
  assert.ok(steps(text).includes('CANCEL'), text);
  assert.match(text, /INVITE: 487 Request Terminated/i);
  assert.match(text, /call from .*: cancelled/);
}

async function lateOffer(stage: Stage): Promise<void> {
  const { text } = await good([
    '--call-self',
    '-late-offer',
    '-vv',
    '-fu',
    'finn',
    '-sd',
    stage.target('udp'),
  ]);
  const ack = /\n {4}ACK [\s\S]*?\n\n([\s\S]*?)<-/.exec(text.replaceAll('\n    \n', '\n\n'));
  assert.match(ack?.[1] ?? '', /v=0[\s\S]*m=audio \d+ RTP\/AVP 0 8/, 'the answer stands in the ACK');
}

async function subscription(stage: Stage): Promise<void> {
  const who = ['-fu', 'gina', '-tu', 'hugo', '-su', '-sd'];
  for (const proto of ['udp', 'tcp'] as const) {
    const { text } = await good([
      '--subscribe-session',
      '-sw',
      '100',
      '-xh',
      'Event: presence',
      ...who,
      stage.target(proto),
    ]);
    assert.match(text, /NOTIFY 1: (active|pending)/);
    assert.match(text, /NOTIFY 2: terminated/);
    assert.deepEqual(steps(text).filter((step) => step === 'SUBSCRIBE').length, 2);
  }
}
