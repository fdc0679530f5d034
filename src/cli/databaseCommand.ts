import { withoutPassword } from '../base/databaseUrl.ts';
import { DatabaseError } from '../base/errors.ts';
import { type CreatedTables, createTables, type ModuleGroup, moduleGroups } from '../server/schema/index.ts';
import type { Program } from './program.ts';

const usage = `Usage: olelo db create [URL] [group ...]
  makes the tables that kamdbctl makes, leaving those alone that exist
  URL     sqlite:///path (default: that of the built-in configuration), mysql://user:password@host/database,
          postgres://user:password@host/database
  groups  ${Object.keys(moduleGroups).join(', ')} (default: standard presence extra)`;

/** `olelo db ...`; the exit code. */
export async function databaseCommand(argv: readonly string[], program: Program): Promise<number> {
  const [verb, ...rest] = argv;
  if (verb !== 'create') {
    program.error(usage);
    return verb === undefined || verb === '-h' || verb === '--help' ? 0 : 255;
  }
  const [first, ...others] = rest;
  const isUrl = first?.includes('://') === true;
  const url = isUrl ? (first as string) : defaultDatabaseUrl(program);
  const groups = (isUrl ? others : rest) as ModuleGroup[];
  const unknown = groups.filter((group) => !Object.hasOwn(moduleGroups, group));
  if (unknown.length > 0) {
    program.error(`ERROR: no such group of tables: ${unknown.join(', ')}\n${usage}`);
    return 255;
  }
  return create(url, groups, program);
}

async function create(url: string, groups: readonly ModuleGroup[], program: Program): Promise<number> {
  const made = await makeTables(url, groups, program);
  program.out(
    `${withoutPassword(url)}: ${made.created.length} tables made, ${made.existing.length} were there already`,
  );
  return 0;
}

/** Makes the tables of a group that are not there yet; for the first start of the built-in default too. */
export async function makeTables(
  url: string,
  groups: readonly ModuleGroup[],
  program: Program,
): Promise<CreatedTables> {
  const ports = program.ports({
    to: 'stderr',
    colors: false,
    engine: undefined,
    facility: undefined,
    name: undefined,
  });
  const scheme = url.slice(0, url.indexOf(':'));
  const driver = ports.databaseDrivers.find(({ schemes }) => schemes.includes(scheme));
  if (driver === undefined) throw new DatabaseError('DB_NO_DRIVER', `no database driver for "${scheme}"`);
  const database = await driver.open(url, { maxPending: 10_000, busyTimeoutMs: 5000 });
  try {
    return await createTables(database, groups.length === 0 ? undefined : groups);
  } finally {
    await database.close();
  }
}

/** Where the built-in default configuration keeps its data. */
export function defaultDatabaseUrl(program: Program): string {
  return `sqlite:///${program.dataDirectory()}/olelo.sqlite`;
}
