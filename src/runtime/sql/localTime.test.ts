import assert from 'node:assert/strict';
import { test } from 'node:test';
import { secondsOfSqlTime, sqlTime } from './localTime.ts';

test('times are local, also around the change of the clocks', () => {
  const before = process.env.TZ;
  process.env.TZ = 'Europe/Berlin';
  try {
    assert.equal(sqlTime(1_795_209_552), '2026-11-20 22:19:12');
    for (const seconds of [0, 1_774_746_000, 1_774_750_000, 1_793_000_000, 1_795_209_552]) {
      assert.equal(secondsOfSqlTime(sqlTime(seconds)), seconds);
    }
    assert.equal(secondsOfSqlTime('2026-11-20 21:19:12.25+00'), 1_795_209_552);
    assert.equal(secondsOfSqlTime('2026-11-20 23:49:12+02:30'), 1_795_209_552);
    assert.equal(secondsOfSqlTime('2026-11-20'), 1_795_129_200);
  } finally {
    if (before === undefined) delete process.env.TZ;
    else process.env.TZ = before;
  }
});

test("MySQL's zero date is 0; other texts are none", () => {
  assert.equal(secondsOfSqlTime('0000-00-00 00:00:00'), 0);
  assert.equal(secondsOfSqlTime('infinity'), undefined);
});
