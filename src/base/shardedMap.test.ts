import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ShardedMap, shardNumberOf } from './shardedMap.ts';

test('does what a Map does', () => {
  const step = fc.tuple(fc.constantFrom('set', 'delete'), fc.string({ maxLength: 3 }), fc.nat());
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const sharded = new ShardedMap<number>();
      const model = new Map<string, number>();
      for (const [what, key, value] of steps) {
        if (what === 'set') {
          sharded.set(key, value);
          model.set(key, value);
        } else assert.equal(sharded.delete(key), model.delete(key));
        assert.equal(sharded.get(key), model.get(key));
      }
      assert.equal(sharded.size, model.size);
      assert.deepEqual([...sharded.keys()].sort(), [...model.keys()].sort());
      assert.deepEqual([...sharded.values()].sort(), [...model.values()].sort());
    }),
  );
});

test('numbered keys are spread', () => {
  for (const name of [(i: number) => `user${i}`, (i: number) => `uloc-1-1-${i.toString(16)}`]) {
    const counts = new Array<number>(64).fill(0);
    for (let i = 0; i < 64_000; i++) {
      const shard = shardNumberOf(name(i));
      counts[shard] = (counts[shard] ?? 0) + 1;
    }
    assert.ok(Math.min(...counts) > 300 && Math.max(...counts) < 3000, counts.join(' '));
  }
});
