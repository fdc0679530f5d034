import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DnsCache } from '../../proxy/dnsCache.ts';
import { DnsLocation } from '../../proxy/dnsLocation.ts';
import { makeTarget } from '../../proxy/target.ts';
import { branchOf, Scene, tableResolver } from './testing.ts';

const client = '127.0.0.2';
const [b, c] = ['127.0.0.3', '127.0.0.4'];

/** An INVITE to b (and c) that was relayed; the 100 is taken. */
async function relayed(scene: Scene, alsoTo: readonly string[] = []) {
  const context = scene.request('INVITE', `sip:bob@${b}:5072`);
  for (const address of alsoTo) context.branches.push(makeTarget(`sip:bob@${address}:5072`));
  assert.equal(await scene.call('t_relay', context), 1);
  scene.ended(context);
  assert.match(scene.take(client), /^SIP\/2\.0 100 /);
  return { context, copies: [b, ...alsoTo].map((address) => scene.take(address)) };
}

test('an INVITE: 100, a copy with our Via, 180 and 200 back, 2xx repetitions pass, nothing left in the end', async () => {
  const scene = new Scene();
  const { copies } = await relayed(scene);
  const copy = copies[0] ?? '';
  assert.match(
    copy,
    /^INVITE sip:bob@127\.0\.0\.3:5072 SIP\/2\.0\r\nVia: SIP\/2\.0\/UDP 127\.0\.0\.1;branch=z9hG4bK/,
  );
  await scene.respond(copy, 180, 'Ringing');
  assert.match(
    scene.take(client),
    /^SIP\/2\.0 180 Ringing\r\nVia: SIP\/2\.0\/UDP 127\.0\.0\.2:5070;branch=z9hG4bK1\r\n/,
  );
  await scene.respond(copy, 200, 'OK');
  assert.match(scene.take(client), /^SIP\/2\.0 200 OK/);
  await scene.respond(copy, 200, 'OK');
  assert.match(scene.take(client), /^SIP\/2\.0 200 OK/);
  scene.clock.advance(200_000);
  scene.assertNothingLeft();
});

// §16.7 step 10
test('parallel forking: the first 200 wins, the others are cancelled and acknowledged', async () => {
  const scene = new Scene();
  const { copies } = await relayed(scene, [c]);
  await scene.respond(copies[0] ?? '', 180, 'Ringing');
  scene.take(client);
  await scene.respond(copies[1] ?? '', 200, 'OK');
  assert.match(scene.take(client), /^SIP\/2\.0 200/);
  const cancel = scene.take(b);
  assert.match(cancel, /^CANCEL [\s\S]*\r\nReason: SIP;cause=200;text="Call completed elsewhere"\r\n/);
  assert.equal(branchOf(cancel), branchOf(copies[0] ?? ''));
  await scene.respond(cancel, 200, 'OK');
  await scene.respond(copies[0] ?? '', 487, 'Request Terminated');
  assert.match(scene.take(b), /^ACK /);
  assert.equal(scene.untaken, 0, 'the 487 goes nowhere');
  scene.clock.advance(200_000);
  scene.assertNothingLeft();
});

// §9.1: no CANCEL before a provisional response
test('the client cancels: 200 at once, CANCEL behind the first 1xx, 487 from the branch', async () => {
  const scene = new Scene();
  const { copies } = await relayed(scene);
  const cancel = scene.request('CANCEL', `sip:bob@${b}:5072`, 'Reason: SIP;cause=487');
  assert.equal(await scene.call('t_relay', cancel), 1);
  assert.match(scene.take(client), /^SIP\/2\.0 200 canceling/);
  assert.equal(scene.untaken, 0);
  await scene.respond(copies[0] ?? '', 180, 'Ringing');
  scene.take(client);
  assert.match(scene.take(b), /^CANCEL [\s\S]*\r\nReason: SIP;cause=487\r\n/);
  await scene.respond(copies[0] ?? '', 487, 'Request Terminated');
  assert.match(scene.take(client), /^SIP\/2\.0 487 Request Terminated/);
  scene.clock.advance(200_000);
  scene.assertNothingLeft();
});

