import type { ScriptContext } from '../../module/context.ts';
import { arg } from '../../module/define.ts';
import { type Functions, type Maker, yesNo } from './functions.ts';
import type { Htable } from './htable.ts';
import { type Iterator, iterators } from './iterators.ts';
import type { Item } from './table.ts';

const iteratorName = arg.string('iterator', 'name of the iterator');

/** The item was removed, and it was the last one. */
const removedLast = -2;

function openIterator(self: Htable, context: ScriptContext, name: string): Iterator | undefined {
  const iterator = iterators.find(context, name);
  if (iterator === undefined) self.host.log.error(`no iterator ${name} is open`);
  return iterator;
}

/** Changes the item that an iterator stands on. */
function change(
  self: Htable,
  context: ScriptContext,
  name: string,
  edit: (iterator: Iterator, item: Item) => void,
): number {
  const iterator = openIterator(self, context, name);
  const item = iterator?.current;
  if (iterator === undefined || item === undefined) return -1;
  edit(iterator, item);
  return 1;
}

export function iteratorFunctions(signature: Maker): Functions {
  return {
    sht_iterator_start: {
      doc: 'Begins a walk over a table; four walks at most may be open in one script run.',
      returns: { 1: 'begun', [-1]: 'no such table, or too many are open' },
      signatures: [
        signature({
          kemi: 'sht_iterator_start',
          args: [iteratorName, arg.string('htable', 'name of the table')],
          run: (self, context, name, tableName) => {
            const table = self.need(tableName);
            return yesNo(table !== undefined && iterators.start(context, name, table));
          },
        }),
      ],
    },
    sht_iterator_next: {
      doc: 'Steps to the next item, at first to the first one.',
      returns: { 1: 'there is one', [-1]: 'the table is at its end, or the iterator is not open' },
      signatures: [
        signature({
          kemi: 'sht_iterator_next',
          args: [iteratorName],
          run: (self, context, name) => yesNo(openIterator(self, context, name)?.next() === true),
        }),
      ],
    },
    sht_iterator_end: {
      doc: 'Ends a walk.',
      returns: { 1: 'ended', [-1]: 'the iterator is not open' },
      signatures: [
        signature({
          kemi: 'sht_iterator_end',
          args: [iteratorName],
          run: (self, context, name) => {
            openIterator(self, context, name);
            return yesNo(iterators.end(context, name));
          },
        }),
      ],
    },
    sht_iterator_rm: {
      doc: 'Removes the item that the iterator stands on, and steps to the next one.',
      returns: { 1: 'removed, standing on the next', [removedLast]: 'removed, at the end', [-1]: 'no item' },
      signatures: [
        signature({
          kemi: 'sht_iterator_rm',
          args: [iteratorName],
          run: (self, context, name) => {
            const removed = change(self, context, name, ({ table }, item) => table.remove(item));
            if (removed < 0) return removed;
            return openIterator(self, context, name)?.next() === true ? 1 : removedLast;
          },
        }),
      ],
    },
    ...changeFunctions(signature),
  };
}

function changeFunctions(signature: Maker): Functions {
  const set = (self: Htable, context: ScriptContext, name: string, value: string | number): number =>
    change(self, context, name, ({ table }, item) => table.set(item.key, value));
  return {
    sht_iterator_sets: {
      doc: 'Sets the item that the iterator stands on to a text.',
      returns: { 1: 'set', [-1]: 'no item' },
      signatures: [
        signature({
          kemi: 'sht_iterator_sets',
          args: [iteratorName, arg.string('value', 'text')],
          run: set,
        }),
      ],
    },
    sht_iterator_seti: {
      doc: 'Sets the item that the iterator stands on to a number.',
      returns: { 1: 'set', [-1]: 'no item' },
      signatures: [
        signature({
          kemi: 'sht_iterator_seti',
          args: [iteratorName, arg.int('value', 'number')],
          run: set,
        }),
      ],
    },
    sht_iterator_setex: {
      doc: 'Sets when the item expires that the iterator stands on.',
      returns: { 1: 'set', [-1]: 'no item' },
      signatures: [
        signature({
          kemi: 'sht_iterator_setex',
          args: [iteratorName, arg.int('expire', 'seconds to live')],
          run: (self, context, name, expire) =>
            change(self, context, name, ({ table }, item) => table.renew(item, expire)),
        }),
      ],
    },
  };
}
