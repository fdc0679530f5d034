import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Flags, flagsHelp, parseFlags } from './flags.ts';
import { UsageError } from './options.ts';

const flags = {
  verbose: { names: ['verbose', 'v'], type: 'switch', group: 'Output', help: 'more' },
  origTn: { names: ['orig-tn', 'o'], type: 'text', value: 'number', group: 'Call', help: 'caller' },
  count: { names: ['count'], type: 'number', value: 'n', group: 'Call', help: 'how often' },
  header: { names: ['xh'], type: 'texts', value: 'line', group: 'Call', help: 'header' },
} as const satisfies Flags;

test('one dash or two, all names, a value behind or with =', () => {
  const { values, rest } = parseFlags(flags, [
    '-v',
    '--orig-tn',
    '1',
    '-count=3',
    '-xh',
    'a',
    '--xh=b=c',
    'x',
    'y',
  ]);
  assert.deepEqual({ ...values }, { verbose: true, origTn: '1', count: 3, header: ['a', 'b=c'] });
  assert.deepEqual(rest, ['x', 'y']);
  assert.deepEqual({ ...parseFlags(flags, ['-o=5']).values }, { origTn: '5' });
});

test('what is wrong is named', () => {
  const wrong: readonly (readonly [readonly string[], RegExp])[] = [
    [['-orig-tm', '1'], /unknown option -orig-tm; did you mean -orig-tn\?/],
    [['-zzz'], /unknown option -zzz$/],
    [['-count', 'many'], /-count takes a number, got "many"/],
    [['-orig-tn'], /-orig-tn needs a value/],
  ];
  for (const [argv, reason] of wrong) {
    assert.throws(
      () => parseFlags(flags, argv),
      (error) => error instanceof UsageError && reason.test(error.message),
    );
  }
});

test('help lists every option under its heading', () => {
  const help = flagsHelp(flags);
  assert.match(help, /^Output:\n {2}-verbose, -v +more\n\nCall:\n {2}-orig-tn, -o number +caller\n/);
  for (const { names, help: text } of Object.values(flags)) {
    assert.ok(help.includes(`-${names[0]}`) && help.includes(text));
  }
});
