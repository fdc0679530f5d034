import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DatabaseError } from '../../base/errors.ts';
import type { Database, DbStatement } from '../../base/ports.ts';
import { FakeLog } from '../../module/testing.ts';
import { Subscription } from './subscription.ts';
import { SubscriptionTable } from './subscriptionTable.ts';

function bench() {
  const written: DbStatement[] = [];
  const database = {
    failure: false,
    async batch(statements: readonly DbStatement[]): Promise<void> {
      if (this.failure) throw new DatabaseError('FAKE', 'away');
      written.push(...statements);
    },
  };
  const log = new FakeLog();
  const table = new SubscriptionTable({
    database: database as unknown as Database,
    log,
    name: 'active_watchers',
    fetchRows: 10,
    isThrough: false,
  });
  return { table, database, written, log };
}

const subscription = (callId: string): Subscription => new Subscription({ callId, fromTag: 'f', toTag: 't' });

test('write-back: the last word on each subscription is written, once', async () => {
  const { table, written } = bench();
  const kept = subscription('kept');
  const gone = subscription('gone');
  await table.added(kept);
  await table.changed(kept);
  await table.added(gone);
  await table.removed(gone);
  await table.flush();
  await table.flush();
  assert.deepEqual(
    written.map(({ kind }) => kind),
    ['upsert', 'delete'],
  );
});

test('what fails is written when the database is back', async () => {
  const { table, database, written, log } = bench();
  database.failure = true;
  await table.added(subscription('a'));
  await table.removed(subscription('b'));
  await table.flush();
  assert.deepEqual(written, []);
  assert.match(log.lines[0] ?? '', /away/);
  database.failure = false;
  await table.flush();
  assert.equal(written.length, 2);
});
