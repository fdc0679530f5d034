import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DatabaseError } from '../../base/errors.ts';
import type { DatabaseEvent, DbResult } from '../../base/ports.ts';
import { TestClock } from '../../base/testClock.ts';
import { deferred } from '../testing.ts';
import type { LinkRole, SqlLink } from './link.ts';
import { LinkPool, type PoolOptions } from './linkPool.ts';

const nothing: DbResult = { columns: [], rows: [], affected: 0 };

/** A connection whose answers come when the test says so. */
class FakeLink implements SqlLink {
  readonly role: LinkRole;
  readonly lose: (error: DatabaseError) => void;
  readonly asked: { resolve: (result: DbResult) => void }[] = [];
  pings = 0;
  isDestroyed = false;
  isEnded = false;

  constructor(role: LinkRole, lose: (error: DatabaseError) => void) {
    this.role = role;
    this.lose = lose;
  }
  execute(): Promise<DbResult> {
    const { promise, resolve } = deferred<DbResult>();
    this.asked.push({ resolve });
    return promise;
  }
  async transaction(): Promise<void> {}
  ping(): Promise<void> {
    this.pings++;
    return Promise.resolve();
  }
  async end(): Promise<void> {
    this.isEnded = true;
  }
  destroy(): void {
    this.isDestroyed = true;
  }
}

const work = (link: SqlLink) => link.execute({ text: 'x', values: [], isPrepared: false });
const away = () => new DatabaseError('DB_AWAY', 'gone');

function scene(extra: Partial<PoolOptions> = {}) {
  const clock = new TestClock();
  const links: FakeLink[] = [];
  const events: DatabaseEvent[] = [];
  const state = { isUp: true, tries: 0 };
  const pool = new LinkPool(
    async (role, onLost) => {
      state.tries++;
      if (!state.isUp) throw new DatabaseError('DB_AWAY', 'connection refused');
      const link = new FakeLink(role, onLost);
      links.push(link);
      return link;
    },
    {
      clock,
      entropy: { uint32: () => 2 ** 31, bytes: (length) => new Uint8Array(length) },
      maxConnections: 4,
      silenceMs: 5000,
      pingMs: 60_000,
      reconnect: true,
      report: (event) => events.push(event),
      ...extra,
    },
  );
  return { pool, clock, links, events, state };
}

/** Lets promises settle. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

async function linkOf(pool: LinkPool, role: LinkRole) {
  return await pool.link(role);
}

test('readers are added while all are busy, up to the limit; work goes to the idlest', async () => {
  const { pool, links } = scene();
  await pool.open();
  assert.deepEqual(links.map(({ role }) => role).sort(), ['read', 'write']);
  for (let i = 0; i < 6; i++) {
    (await linkOf(pool, 'read')).run(work).catch(() => {});
    await settle();
  }
  assert.equal(pool.connections, 4);
  assert.deepEqual(
    links.filter(({ role }) => role === 'read').map(({ asked }) => asked.length),
    [2, 2, 2],
  );
  await pool.close();
  assert.ok(links.every(({ isEnded }) => isEnded));
});

test('a lost connection rejects what it owes at once, and is made again', async () => {
  const { pool, links, events } = scene();
  await pool.open();
  const reader = links.find(({ role }) => role === 'read')!;
  const owed = (await linkOf(pool, 'read')).run(work);
  reader.lose(away());
  await assert.rejects(owed, { code: 'DB_AWAY' });
  assert.ok(reader.isDestroyed);
  await settle();
  assert.equal(links.length, 3);
  assert.deepEqual(events, []);
  await pool.close();
});

test('an outage is told once; queries fail at once; pauses grow; its end is told', async () => {
  const { pool, links, events, state, clock } = scene();
  await pool.open();
  state.isUp = false;
  for (const link of links) link.lose(away());
  await settle();
  assert.deepEqual(events, [{ kind: 'away', reason: 'connection refused' }]);
  for (let i = 0; i < 5; i++) await assert.rejects(linkOf(pool, 'read'), { code: 'DB_AWAY' });
  assert.equal(pool.isAway, true);
  const pauses: number[] = [];
  for (let i = 0; i < 8; i++) {
    const before = state.tries;
    let waitedMs = 0;
    while (state.tries === before && waitedMs < 20_000) {
      clock.advance(100);
      waitedMs += 100;
      await settle();
    }
    pauses.push(waitedMs);
  }
  assert.deepEqual(pauses, [200, 400, 800, 1600, 3200, 6400, 10_000, 10_000]);
  state.isUp = true;
  clock.advance(10_000);
  await settle();
  assert.equal(pool.isAway, false);
  assert.equal(events.length, 2);
  const back = events[1] as DatabaseEvent & { kind: 'back' };
  assert.equal(back.kind, 'back');
  assert.equal(back.awayMs, 42_600);
  assert.ok(back.refused >= 5);
  assert.equal(pool.outages, 1);
  await pool.close();
});

test('without reconnecting an outage lasts', async () => {
  const { pool, links, state, clock } = scene({ reconnect: false });
  await pool.open();
  for (const link of links) link.lose(away());
  clock.advance(100_000);
  await settle();
  assert.equal(state.tries, 2);
  await assert.rejects(linkOf(pool, 'read'), { code: 'DB_AWAY' });
  await pool.close();
});

test('silence breaks a connection that owes an answer; an answer in between prolongs it', async () => {
  const { pool, links, clock } = scene();
  await pool.open();
  const link = await linkOf(pool, 'write');
  const fake = links.find(({ role }) => role === 'write')!;
  const first = link.run(work);
  const second = link.run(work);
  second.catch(() => {});
  clock.advance(4000);
  fake.asked[0]?.resolve(nothing);
  await first;
  clock.advance(4000);
  await settle();
  assert.equal(fake.isDestroyed, false);
  clock.advance(1001);
  await assert.rejects(second, { code: 'DB_TIMEOUT' });
  assert.equal(fake.isDestroyed, true);
  await pool.close();
});

test('idle connections are pinged', async () => {
  const { pool, links, clock } = scene();
  await pool.open();
  for (let i = 0; i < 130; i++) {
    clock.advance(1000);
    await settle();
  }
  assert.deepEqual(
    links.map(({ pings }) => pings),
    [2, 2],
  );
  await pool.close();
  assert.equal(clock.pending, 0);
});

test('a database that is away at the start fails the start; a closed one says so', async () => {
  const { pool, state } = scene();
  state.isUp = false;
  await assert.rejects(pool.open(), { message: 'connection refused' });
  const other = scene();
  await other.pool.open();
  await other.pool.close();
  await assert.rejects(linkOf(other.pool, 'read'), { code: 'DB_CLOSED' });
});
