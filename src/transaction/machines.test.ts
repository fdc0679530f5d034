import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inviteClient } from './inviteClient.ts';
import { inviteServer } from './inviteServer.ts';
import type { Machine } from './machine.ts';
import { nonInviteClient } from './nonInviteClient.ts';
import { nonInviteServer } from './nonInviteServer.ts';

type AnyMachine = Machine<string, string, string>;

const machines: Readonly<Record<string, { table: AnyMachine; start: string }>> = {
  'INVITE client': { table: inviteClient, start: 'calling' },
  'non-INVITE client': { table: nonInviteClient, start: 'trying' },
  'INVITE server': { table: inviteServer, start: 'proceeding' },
  'non-INVITE server': { table: nonInviteServer, start: 'trying' },
};

function reachableFrom(table: AnyMachine, start: string): Set<string> {
  const seen = new Set([start]);
  for (const state of seen) for (const { next } of Object.values(table[state] ?? {})) seen.add(next);
  return seen;
}

for (const [name, { table, start }] of Object.entries(machines)) {
  test(`${name}: every state is reached, and every one can end`, () => {
    assert.deepEqual([...reachableFrom(table, start)].sort(), Object.keys(table).sort());
    for (const state of Object.keys(table)) assert.ok(reachableFrom(table, state).has('terminated'), state);
  });

  test(`${name}: all states know the same events`, () => {
    const events = Object.keys(table[start] ?? {}).sort();
    for (const row of Object.values(table)) assert.deepEqual(Object.keys(row).sort(), events);
  });

  test(`${name}: nothing happens behind the end`, () => {
    for (const { next, effects } of Object.values(table.terminated ?? {})) {
      assert.equal(next, 'terminated');
      assert.deepEqual(effects, []);
    }
  });

  test(`${name}: whoever enters the end says so, and telling the user comes last`, () => {
    for (const [state, row] of Object.entries(table)) {
      for (const { next, effects } of Object.values(row)) {
        if (next === 'terminated' && state !== 'terminated') assert.ok(effects.includes('terminate'));
        const told = effects.findIndex((effect) => effect.startsWith('tell'));
        assert.ok(told < 0 || told === effects.length - 1, `${state}: ${effects.join(', ')}`);
      }
    }
  });
}
