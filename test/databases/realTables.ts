/** Tables made by the SQL scripts of Debian's package, as kamdbctl runs them. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Mariadb } from '../support/mariadb.ts';
import type { Postgres } from '../support/postgres.ts';
import { runProgram } from '../support/program.ts';
import { findTool } from '../support/tools.ts';

const folder = '/usr/share/kamailio';

export function hasScripts(kind: 'mysql' | 'postgres'): boolean {
  return existsSync(`${folder}/${kind}/standard-create.sql`);
}

async function scripts(kind: 'mysql' | 'postgres', modules: readonly string[]): Promise<string> {
  const texts = ['standard', ...modules].map((module) =>
    readFile(`${folder}/${kind}/${module}-create.sql`, 'utf8'),
  );
  return (await Promise.all(texts)).join('\n');
}

/** Runs SQL as root of the database, through its own client. */
export async function mariadbSql(server: Mariadb, sql: string): Promise<string> {
  const client = findTool('mariadb');
  if (client === undefined) throw new Error('mariadb is not installed (Debian package mariadb-client)');
  const args = ['--no-defaults', '-N', '-B', '-S', server.socket, '-u', 'root', server.database];
  const { code, stdout, stderr } = await runProgram(client, args, { input: sql });
  if (code !== 0) throw new Error(`mariadb: ${stderr}`);
  return stdout;
}

export async function makeMariadbTables(server: Mariadb, modules: readonly string[]): Promise<void> {
  await mariadbSql(server, await scripts('mysql', modules));
}

export async function makePostgresTables(server: Postgres, modules: readonly string[]): Promise<void> {
  const sql = await scripts('postgres', modules);
  await server.psql(`SET ROLE "${server.user}"; ${sql.replaceAll(/^--.*$/gm, '')}`);
}
