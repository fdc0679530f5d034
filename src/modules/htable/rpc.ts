import { errorText } from '../../base/errors.ts';
import { breakDown, strftime } from '../../base/strftime.ts';
import type { RpcDeclaration } from '../../module/define.ts';
import {
  type RpcArgument,
  RpcFault,
  type RpcParameter,
  RpcRecords,
  type RpcReply,
  RpcStruct,
} from '../../module/rpc.ts';
import type { Htable } from './htable.ts';
import type { HashTable, Item } from './table.ts';

const tableParameter: RpcParameter = { name: 'htable', type: 'string' };
const keyParameter: RpcParameter = { name: 'key', type: 'string' };
const expireParameter: RpcParameter = { name: 'expire', type: 'int' };

const noTable = new RpcFault(500, 'No such htable');
const isSet = ['Ok. Key set to new value.'];

/** Runs with the table of the first argument. */
function withTable(
  self: Htable,
  name: RpcArgument | undefined,
  run: (table: HashTable) => RpcReply | Promise<RpcReply>,
): RpcReply | Promise<RpcReply> {
  const table = self.find(String(name));
  return table === undefined ? noTable : run(table);
}

function expiryText(self: Htable, { expiresMs }: Item): string {
  if (expiresMs === Number.POSITIVE_INFINITY) return 'NEVER';
  const endMs = self.host.clock.wallMs() + expiresMs - self.host.timers.nowMs;
  return strftime('%Y-%m-%d %H:%M:%S', breakDown(Math.floor(endMs / 1000), false));
}

function itemReply(self: Htable, item: Item): RpcReply {
  const struct = new RpcStruct({
    name: item.key,
    value: item.value,
    flags: typeof item.value === 'string' ? 2 : 0,
    expire: expiryText(self, item),
  });
  return [new RpcStruct({ item: struct })];
}

/** One record for each slot that holds something. */
function dump(table: HashTable): RpcReply {
  return table.slots.flatMap((slot, entry) => {
    const alive = slot.filter((item) => table.find(item.key) === item);
    if (alive.length === 0) return [];
    const items = alive.map(
      ({ key, value }) =>
        new RpcStruct({ name: key, value, type: typeof value === 'string' ? 'str' : 'int' }),
    );
    return [new RpcStruct({ entry, size: items.length, slot: new RpcRecords(items) })];
  });
}

/** Newest definition first, as Kamailio lists them. */
function backwards(self: Htable): HashTable[] {
  return [...self.tables].reverse();
}

function listing({ definition }: HashTable): RpcStruct {
  return new RpcStruct({
    name: definition.name,
    dbtable: definition.dbTable,
    dbmode: Number(definition.writesBack),
    expire: definition.autoExpireSec,
    updateexpire: Number(definition.updateRenews),
    size: 2 ** definition.size,
    dmqreplicate: Number(definition.replicates),
  });
}

function counts(table: HashTable): RpcStruct {
  const lengths = table.slots.map((slot) => slot.length);
  const min = lengths.reduce((least, length) => Math.min(least, length), Number.POSITIVE_INFINITY);
  const max = lengths.reduce((most, length) => Math.max(most, length), 0);
  return new RpcStruct({ name: table.name, slots: table.slots.length, all: table.size, min, max });
}

/** Runs something with the database of a table. */
async function withDatabase(
  self: Htable,
  name: RpcArgument | undefined,
  done: string,
  run: (table: HashTable) => Promise<void>,
): Promise<RpcReply> {
  if (self.config.db_url === '') return new RpcFault(500, 'No htable db_url');
  const table = self.find(String(name));
  if (table === undefined) return noTable;
  if (table.definition.dbTable === '') return new RpcFault(500, 'No database htable');
  try {
    await run(table);
    return [done];
  } catch (error) {
    self.host.log.error(`table ${table.name}: ${errorText(error)}`);
    return new RpcFault(500, 'Htable operation failed');
  }
}