test('a failure route sends the call on; its own failure ends it', async () => {
  const scene = new Scene();
  const seen: string[] = [];
  scene.route('failure', 'NEXT', (context) => {
    seen.push(`${context.target.requestUri} ${context.response?.statusCode} ${context.flags}`);
    context.target.requestUri = `sip:bob@${c}:5072`;
    scene.call('t_on_failure', context, 'LAST');
    return Number(scene.call('t_relay', context));
  });
  scene.route('failure', 'LAST', (context) => {
    seen.push('last');
    return Number(scene.call('t_reply', context, 480, 'Nobody'));
  });
  const context = scene.request('INVITE', `sip:bob@${b}:5072`);
  context.flags = 8;
  scene.call('t_on_failure', context, 'NEXT');
  await scene.call('t_relay', context);
  scene.take(client);
  await scene.respond(scene.take(b), 486, 'Busy Here');
  assert.match(scene.take(b), /^ACK /);
  const second = scene.take(c);
  assert.match(second, /^INVITE sip:bob@127\.0\.0\.4:5072/);
  await scene.respond(second, 404, 'Not Found');
  assert.match(scene.take(client), /^SIP\/2\.0 480 Nobody/);
  assert.deepEqual(seen, [`sip:bob@${b}:5072 486 8`, 'last']);
});

// §16.7 step 6
test('all branches fail: the best response goes upstream, repeated until the ACK', async () => {
  const scene = new Scene();
  const { copies } = await relayed(scene, [c]);
  await scene.respond(copies[0] ?? '', 503, 'Service Unavailable');
  await scene.respond(copies[1] ?? '', 486, 'Busy Here');
  assert.match(scene.take(client), /^SIP\/2\.0 486/);
  scene.clock.advance(600);
  assert.match(scene.take(client), /^SIP\/2\.0 486/);
  const ack = scene.request('ACK', `sip:bob@${b}:5072`);
  assert.equal(await scene.call('t_relay', ack), 0, 'the ACK ends here');
  scene.clock.advance(3000);
  assert.throws(() => scene.take(client));
});

// §16.7 step 5
test('a 6xx cancels the others and is what the client gets; unless disabled', async () => {
  for (const disabled of [0, 1]) {
    const scene = new Scene();
    const context = scene.request('INVITE', `sip:bob@${b}:5072`);
    context.branches.push(makeTarget(`sip:bob@${c}:5072`));
    scene.call('t_set_disable_6xx', context, disabled);
    await scene.call('t_relay', context);
    scene.take(client);
    const copies = [scene.take(b), scene.take(c)];
    await scene.respond(copies[1] ?? '', 180, 'Ringing');
    scene.take(client);
    await scene.respond(copies[0] ?? '', 603, 'Decline');
    if (disabled === 0) assert.match(scene.take(c), /^CANCEL /);
    else assert.throws(() => scene.take(c));
    await scene.respond(copies[1] ?? '', 487, 'Request Terminated');
    assert.match(scene.take(client), /^SIP\/2\.0 603 Decline/);
  }
});

test('nobody answers: 408, and the failure route knows why', async () => {
  const scene = new Scene({ fr_timer: 1000 });
  const facts: unknown[] = [];
  scene.route('failure', 'F', (context) => {
    for (const name of ['t_branch_timeout', 't_branch_replied', 't_any_timeout', 't_is_canceled'])
      facts.push(scene.call(name, context));
    return 1;
  });
  const context = scene.request('INVITE', `sip:bob@${b}:5072`);
  scene.call('t_on_failure', context, 'F');
  await scene.call('t_relay', context);
  scene.take(client);
  scene.clock.advance(1100);
  assert.match(scene.take(client), /^SIP\/2\.0 408 Request Timeout/);
  assert.deepEqual(facts, [1, -1, 1, -1]);
});

