import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseServerOptions, UsageError } from './options.ts';

test('letters may be joined, counted and repeated as kamailio takes them', () => {
  const options = parseServerOptions([
    '-DD',
    '-E',
    '-dd',
    '-f',
    'x.cfg',
    '-A',
    'WITH_AUTH',
    '-A',
    'X=1',
    '-l',
    'udp:127.0.0.1:5070',
  ]);
  assert.equal(options.foreground, true);
  assert.equal(options.debug, 2);
  assert.deepEqual(options.defines, ['WITH_AUTH', 'X=1']);
  assert.deepEqual(options.listen, ['udp:127.0.0.1:5070']);
  assert.equal(parseServerOptions(['-DDD']).foreground, false);
});

test('a flag without a meaning here is accepted and named with the reason', () => {
  for (const argv of [['-L', '/x'], ['-r'], ['-R'], ['-m', '64'], ['-n', '4'], ['-S']]) {
    const { meaningless } = parseServerOptions(argv);
    assert.equal(meaningless.length, 1);
    assert.ok(meaningless[0]?.startsWith(argv[0] as string), argv[0]);
  }
});

test('module parameters carry their type', () => {
  const { modParams } = parseServerOptions([
    '--modparam=tm:fr_timer:i:5000',
    '--modparam=usrloc:db_url:s:sqlite:///a:b',
  ]);
  assert.deepEqual(modParams, [
    { module: 'tm', name: 'fr_timer', value: 5000 },
    { module: 'usrloc', name: 'db_url', value: 'sqlite:///a:b' },
  ]);
});

test('what cannot be understood is one line for the user', () => {
  for (const argv of [['--nosuch'], ['-a', 'perhaps'], ['--modparam=x'], ['--debug=much'], ['stray']]) {
    assert.throws(() => parseServerOptions(argv), UsageError, argv.join(' '));
  }
});
