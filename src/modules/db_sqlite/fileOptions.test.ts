import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FileOptions } from './fileOptions.ts';

const none = { db_set_readonly: [], db_set_journal_mode: [], db_set_busy_timeout: [] };

test('options belong to their file, however its path is written', () => {
  const options = new FileOptions({
    db_set_readonly: ['/var/a.db'],
    db_set_journal_mode: ['/var/b.db=wal;', '//var/a.db=DELETE'],
    db_set_busy_timeout: ['250', '/var/b.db=20'],
  });
  assert.deepEqual(options.optionsFor('sqlite:////var/a.db'), {
    busyTimeoutMs: 250,
    readOnly: true,
    journalMode: 'DELETE',
  });
  assert.deepEqual(options.optionsFor('sqlite:///var/b.db'), { busyTimeoutMs: 20, journalMode: 'WAL' });
  assert.deepEqual(options.optionsFor('sqlite://c.db'), { busyTimeoutMs: 250 });
  assert.deepEqual(new FileOptions(none).optionsFor('sqlite:///var/b.db'), {});
});

test('values that cannot be understood are refused by name', () => {
  const refuse = (change: Partial<typeof none>, pattern: RegExp) =>
    assert.throws(() => new FileOptions({ ...none, ...change }), {
      code: 'DB_SQLITE_PARAM',
      message: pattern,
    });
  refuse({ db_set_journal_mode: ['/a.db=SOME'] as never[] }, /"\/a\.db=SOME"\): expected path=MODE/);
  refuse({ db_set_journal_mode: ['WAL'] as never[] }, /expected path=value/);
  refuse({ db_set_busy_timeout: ['/a.db=soon'] as never[] }, /milliseconds/);
});
