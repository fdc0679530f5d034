import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UsageError } from '../options.ts';
import { expectation } from './expect.ts';
import { seriesPlan, sessionPlan } from './plan.ts';
import { secondUser } from './settings.ts';
import { given, userOf } from './testing.ts';

test('local addresses', () => {
  const seen = (...args: string[]) => userOf(args).outbound.local;
  assert.deepEqual(seen(), { address: undefined, port: 0 });
  assert.deepEqual(seen('-laddr', '127.0.0.1:5070'), { address: '127.0.0.1', port: 5070 });
  assert.deepEqual(seen('-local-address', ':5070'), { address: undefined, port: 5070 });
  assert.deepEqual(seen('-laddr', '::1'), { address: '::1', port: 0 });
  assert.deepEqual(seen('-laddr', '[::1]:5070'), { address: '::1', port: 5070 });
  assert.throws(() => seen('-laddr', 'name:5070'), UsageError);
  assert.throws(() => seen('-laddr', '127.0.0.1:99999'), UsageError);
});

test('timers, families, transports', () => {
  const { timers, outbound } = userOf([
    '-timer-t1',
    '100',
    '-timer-t2',
    '200',
    '-timeout',
    '900',
    '-af',
    '6',
  ]);
  assert.deepEqual([timers.t1Ms, timers.t2Ms, timers.timerFMs, timers.timerBMs], [100, 200, 900, 900]);
  assert.equal(outbound.family, 6);
  assert.equal(userOf(['-timer-t1', '100']).timers.timerFMs, 6400);
  assert.equal(userOf(['-t', '50']).timers.timerBMs, 50);
  assert.throws(() => userOf(['-af', '5']), UsageError);
  const other = userOf([
    '-timeout-connect',
    '5',
    '-timeout-write',
    '6',
    '-wso',
    'http://o',
    '-wsp',
    'x',
    '-rr',
  ]).outbound;
  assert.deepEqual([other.timeoutMs, other.writeTimeoutMs, other.relocate], [5, 6, true]);
  assert.deepEqual(other.webSocket, { origin: 'http://o', protocol: 'x' });
  assert.equal(userOf(['-re-resolve']).outbound.relocate, true);
  const names = userOf(['-websocket-origin', 'a', '-websocket-proto', 'b']).outbound.webSocket;
  assert.deepEqual(names, { origin: 'a', protocol: 'b' });
});

test('UDP sockets are connected for single requests only, unless told', () => {
  const connected = (...args: string[]) => userOf(args).outbound.connectDatagrams;
  assert.equal(connected(), true);
  assert.equal(connected('-connect-udp=false'), false);
  assert.equal(connected('-invite'), false);
  assert.equal(connected('-invite', '-connect-udp'), true);
});

test('TLS', () => {
  const texts = { ca: 'CA', cert: 'CERT', key: 'KEY' };
  const long = [
    '-tls-ca',
    'ca',
    '-tls-certificate',
    'cert',
    '-tls-key',
    'key',
    '-tls-name',
    'n',
    '-tls-insecure',
  ];
  const expected = { insecure: true, trusted: 'CA', certificate: 'CERT', privateKey: 'KEY', name: 'n' };
  assert.deepEqual(userOf(long, texts).outbound.tls, expected);
  assert.deepEqual(
    userOf(['-ca', 'ca', '-tc', 'cert', '-tk', 'key', '-sni', 'n', '-ti'], texts).outbound.tls,
    expected,
  );
  assert.deepEqual(
    userOf(['-ca', 'ca', '-cert', 'cert', '-key', 'key', '-sni', 'n', '-k'], texts).outbound.tls,
    expected,
  );
  assert.equal(userOf(['-insecure']).outbound.tls.insecure, true);
  assert.equal(userOf([]).outbound.tls.insecure, false);
});

test('credentials', () => {
  const credentials = (...args: string[]) => userOf(args).profile.credentials;
  assert.equal(credentials(), undefined);
  assert.deepEqual(credentials('-ap', 'p'), { username: 'alice', password: 'p' });
  assert.deepEqual(credentials('-fu', 'x', '-auth-password', 'p'), { username: 'x', password: 'p' });
  assert.deepEqual(credentials('-au', 'y', '-password', 'p'), { username: 'y', password: 'p' });
  assert.deepEqual(credentials('-auth-user', 'y', '-ap', 'abc', '-ha1'), { username: 'y', ha1: 'abc' });
});

test('REGISTER goes to the domain, for the user of From', () => {
  const { registrar, registration } = userOf(['-fu', 'x', '-invite', '-su', 'tcp:h:5070']).profile;
  assert.equal(registrar, 'sip:h:5070;transport=tcp');
  assert.deepEqual([registration.method, registration.tuser], ['REGISTER', 'x']);
  assert.equal(userOf(['-register-party', '-register']).profile.registration.tuser, undefined);
  assert.equal(userOf(['sip:bob@h']).profile.registrar, 'sip:h');
});

