import { soon } from '../../base/soon.ts';
import { arg, type FunctionDeclaration, type SignatureMaker } from '../../module/define.ts';
import type { Htable } from './htable.ts';
import { operatorTest, type TextTest } from './matching.ts';
import type { HashTable, Item } from './table.ts';

export type Functions = Readonly<Record<string, FunctionDeclaration<Htable>>>;
export type Maker = SignatureMaker<Htable>;

const table = arg.string('htable', 'name of the table');
const key = arg.string('key', 'key of the item');
const place = arg.string('place', 'table=>key');
const operator = arg.string('op', 'eq, ne, re, sw (starts with) or ew (ends with)');
const operand = arg.string('value', 'what to compare with');
const seconds = arg.int('expire', 'seconds to live');

export const yesNo = (yes: boolean): number => (yes ? 1 : -1);

/** No such table, as sht_lock answers it. */
const noTable = -11;

/** `table=>rest`. */
function split(text: string): readonly [name: string, rest: string] {
  const arrow = text.indexOf('=>');
  return arrow < 0 ? [text.trim(), ''] : [text.slice(0, arrow).trim(), text.slice(arrow + 2)];
}

const byName = (test: TextTest) => (item: Item) => test(item.key);
/** Numbers match no text, as in Kamailio. */
const byText = (test: TextTest) => (item: Item) => typeof item.value === 'string' && test(item.value);

type Part = typeof byName;

/** sht_rm_name, sht_rm_value. */
function removeMatching(self: Htable, name: string, op: string, value: string, part: Part): number {
  const found = self.need(name);
  const test = testOf(self, op, value);
  if (found === undefined || test === undefined) return -1;
  found.removeWhere(part(test));
  return 1;
}

function testOf(self: Htable, op: string, value: string): TextTest | undefined {
  const test = operatorTest(op, value);
  if (test === undefined) self.host.log.error(`cannot match with "${op}" "${value}"`);
  return test;
}

/** sht_match_name, sht_match_str_value. */
function anyMatches(self: Htable, name: string, op: string, value: string, part: Part): number {
  const found = self.need(name);
  const test = testOf(self, op, value);
  return found !== undefined && test !== undefined && found.some(part(test)) ? 1 : -1;
}

/** The older form, `table=>regex` in one text; it is true whatever it finds. */
function removeByRegex(self: Htable, text: string, part: Part): number {
  const [name, pattern] = split(text);
  const found = self.find(name);
  const test = testOf(self, 're', pattern);
  if (test === undefined) return -1;
  found?.removeWhere(part(test));
  return 1;
}

function setWithExpiry(
  self: Htable,
  name: string,
  itemKey: string,
  value: string | number,
  expire: number,
): number {
  const found = self.need(name);
  if (found === undefined || !self.set(found, itemKey, value)) return -1;
  found.expireIn(itemKey, expire);
  return 1;
}

function print(self: Htable): void {
  for (const found of [...self.tables].reverse())
    for (const line of linesOf(found)) self.host.log.error(line);
}

function linesOf({ name, slots, definition }: HashTable): string[] {
  return [
    `htable[${name}] exp: ${definition.autoExpireSec}`,
    ...slots.flatMap((slot, index) => [
      `htable[${index}] -- <${slot.length}>`,
      ...slot.map(
        (item) =>
          `  cell: ${item.key} hid: ${item.hash} ${typeof item.value === 'string' ? 'v-s' : 'v-i'}:${item.value}`,
      ),
    ]),
  ];
}

