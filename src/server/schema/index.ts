import type { Database, SqlDialect } from '../../base/ports.ts';
import { createTableSql, type TableDefinition } from '../../base/tables.ts';
import { accountsTables } from './accounts.ts';
import { callsTables } from './calls.ts';
import type { ModuleTables } from './columns.ts';
import { presenceTables } from './presence.ts';
import { registrationsTables } from './registrations.ts';
import { routingTables } from './routing.ts';
import { uidTables } from './uid.ts';

/** The tables that kamdbctl makes, with their versions, by the module that they belong to. */
export const moduleTables: ModuleTables = {
  ...accountsTables,
  ...callsTables,
  ...registrationsTables,
  ...routingTables,
  ...presenceTables,
  ...uidTables,
};

/** Groups of modules as `kamdbctl create` asks for them, in the order of creation. */
export const moduleGroups = {
  standard: [
    ...[
      'standard',
      'acc',
      'lcr',
      'domain',
      'group',
      'permissions',
      'registrar',
      'usrloc',
      'msilo',
      'alias_db',
    ],
    ...['uri_db', 'speeddial', 'avpops', 'auth_db', 'pdt', 'dialog', 'dispatcher', 'dialplan', 'topos'],
  ],
  presence: ['presence', 'rls'],
  extra: [
    ...['imc', 'cpl', 'siptrace', 'domainpolicy', 'carrierroute', 'drouting', 'userblocklist', 'htable'],
    ...[
      'purple',
      'uac',
      'pipelimit',
      'mtree',
      'sca',
      'mohqueue',
      'rtpproxy',
      'rtpengine',
      'secfilter',
      'matrix',
    ],
  ],
  uid: ['uid_auth_db', 'uid_avp_db', 'uid_domain', 'uid_gflags', 'uid_uri_db'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type ModuleGroup = keyof typeof moduleGroups;

/** A table by its name. */
export function tableNamed(name: string): TableDefinition | undefined {
  for (const tables of Object.values(moduleTables)) {
    const found = tables.find((candidate) => candidate.name === name);
    if (found !== undefined) return found;
  }
  return undefined;
}

export interface CreatedTables {
  readonly created: readonly string[];
  /** They were there already and are untouched. */
  readonly existing: readonly string[];
}

/**
 * Makes the tables of these groups, and their rows in `version`. What exists is left alone, so an interrupted run can be
 * repeated. Each table comes with its version row or not at all (MySQL: the row comes last).
 */
export async function createTables(
  database: Database,
  groups: readonly ModuleGroup[] = ['standard', 'presence', 'extra'],
): Promise<CreatedTables> {
  const dialect = database.dialect ?? 'sqlite';
  const present = await tableNames(database, dialect);
  const created: string[] = [];
  const existing: string[] = [];
  for (const definition of tablesOf(groups)) {
    if (present.has(definition.name)) {
      existing.push(definition.name);
      continue;
    }
    await createTable(database, dialect, creationSql(definition, dialect));
    created.push(definition.name);
  }
  return { created, existing };
}

/** MySQL ends a transaction with each change of the schema, and takes one statement at a time. */
async function createTable(
  database: Database,
  dialect: SqlDialect,
  statements: readonly string[],
): Promise<void> {
  if (dialect === 'mysql') for (const sql of statements) await database.raw(sql);
  else await database.raw(`BEGIN; ${statements.join(';\n')}; COMMIT;`);
}

/** Table definitions of these groups, in the order of creation; `version` first. */
export function tablesOf(groups: readonly ModuleGroup[]): readonly TableDefinition[] {
  const modules = new Set<string>(['standard', ...groups.flatMap((group) => moduleGroups[group])]);
  return [...modules].flatMap((module) => moduleTables[module] ?? []);
}

function creationSql(definition: TableDefinition, dialect: SqlDialect): readonly string[] {
  const { name, version } = definition;
  const statements = [...createTableSql(definition, dialect)];
  if (version > 0) {
    statements.push(`INSERT INTO version (table_name, table_version) VALUES ('${name}', ${version})`);
  }
  return statements;
}

const tablesQuery: Readonly<Record<SqlDialect, string>> = {
  sqlite: "SELECT name FROM sqlite_master WHERE type = 'table'",
  mysql: 'SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()',
  postgres:
    'SELECT table_name FROM information_schema.tables WHERE table_schema = ANY (current_schemas(false))',
};

async function tableNames(database: Database, dialect: SqlDialect): Promise<ReadonlySet<string>> {
  const { rows } = await database.raw(tablesQuery[dialect]);
  return new Set(rows.map(([name]) => String(name)));
}
