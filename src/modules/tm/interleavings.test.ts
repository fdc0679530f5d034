import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { makeTarget } from '../../proxy/target.ts';
import { Scene } from './testing.ts';

const server = '127.0.0.3';

type Step =
  | { kind: 'respond'; branch: number; status: number }
  | { kind: 'wait'; ms: number }
  | { kind: 'cancel' }
  | { kind: 'repeat' }
  | { kind: 'ack' }
  | { kind: 'reply'; status: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('respond' as const),
      branch: fc.nat(5),
      status: fc.constantFrom(100, 180, 183, 200, 302, 401, 404, 408, 486, 487, 500, 503, 603),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(40_000) }) },
  { weight: 1, arbitrary: fc.constant<Step>({ kind: 'cancel' }) },
  { weight: 1, arbitrary: fc.constant<Step>({ kind: 'repeat' }) },
  { weight: 1, arbitrary: fc.constant<Step>({ kind: 'ack' }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('reply' as const), status: fc.constantFrom(180, 200, 404) }),
  },
);

interface Plan {
  readonly method: string;
  readonly forks: number;
  readonly retries: number;
  readonly cancelMode: number;
  readonly steps: readonly Step[];
}

/** Plays a plan; what the client received, in order. */
async function play(plan: Plan): Promise<string[]> {
  const scene = new Scene({ cancel_b_method: plan.cancelMode });
  const received: string[] = [];
  const copies: string[] = [];
  const collect = (): void => {
    for (const { text, destination } of scene.host.transport.sent.splice(0)) {
      if (destination.address !== server) received.push(text);
      else if (text.startsWith(plan.method)) copies.push(text);
    }
  };
  let retries = plan.retries;
  scene.route('failure', 'F', (context) => {
    if (retries-- <= 0) return 1;
    context.target.requestUri = `sip:retry${retries}@${server}`;
    scene.call('t_on_failure', context, 'F');
    return Number(scene.call('t_relay', context));
  });
  const context = scene.request(plan.method, `sip:b0@${server}`);
  for (let i = 1; i < plan.forks; i++) context.branches.push(makeTarget(`sip:b${i}@${server}`));
  scene.call('t_on_failure', context, 'F');
  await scene.call('t_relay', context);
  scene.ended(context);
  collect();
  for (const next of plan.steps) {
    const copy = next.kind === 'respond' ? copies[next.branch % copies.length] : undefined;
    if (next.kind === 'respond' && copy !== undefined) await scene.respond(copy, next.status, 'x');
    else if (next.kind === 'wait') scene.clock.advance(next.ms);
    else if (next.kind === 'cancel') await scene.call('t_relay', scene.request('CANCEL', `sip:b0@${server}`));
    // a copy that comes when all is over is a new request
    else if (next.kind === 'repeat' && scene.tm.transactions.find(context.message) !== undefined)
      await scene.call('t_relay', scene.request(plan.method, `sip:b0@${server}`));
    else if (next.kind === 'ack') await scene.call('t_relay', scene.request('ACK', `sip:b0@${server}`));
    else if (next.kind === 'reply') scene.call('t_reply', context, next.status, 'own');
    collect();
  }
  scene.clock.advance(1_000_000);
  collect();
  scene.assertNothingLeft();
  return received;
}

function finalStatuses(received: readonly string[], method: string): number[] {
  return received
    .filter((text) => text.includes(`CSeq: 1 ${method}\r\n`))
    .map((text) => Number(text.slice(8, 11)))
    .filter((status) => status >= 200);
}

test('whatever comes in whatever order: every transaction ends, no timer is left, one final answer', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        method: fc.constantFrom('INVITE', 'MESSAGE'),
        forks: fc.integer({ min: 1, max: 3 }),
        retries: fc.nat(2),
        cancelMode: fc.nat(2),
        steps: fc.array(step, { maxLength: 20 }),
      }),
      async (plan) => {
        const finals = finalStatuses(await play(plan), plan.method);
        const failures = new Set(finals.filter((status) => status >= 300));
        assert.ok(failures.size <= 1, `failures ${[...failures]}`);
        assert.ok(finals.length > 0, 'some final answer');
        // §16.7 step 5: only 2xx may follow a failure, and no failure follows a 2xx
        const firstSuccess = finals.findIndex((status) => status < 300);
        if (firstSuccess === 0) assert.equal(failures.size, 0);
        if (plan.method !== 'INVITE') assert.equal(new Set(finals).size, 1);
      },
    ),
    { numRuns: 300 },
  );
});