export function itemFunctions(signature: Maker): Functions {
  return {
    sht_print: {
      doc: 'Writes all tables to the log, at error level.',
      returns: { 1: 'done' },
      signatures: [
        signature({
          kemi: 'sht_print',
          run: (self) => {
            print(self);
            return 1;
          },
        }),
      ],
    },
    sht_rm: {
      doc: 'Removes an item, if it is there.',
      returns: { 1: 'done', [-1]: 'no such table' },
      signatures: [
        signature({
          kemi: 'sht_rm',
          args: [table, key],
          run: (self, _context, name, itemKey) => {
            const found = self.need(name);
            found?.delete(itemKey);
            return yesNo(found !== undefined);
          },
        }),
      ],
    },
    sht_setxs: {
      doc: 'Sets an item to a text, and when it expires.',
      returns: { 1: 'done', [-1]: 'no such table' },
      signatures: [
        signature({
          kemi: 'sht_setxs',
          args: [table, key, arg.string('value', 'text'), seconds],
          run: (self, _context, name, itemKey, value, expire) =>
            setWithExpiry(self, name, itemKey, value, expire),
        }),
      ],
    },
    sht_setxi: {
      doc: 'Sets an item to a number, and when it expires.',
      returns: { 1: 'done', [-1]: 'no such table' },
      signatures: [
        signature({
          kemi: 'sht_setxi',
          args: [table, key, arg.int('value', 'number'), seconds],
          run: (self, _context, name, itemKey, value, expire) =>
            setWithExpiry(self, name, itemKey, value, expire),
        }),
      ],
    },
    sht_reset: {
      doc: 'Empties a table.',
      returns: { 1: 'done', [-1]: 'no such table' },
      signatures: [
        signature({
          kemi: 'sht_reset',
          args: [table],
          run: (self, _context, name) => {
            const found = self.need(name);
            found?.clear();
            return yesNo(found !== undefined);
          },
        }),
      ],
    },
  };
}

export function lockFunctions(signature: Maker): Functions {
  return {
    sht_lock: {
      doc: 'Takes the lock of a key, waiting for it: one message at a time is between sht_lock and sht_unlock.',
      returns: { 1: 'taken', [-1]: 'waited too long', [noTable]: 'no such table' },
      signatures: [
        signature({
          kemi: 'sht_lock',
          args: [place],
          waits: true,
          run: (self, context, text) => {
            if (self.need(split(text)[0]) === undefined) return noTable;
            return soon(self.locks.take(text, context), yesNo);
          },
        }),
      ],
    },
    sht_unlock: {
      doc: 'Gives the lock of a key back; the end of the script does so, too.',
      returns: { 1: 'given back, or it was not held', [noTable]: 'no such table' },
      signatures: [
        signature({
          kemi: 'sht_unlock',
          args: [place],
          run: (self, context, text) => {
            if (self.need(split(text)[0]) === undefined) return noTable;
            self.locks.release(text, context);
            return 1;
          },
        }),
      ],
    },
  };
}

/** Functions that look at all items. */
export function matchFunctions(signature: Maker): Functions {
  const byRegex = (kemi: string, doc: string, part: Part): FunctionDeclaration<Htable> => ({
    doc,
    returns: { 1: 'done', [-1]: 'bad expression' },
    signatures: [
      signature({
        kemi,
        args: [arg.string('place', 'table=>regular expression')],
        run: (self, _context, text) => removeByRegex(self, text, part),
      }),
    ],
  });
  const remove = (kemi: string, doc: string, part: Part): FunctionDeclaration<Htable> => ({
    doc,
    returns: { 1: 'done', [-1]: 'no such table or operator, or a bad expression' },
    signatures: [
      signature({
        kemi,
        args: [table, operator, operand],
        run: (self, _context, name, op, value) => removeMatching(self, name, op, value, part),
      }),
    ],
  });
  const match = (name: string, alias: string, doc: string, part: Part): FunctionDeclaration<Htable> => ({
    doc,
    aliases: [alias],
    returns: { 1: 'there is one', [-1]: 'there is none' },
    signatures: [
      signature({
        kemi: name,
        args: [table, operator, operand],
        run: (self, _context, tableName, op, value) => anyMatches(self, tableName, op, value, part),
      }),
    ],
  });
  return {
    sht_rm_name_re: byRegex('sht_rm_name_re', 'Removes the items whose key matches.', byName),
    sht_rm_value_re: byRegex('sht_rm_value_re', 'Removes the items whose text matches.', byText),
    sht_rm_name: remove('sht_rm_name', 'Removes the items whose key matches.', byName),
    sht_rm_value: remove('sht_rm_value', 'Removes the items whose text matches.', byText),
    sht_match_name: match('sht_match_name', 'sht_has_name', 'Is there an item whose key matches?', byName),
    sht_match_str_value: match(
      'sht_match_str_value',
      'sht_has_str_value',
      'Is there an item whose text matches?',
      byText,
    ),
  };
}
