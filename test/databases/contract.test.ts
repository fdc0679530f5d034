import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { databaseContract } from '../../src/base/databaseContract.ts';
import type { TableDefinition } from '../../src/base/tables.ts';
import type { DatabaseModuleApi } from '../../src/module/databaseModule.ts';
import { fakeHost, ModuleUnderTest } from '../../src/module/testing.ts';
import dbText from '../../src/modules/db_text/index.ts';
import { NodeFiles } from '../../src/runtime/files.ts';
import { temporaryFolder } from '../../src/runtime/testing.ts';
import { mariadbSubject, openFresh, postgresSubject } from './subjects.ts';

// Times without a zone are local: those of the contract are written for UTC.
process.env.TZ = 'UTC';

for (const subject of [mariadbSubject(), postgresSubject()]) {
  databaseContract({
    name: subject.name,
    open: (t, tables, options) => openFresh(t, subject, tables, options),
  });
}

const textTypes: readonly (readonly [pattern: RegExp, type: string])[] = [
  [/INT|TIMESTAMP/, 'int'],
  [/REAL/, 'double'],
  [/CHAR|BLOB/, 'string'],
];

/** The first line of a table's file. */
function headerOf({ columns }: TableDefinition): string {
  return columns
    .map(({ name, type, primaryKey, notNull }) => {
      const written = textTypes.find(([pattern]) => pattern.test(type))?.[1] ?? '';
      return `${name}(${written}${primaryKey ? ',auto' : notNull ? '' : ',null'})`;
    })
    .join(' ');
}

databaseContract({
  name: 'db_text',
  lacks: new Map([
    ['defaults', 'a file says nothing of defaults'],
    ['unique', 'a file says nothing of unique keys'],
    ['bytes', 'a file holds text'],
  ]),
  open: async (t, tables, options) => {
    const folder = await temporaryFolder(t);
    for (const table of tables) writeFileSync(join(folder, table.name), `${headerOf(table)}\n`);
    const { loaded } = new ModuleUnderTest(dbText, fakeHost({ files: new NodeFiles() }));
    const api = loaded.declaration.api?.(loaded.instance) as DatabaseModuleApi;
    return api.driver?.open(`text://${folder}`, options);
  },
});
