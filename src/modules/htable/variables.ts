import type { Value } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { PvBinding, PvDeclaration, PvReference } from '../../module/define.ts';
import { type Htable, recordOf } from './htable.ts';
import { iterators } from './iterators.ts';
import { type CountTest, countTest } from './matching.ts';
import type { HashTable } from './table.ts';

type Pvs = Readonly<Record<string, PvDeclaration<Htable>>>;

/** `table=>key` in parentheses: a constant name, and what stands behind the arrow. */
interface Reference {
  /** Looked up each time: a reload puts a new table under the name. */
  readonly table: () => HashTable | undefined;
  readonly key: (context: ScriptContext) => string;
}

function referenceOf(self: Htable, pv: PvReference): Reference | { message: string } {
  const written = pv.syntax.inner ?? '';
  const arrow = written.indexOf('=>');
  const name = written.slice(0, arrow).trim();
  if (arrow < 0 || name === '' || name.includes('$'))
    return {
      message: `$${pv.syntax.name} needs the name of a table and a key: $${pv.syntax.name}(table=>key)`,
    };
  // as in Kamailio, a table that is not there is no mistake of the config; its items are $null
  if (self.find(name) === undefined)
    self.host.log.warn(`$${pv.syntax.name}(${written}): there is no table ${name}`);
  const table = (): HashTable | undefined => self.find(name);
  if (pv.inner !== undefined) {
    const key = pv.inner.slice(arrow + 2);
    return { table, key: () => key };
  }
  return { table, key: (context) => pv.innerOf(context).slice(arrow + 2) };
}

/** A variable about one item. */
function itemPv(
  doc: string,
  get: (table: HashTable, key: string) => Value,
  set?: (self: Htable, table: HashTable, key: string, value: Value) => void,
): PvDeclaration<Htable> {
  return {
    doc,
    inner: 'required',
    bind: (self, pv): PvBinding | { message: string } => {
      const reference = referenceOf(self, pv);
      if ('message' in reference) return reference;
      const read = (context: ScriptContext): Value => {
        const table = reference.table();
        return table === undefined ? null : get(table, reference.key(context));
      };
      if (set === undefined) return { get: read };
      return {
        get: read,
        set: (context, value) => {
          const table = reference.table();
          if (table === undefined) self.host.log.error(`there is no table for ${pv.syntax.text}`);
          else set(self, table, reference.key(context), value);
        },
      };
    },
  };
}

function assign(self: Htable, table: HashTable, key: string, value: Value): void {
  if (value === null) table.delete(key);
  else self.set(table, key, value);
}

function assignExpiry(self: Htable, table: HashTable, key: string, value: Value): void {
  if (typeof value === 'number') table.expireIn(key, value);
  else self.host.log.error(`$shtex of ${table.name} takes a number of seconds`);
}

/** Counts; a constant expression is compiled once. */
function countPv(doc: string, of: (item: { key: string; value: string | number }) => string | number) {
  const bind = (self: Htable, pv: PvReference): PvBinding | { message: string } => {
    const reference = referenceOf(self, pv);
    if ('message' in reference) return reference;
    let known: { readonly expression: string; readonly test: CountTest | undefined } | undefined;
    return {
      type: 'int',
      get: (context) => {
        const expression = reference.key(context);
        if (known?.expression !== expression) known = { expression, test: countTest(expression) };
        const { test } = known;
        if (test === undefined) self.host.log.error(`$${pv.syntax.name}: bad expression "${expression}"`);
        const table = reference.table();
        if (test === undefined || table === undefined) return 0;
        return table.count((item) => test.matches(of(item)));
      },
    };
  };
  return { doc, inner: 'required', bind } as const;
}

function iteratorPv(doc: string, of: (item: { key: string; value: string | number }) => Value) {
  const get = (pv: PvReference) => (context: ScriptContext) => {
    const item = iterators.find(context, pv.innerOf(context))?.current;
    return item === undefined ? null : of(item);
  };
  return { doc, inner: 'required', bind: (_self: Htable, pv: PvReference) => ({ get: get(pv) }) } as const;
}

function recordPv(pv: PvReference): PvBinding | { message: string } {
  switch (pv.inner) {
    case 'key':
      return { get: (context) => recordOf(context)?.key ?? null };
    case 'value':
      return { get: (context) => recordOf(context)?.value ?? null };
    default:
      return { message: '$shtrecord knows key and value' };
  }
}

export const pvs: Pvs = {
  sht: itemPv('value of an item: $sht(table=>key); $null removes it', (table, key) => table.get(key), assign),
  shtex: itemPv(
    'seconds that an item has still to live; 0 for ever',
    (table, key) => table.secondsLeft(key),
    assignExpiry,
  ),
  shtinc: itemPv('adds 1 to an item and gives the sum', (table, key) => table.increment(key, 1)),
  shtdec: itemPv('takes 1 from an item and gives what is left', (table, key) => table.increment(key, -1)),
  shtcn: countPv('number of items by name: $shtcn(table=>expression)', ({ key }) => key),
  shtcv: countPv('number of items by value: $shtcv(table=>expression)', ({ value }) => value),
  shtitkey: iteratorPv('key of the item that an iterator stands on', ({ key }) => key),
  shtitval: iteratorPv('value of the item that an iterator stands on', ({ value }) => value),
  shtrecord: {
    doc: 'key or value of the item that has expired',
    inner: 'required',
    bind: (_self, pv) => recordPv(pv),
  },
};