test('the second user is like the first but for what is given', () => {
  const first = userOf(['-fu', 'a', '-ap', 'p', '-fd', 'd', '-laddr', '127.0.0.1:5070', 'udp:h']);
  const plain = secondUser(given(['-ap', 'p']), first);
  assert.equal(plain.profile.user, 'bob');
  assert.deepEqual(plain.outbound.local, { address: undefined, port: 0 });
  assert.deepEqual(plain.profile.credentials, { username: 'bob', password: 'p' });
  const all = secondUser(
    given([
      ...['-ua2-fuser', 'b', '-ua2-fdomain', 'e', '-ua2-laddr', ':5071', '-ua2-target', 'tcp:other'],
      ...['-ua2-auth-user', 'bu', '-ua2-auth-password', 'bp', '-ua2-ha1', '-ua2-contact-uri', 'sip:c@d'],
    ]),
    first,
  );
  assert.equal(all.profile.recipe.fields.fdomain, 'e');
  assert.equal(all.outbound.local.port, 5071);
  assert.equal(all.target.hop.proto, 'tcp');
  assert.deepEqual(all.profile.credentials, { username: 'bu', ha1: 'bp' });
  assert.equal(all.profile.contact, '<sip:c@d>');
  const short = secondUser(
    given([
      '-ua2-fu',
      'b',
      '-ua2-fd',
      'e',
      '-ua2-local-address',
      ':1',
      '-ua2-au',
      'x',
      '-ua2-ap',
      'y',
      '-ua2-cu',
      'sip:z',
    ]),
    first,
  );
  assert.deepEqual(
    [
      short.profile.user,
      short.profile.recipe.fields.fdomain,
      short.outbound.local.port,
      short.profile.contact,
    ],
    ['b', 'e', 1, '<sip:z>'],
  );
  assert.deepEqual(short.profile.credentials, { username: 'x', password: 'y' });
});

test('kinds of sessions', () => {
  const plan = (...args: string[]) => sessionPlan(given(args), userOf(args));
  assert.equal(plan().kind, 'single');
  assert.equal(plan('-register').kind, 'single');
  assert.equal(plan('-register', '-sw', '5').kind, 'register');
  assert.equal(plan('-invite').kind, 'call');
  assert.equal(plan('--call-self').kind, 'callSelf');
  assert.equal(plan('--call-user').kind, 'callUser');
  assert.equal(plan('--subscribe-session').kind, 'subscribe');
  assert.equal(plan('--listen').kind, 'listen');
  assert.equal(plan('--register-first', '-message').registerFirst, true);
  assert.equal(plan('-rf', '-message').registerFirst, true);
  assert.throws(() => plan('--call-self', '--listen'), UsageError);
  const times = plan(
    '-invite',
    '-sessionwait',
    '1',
    '-ring-time',
    '2',
    '-call-duration',
    '3',
    '-ring-timeout',
    '4',
    '-cancel-after',
    '5',
  );
  assert.deepEqual(
    [times.waitMs, times.ringMs, times.durationMs, times.call],
    [1, 2, 3, { ringTimeoutMs: 4, cancelAfterMs: 5 }],
  );
  assert.deepEqual(
    [plan('-invite', '-rt', '2', '-cd', '3').ringMs, plan('-invite', '-cd', '3').durationMs],
    [2, 3],
  );
  assert.equal(plan('-invite', '-sw', '7').durationMs, 7);
});

test('series', () => {
  const plan = (...args: string[]) => seriesPlan(given(args), userOf(args));
  assert.equal(plan(), undefined);
  assert.deepEqual(
    [plan('-count', '5')?.count, plan('-n', '6')?.count, plan('-run-count', '7')?.count],
    [5, 6, 7],
  );
  assert.deepEqual([plan('-rate', '10', '-until', '2')?.rate, plan('-until', '2')?.forMs], [10, 2000]);
  assert.throws(() => plan('-rate', '10'), UsageError);
  assert.throws(() => plan('-count', '2', '-invite'), UsageError);
  assert.throws(() => plan('-count', '0'), UsageError);
});

test('expected codes', () => {
  const matches = (text: string | undefined) => [200, 202, 404, 486].filter(expectation(text));
  assert.deepEqual(matches(undefined), [200, 202]);
  assert.deepEqual(matches('200'), [200]);
  assert.deepEqual(matches('4xx'), [404, 486]);
  assert.deepEqual(matches('200, 404'), [200, 404]);
  assert.deepEqual(matches('any'), [200, 202, 404, 486]);
  assert.throws(() => expectation('ok'), UsageError);
});
