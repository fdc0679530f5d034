import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { createTables, tableNamed } from '../../src/server/schema/index.ts';
import { repository } from '../support/server.ts';
import { missing } from '../support/tools.ts';
import { mariadbSubject, openFresh, postgresSubject, quiet } from './subjects.ts';

const run = promisify(execFile);

for (const subject of [mariadbSubject(), postgresSubject()]) {
  test(`${subject.name}: all tables are made once, as kamdbctl has them`, async (t) => {
    const database = await openFresh(t, subject, [], quiet);
    if (database === undefined) return;
    const { created } = await createTables(database, ['standard', 'presence', 'extra', 'uid']);
    const again = await createTables(database, ['standard', 'presence', 'extra', 'uid']);
    assert.equal(again.created.length, 0);
    assert.deepEqual(again.existing, created);
    const { rows } = await database.query({ table: 'version', columns: ['table_name', 'table_version'] });
    for (const [name, version] of rows)
      assert.equal(tableNamed(String(name))?.version, version, String(name));
    await assertColumns(t, subject.name, database);
    await database.close();
  });

  test(`${subject.name}: olelo db create makes them from a URL`, async (t) => {
    const url = await subject.freshUrl(t);
    if (url === undefined) return;
    const { stdout } = await run(join(repository, 'bin', 'olelo'), ['db', 'create', url, 'standard']);
    assert.match(stdout, /\d+ tables made, 0 were there already/);
    assert.ok(!stdout.includes('kamailiorw'), 'the password is not shown');
    const database = await subject.driver.open(url, quiet);
    await database.insert('subscriber', { username: 'ann', domain: 'x', password: 'p' });
    await database.close();
  });
}

/** Our columns against those of the scripts that Debian's package has. */
async function assertColumns(
  t: Parameters<typeof missing>[0],
  kind: 'mysql' | 'postgres',
  database: NonNullable<Awaited<ReturnType<typeof openFresh>>>,
): Promise<void> {
  for (const module of ['usrloc', 'acc', 'auth_db', 'presence', 'dialog']) {
    let script: string;
    try {
      script = readFileSync(`/usr/share/kamailio/${kind}/${module}-create.sql`, 'utf8');
    } catch {
      return missing(t, 'the SQL scripts of Kamailio are not installed (Debian package kamailio)');
    }
    for (const [, table = '', body = ''] of script.matchAll(/CREATE TABLE `?(\w+)`? \((.*?)\n\);/gs)) {
      const theirs = [...body.matchAll(/^ {4}`?(\w+)`? (?!UNIQUE)[A-Z]/gm)]
        .map(([, name]) => name)
        .filter((name) => name !== 'CONSTRAINT');
      const { columns } = await database.query({ table, columns: [], limit: 1 });
      assert.deepEqual(columns, theirs, `${kind} ${table}`);
    }
  }
}