// §16.8
test('nobody takes the call that rings: timer C cancels it, 408', async () => {
  const scene = new Scene({ fr_inv_timer: 5000 });
  const { copies } = await relayed(scene);
  await scene.respond(copies[0] ?? '', 180, 'Ringing');
  scene.clock.advance(4000);
  await scene.respond(copies[0] ?? '', 180, 'Ringing');
  scene.take(client);
  scene.take(client);
  scene.clock.advance(4000);
  assert.throws(() => scene.take(b), 'the second 180 has started timer C anew');
  scene.clock.advance(1100);
  assert.match(scene.take(b), /^CANCEL /);
  assert.match(scene.take(client), /^SIP\/2\.0 408/);
  await scene.respond(copies[0] ?? '', 487, 'Request Terminated');
  assert.match(scene.take(b), /^ACK /);
});

test('branch_route: own edits and flags for each copy, drop takes one away', async () => {
  const scene = new Scene();
  scene.route('branch', 'B', (context) => {
    context.message.appendHeader(`X-Branch: ${context.branchIndex}\r\n`);
    context.dropped = context.target.requestUri.includes(c);
    return 1;
  });
  const context = scene.request('INVITE', `sip:bob@${b}:5072`);
  context.branches.push(makeTarget(`sip:bob@${c}:5072`), makeTarget('sip:bob@127.0.0.5'));
  scene.call('t_on_branch', context, 'B');
  await scene.call('t_relay', context);
  assert.match(scene.take(b), /\r\nX-Branch: 0\r\n/);
  assert.match(scene.take('127.0.0.5'), /\r\nX-Branch: 1\r\n/);
  assert.throws(() => scene.take(c));
  assert.equal(context.message.edits.size, 0);
});

test('onreply_route: sees the transaction, drops provisional responses only', async () => {
  const scene = new Scene();
  scene.route('onreply', 'R', (context) => {
    context.dropped = true;
    context.variables.avps.push('seen', context.message.statusCode);
    return 1;
  });
  const context = scene.request('INVITE', `sip:bob@${b}:5072`);
  scene.call('t_on_reply', context, 'R');
  await scene.call('t_relay', context);
  scene.take(client);
  const copy = scene.take(b);
  await scene.respond(copy, 180, 'Ringing');
  assert.throws(() => scene.take(client));
  await scene.respond(copy, 486, 'Busy Here');
  assert.match(scene.take(client), /^SIP\/2\.0 486/);
  assert.deepEqual(context.variables.avps.all('seen'), [486, 180]);
});

test('a repeated request is answered as before and ends its script', async () => {
  const scene = new Scene();
  const context = scene.request('OPTIONS', `sip:bob@${b}:5072`);
  assert.equal(scene.call('t_newtran', context), 1);
  assert.equal(scene.call('t_reply', context, 200, 'Fine'), 1);
  assert.match(scene.take(client), /^SIP\/2\.0 200 Fine/);
  const again = scene.request('OPTIONS', `sip:bob@${b}:5072`);
  assert.equal(scene.call('t_newtran', again), 0);
  assert.match(scene.take(client), /^SIP\/2\.0 200 Fine/);
  assert.equal(scene.call('t_check_trans', scene.request('OPTIONS', 'sip:x')), 0);
});

test('a script that forgets its transaction: no answer, and it goes away', async () => {
  const scene = new Scene();
  const context = scene.request('INVITE', `sip:bob@${b}:5072`);
  scene.call('t_newtran', context);
  scene.ended(context);
  scene.clock.advance(10_000);
  assert.equal(scene.untaken, 0);
  scene.assertNothingLeft();
});

test('nowhere to go: negative, 478 when the script has not answered itself', async () => {
  const scene = new Scene();
  const context = scene.request('MESSAGE', 'sip:bob@nowhere.example');
  assert.equal(await scene.call('t_relay', context), -478);
  assert.equal(scene.untaken, 0);
  scene.ended(context);
  assert.match(scene.take(client), /^SIP\/2\.0 478 Unresolvable destination \(478\/TM\)/);
});

