import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UsageError } from './options.ts';
import { type OptionDeclaration, optionsHelp, optionTitle, parseOptions } from './optionTable.ts';

const base = { group: 'G', aliases: [] };
const table = {
  flag: { ...base, kind: 'flag', aliases: ['f'], value: '', help: 'A flag.' },
  name: { ...base, kind: 'text', aliases: ['nm'], value: 'TEXT', help: 'A text.' },
  size: { ...base, kind: 'number', value: 'N', help: 'A number.' },
  item: { ...base, kind: 'list', value: 'X', help: 'A list.' },
  v: { ...base, kind: 'count', value: '', help: 'More.' },
} as const satisfies Record<string, OptionDeclaration>;

test('one dash or two, a space or an equals sign', () => {
  const given = parseOptions(table, [
    '-f',
    '--name=a b',
    'pos',
    '-item',
    '-x',
    '--item',
    'y',
    '-vv',
    '-v',
    '--',
    '-z',
  ]);
  assert.equal(given.flag('flag'), true);
  assert.equal(given.text('name'), 'a b');
  assert.deepEqual(given.list('item'), ['-x', 'y']);
  assert.equal(given.count('v'), 3);
  assert.deepEqual(given.positionals, ['pos', '-z']);
});

test('flags can be turned off, the last value wins', () => {
  assert.equal(parseOptions(table, ['-flag=false']).choice('flag'), false);
  assert.equal(parseOptions(table, []).choice('flag'), undefined);
  assert.equal(parseOptions(table, ['-nm', 'a', '-name', 'b']).text('name'), 'b');
});

test('mistakes are told in one line', () => {
  const wrong: readonly (readonly [readonly string[], RegExp])[] = [
    [['-nosuch'], /unknown option -nosuch/],
    [['--nam'], /did you mean --name/],
    [['-name'], /wants TEXT/],
    [['-flag=x'], /true or false/],
  ];
  for (const [argv, expected] of wrong) {
    assert.throws(
      () => parseOptions(table, argv),
      (error) => error instanceof UsageError && expected.test(error.message),
    );
  }
  assert.throws(() => parseOptions(table, ['-size', 'x']).number('size'), UsageError);
  assert.throws(() => parseOptions(table, ['-size', '9']).number('size', 0, 5), /from 0 to 5/);
});

test('the help has every name', () => {
  assert.equal(optionTitle('name', table.name), '-nm, --name TEXT');
  const help = optionsHelp(table, 80);
  for (const word of ['-f, --flag', '--size N', 'A list.', 'G:']) assert.ok(help.includes(word), word);
});