function set(self: Htable, [name, key, value]: readonly RpcArgument[]): RpcReply | Promise<RpcReply> {
  return withTable(self, name, (table) =>
    self.set(table, String(key), asValue(value)) ? isSet : new RpcFault(500, 'The htable is full'),
  );
}

function asValue(value: RpcArgument | undefined): string | number {
  return typeof value === 'number' ? value : String(value);
}

function setWithExpiry(self: Htable, args: readonly RpcArgument[]): RpcReply | Promise<RpcReply> {
  const [name, key, , expire] = args;
  return withTable(self, name, (table) => {
    const reply = set(self, args);
    table.expireIn(String(key), Number(expire));
    return reply;
  });
}

const valueParameter = (type: 'string' | 'int'): RpcParameter => ({ name: 'value', type });

export const rpc: Readonly<Record<string, RpcDeclaration<Htable>>> = {
  'htable.get': {
    doc: 'One item.',
    args: [tableParameter, keyParameter],
    run: (self, [name, key]) =>
      withTable(self, name, (table) => {
        const item = table.find(String(key));
        return item === undefined
          ? new RpcFault(500, "Key name doesn't exist in htable.")
          : itemReply(self, item);
      }),
  },
  'htable.delete': {
    doc: 'Removes one item.',
    args: [tableParameter, keyParameter],
    run: (self, [name, key]) =>
      withTable(self, name, (table) =>
        table.delete(String(key)) ? ['Ok. Key deleted.'] : new RpcFault(404, 'Key not found in htable.'),
      ),
  },
  'htable.sets': {
    doc: 'Sets an item to a text.',
    args: [tableParameter, keyParameter, valueParameter('string')],
    run: set,
  },
  'htable.seti': {
    doc: 'Sets an item to a number.',
    args: [tableParameter, keyParameter, valueParameter('int')],
    run: set,
  },
  'htable.setex': {
    doc: 'Sets when an item expires, in seconds from now.',
    args: [tableParameter, keyParameter, expireParameter],
    run: (self, [name, key, expire]) =>
      withTable(self, name, (table) => {
        table.expireIn(String(key), Number(expire));
        return ['Ok'];
      }),
  },
  'htable.setxs': {
    doc: 'Sets an item to a text, and when it expires.',
    args: [tableParameter, keyParameter, valueParameter('string'), expireParameter],
    run: setWithExpiry,
  },
  'htable.setxi': {
    doc: 'Sets an item to a number, and when it expires.',
    args: [tableParameter, keyParameter, valueParameter('int'), expireParameter],
    run: setWithExpiry,
  },
  'htable.dump': {
    doc: 'All items of a table.',
    args: [tableParameter],
    returnsArray: true,
    run: (self, [name]) => withTable(self, name, dump),
  },
  'htable.flush': {
    doc: 'Empties a table.',
    args: [tableParameter],
    run: (self, [name]) =>
      withTable(self, name, (table) => {
        table.clear();
        return ['Ok. Htable flushed.'];
      }),
  },
  'htable.reload': {
    doc: 'Replaces the content of a table by that of its database table.',
    args: [tableParameter],
    run: (self, [name]) =>
      withDatabase(self, name, 'Ok. Htable reloaded.', (table) => self.reload(table.name)),
  },
  'htable.store': {
    doc: 'Writes a table to its database table.',
    args: [tableParameter],
    run: (self, [name]) =>
      withDatabase(self, name, 'Ok. Htable successfully stored to DB.', (table) => self.store(table)),
  },
  'htable.listTables': {
    doc: 'All tables with their definitions.',
    returnsArray: true,
    run: (self) => backwards(self).map(listing),
  },
  'htable.stats': {
    doc: 'Number of items of each table, and how its slots are filled.',
    returnsArray: true,
    run: (self) => backwards(self).map(counts),
  },
};