// RFC 3263 §4.3
test('failover: the next address when the first does not answer, under a branch of its own', async () => {
  const records = { a: { 'two.example': ['127.0.0.3', '127.0.0.4'] } };
  const scene = new Scene({ fr_timer: 1000 }, tableResolver(records));
  scene.host.globals.set('use_dns_failover', 1);
  const context = scene.request('INVITE', 'sip:bob@two.example:5072');
  const relaying = scene.call('t_relay', context);
  assert.ok(relaying instanceof Promise, 'a name must be looked up');
  assert.equal(await relaying, 1);
  scene.take(client);
  const first = scene.take(b);
  scene.clock.advance(1100);
  const second = scene.take(c);
  assert.notEqual(branchOf(first), branchOf(second));
  await scene.respond(second, 200, 'OK');
  assert.match(scene.take(client), /^SIP\/2\.0 200/);
  assert.throws(() => scene.take(client));
});

test('t_suspend holds a request; t_continue goes on like a failure route; without it, 408', async () => {
  const scene = new Scene({ fr_timer: 1000 });
  scene.route('route', 'GO', (context) => Number(scene.call('t_relay', context)));
  for (const goesOn of [true, false]) {
    const context = scene.request('INVITE', `sip:bob@${b}:5072`, `X: ${goesOn}`);
    const suspension = scene.tm.suspensions.suspend(context);
    assert.ok(suspension !== undefined);
    scene.ended(context);
    assert.match(scene.take(client), /^SIP\/2\.0 100/);
    if (goesOn) {
      assert.equal(await scene.tm.suspensions.resume(suspension, 'GO'), true);
      await scene.respond(scene.take(b), 200, 'OK');
      assert.match(scene.take(client), /^SIP\/2\.0 200/);
    } else {
      scene.clock.advance(1100);
      assert.match(scene.take(client), /^SIP\/2\.0 408/);
    }
    assert.equal(await scene.tm.suspensions.resume(suspension, 'GO'), false, 'only once');
    scene.clock.advance(300_000);
    while (scene.untaken > 0) scene.take(client);
    scene.assertNothingLeft();
  }
});

test('an own INVITE: its result is told once, each 2xx is acknowledged', async () => {
  const scene = new Scene();
  const results: number[] = [];
  const handle = scene.tm.localRequests.send(
    { method: 'INVITE', requestUri: `sip:bob@${b}:5072`, from: '<sip:us@x>;tag=1', to: '<sip:bob@x>' },
    ({ status }) => results.push(status),
  );
  assert.ok(handle !== undefined);
  const invite = scene.take(b);
  assert.match(invite, /^INVITE [\s\S]*\r\nUser-Agent: test\r\n/);
  await scene.respond(invite, 200, 'OK', `Contact: <sip:bob@${c}:5099>\r\n`);
  assert.match(scene.take(c), /^ACK sip:bob@127\.0\.0\.4:5099 SIP\/2\.0\r\nVia: /);
  await scene.respond(invite, 200, 'OK', `Contact: <sip:bob@${c}:5099>\r\n`);
  assert.match(scene.take(c), /^ACK /);
  assert.deepEqual(results, [200]);
  scene.clock.advance(100_000);
  scene.assertNothingLeft();
});

test('an own request that nobody answers ends with 408', () => {
  const scene = new Scene({ fr_timer: 1000 });
  const results: number[] = [];
  scene.tm.localRequests.send(
    { method: 'OPTIONS', requestUri: `sip:bob@${b}`, from: '<sip:us@x>;tag=1', to: '<sip:bob@x>' },
    ({ status }) => results.push(status),
  );
  scene.clock.advance(100_000);
  assert.deepEqual(results, [408]);
  scene.assertNothingLeft();
});

test('DNS answers in the cache keep t_relay synchronous', async () => {
  const { location } = tableResolver({ a: { 'one.example': [b] } });
  const hop = { host: 'one.example', port: 5060, proto: undefined, secure: false };
  assert.ok(location.locate(hop) instanceof Promise);
  await location.locate(hop);
  assert.deepEqual(location.locate(hop), [{ proto: 'udp', address: b, port: 5060, host: 'one.example' }]);
  assert.ok(location instanceof DnsLocation && DnsCache.length === 3);
});
