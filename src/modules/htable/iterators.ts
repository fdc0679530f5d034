import type { ScriptContext } from '../../module/context.ts';
import type { HashTable, Item } from './table.ts';

/** Iterators that a message may have open at the same time, as in Kamailio. */
const maxOpen = 4;

/**
 * A walk over a table, slot by slot. Other messages may change the table meanwhile: items that have gone are stepped
 * over, new ones are seen when their slot has not been reached yet.
 */
export class Iterator {
  readonly table: HashTable;
  #slot = -1;
  #items: readonly Item[] = [];
  #at = 0;

  constructor(table: HashTable) {
    this.table = table;
  }

  get current(): Item | undefined {
    const item = this.#items[this.#at];
    return item?.gone === true ? undefined : item;
  }

  /** False at the end of the table. */
  next(): boolean {
    this.#at++;
    for (;;) {
      for (; this.#at < this.#items.length; this.#at++) {
        const item = this.#items[this.#at] as Item;
        if (!item.gone && this.table.find(item.key) === item) return true;
      }
      if (this.#slot >= this.table.slots.length - 1) return false;
      this.#slot++;
      this.#items = (this.table.slots[this.#slot] ?? []).slice();
      this.#at = 0;
    }
  }
}

const iteratorsKey = Symbol('htable iterators');

function iteratorsOf(context: ScriptContext): Map<string, Iterator> {
  let open = context.scratch.get(iteratorsKey) as Map<string, Iterator> | undefined;
  if (open === undefined) {
    open = new Map();
    context.scratch.set(iteratorsKey, open);
  }
  return open;
}

/** The named iterators of a message. */
export const iterators = {
  /** False when too many are open. */
  start(context: ScriptContext, name: string, table: HashTable): boolean {
    const open = iteratorsOf(context);
    if (open.size >= maxOpen && !open.has(name)) return false;
    open.set(name, new Iterator(table));
    return true;
  },
  find(context: ScriptContext, name: string): Iterator | undefined {
    return iteratorsOf(context).get(name);
  },
  end(context: ScriptContext, name: string): boolean {
    return iteratorsOf(context).delete(name);
  },
};
