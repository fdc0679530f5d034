import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { hashText, LinkedTable } from './linkedTable.ts';

interface Entry {
  readonly text: string;
  readonly hash: number;
  link: Entry | undefined;
}

class Table extends LinkedTable<Entry> {
  protected hashOf(entry: Entry): number {
    return entry.hash;
  }
  protected next(entry: Entry): Entry | undefined {
    return entry.link;
  }
  protected link(entry: Entry, next: Entry | undefined): void {
    entry.link = next;
  }
  add(entry: Entry): void {
    this.insert(entry);
  }
  remove(entry: Entry): boolean {
    return this.unlink(entry);
  }
  replace(old: Entry, entry: Entry): boolean {
    return this.exchange(old, entry);
  }
  /** Newest first. */
  all(text: string): Entry[] {
    const found: Entry[] = [];
    for (let entry = this.first(hashText(text, 7)); entry !== undefined; entry = entry.link)
      if (entry.text === text) found.push(entry);
    return found;
  }
}

const entryOf = (text: string): Entry => ({ text, hash: hashText(text, 7), link: undefined });

test('holds what was put in, also beyond its first size, the newest first', () => {
  const table = new Table();
  const entries = Array.from({ length: 5000 }, (_, i) => entryOf(`call-${i % 2500}`));
  for (const entry of entries) table.add(entry);
  assert.equal(table.size, 5000);
  for (let i = 0; i < 2500; i++) assert.deepEqual(table.all(`call-${i}`), [entries[i + 2500], entries[i]]);
  assert.equal(new Set(table.entries()).size, 5000);
});

test('adding, removing and replacing in any order keep it whole', () => {
  const step = fc.tuple(fc.constantFrom('add', 'remove', 'replace'), fc.nat(40));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const table = new Table();
      const model: Entry[] = [];
      for (const [what, n] of steps) {
        const at = n % Math.max(1, model.length);
        const old = model[at];
        if (what === 'add') {
          const entry = entryOf(`c${n}`);
          table.add(entry);
          model.push(entry);
        } else if (old !== undefined && what === 'remove') {
          assert.equal(table.remove(old), true);
          assert.equal(old.link, undefined);
          model.splice(at, 1);
        } else if (old !== undefined) {
          const entry = entryOf(old.text);
          assert.equal(table.replace(old, entry), true);
          model[at] = entry;
        }
      }
      assert.equal(table.size, model.length);
      assert.deepEqual(new Set(table.entries()), new Set(model));
    }),
  );
});

test('what is not there is not removed', () => {
  const table = new Table();
  table.add(entryOf('a'));
  assert.equal(table.remove(entryOf('a')), false);
  assert.equal(table.replace(entryOf('b'), entryOf('b')), false);
  assert.equal(table.size, 1);
});
