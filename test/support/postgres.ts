/** A private PostgreSQL server for a test: its own folder, port and socket, nothing flushed to the disk. */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import {
  accountFor,
  type DatabaseAccess,
  folderFor,
  freeTcpPort,
  PrivateDatabase,
  runAs,
  ServerProcess,
} from './temporaryServer.ts';
import { missing } from './tools.ts';

export interface PostgresOptions extends DatabaseAccess {
  /** Further settings, `name=value`. */
  readonly settings?: readonly string[];
}

/** Debian keeps the programs of each version in a folder of its own. */
const debianFolder = '/usr/lib/postgresql';

/** The folder of initdb, postgres and psql, or undefined when there is none. */
export function postgresPrograms(): string | undefined {
  const versions = existsSync(debianFolder) ? readdirSync(debianFolder).sort().reverse() : [];
  return versions
    .map((version) => join(debianFolder, version, 'bin'))
    .find((folder) => existsSync(join(folder, 'initdb')));
}

/** Starts a server for one test; undefined when PostgreSQL is not installed (the test is skipped, or fails under CI). */
export async function startPostgres(
  t: TestContext,
  options: PostgresOptions = {},
): Promise<Postgres | undefined> {
  const programs = postgresPrograms();
  if (programs === undefined) {
    return void missing(t, 'postgres is not installed (Debian package postgresql)');
  }
  const postgres = await Postgres.start(programs, options);
  t.after(() => postgres.stop());
  return postgres;
}

/** Small, quick, and careless about power cuts; what was committed survives a kill. */
const quickly = [
  'fsync=off',
  'full_page_writes=off',
  'shared_buffers=16MB',
  'max_wal_size=64MB',
  'autovacuum=off',
  'listen_addresses=127.0.0.1',
  'logging_collector=off',
];

const restartTries = 50;
const restartPauseMs = 100;

/** Its `folder` is that of the unix socket (`.s.PGSQL.port`); everybody may enter there as `postgres`. */
export class Postgres extends PrivateDatabase {
  /** Where `psql` and its like are. */
  readonly programs: string;

  private constructor(
    process: ServerProcess,
    place: { folder: string; port: number; programs: string },
    options: PostgresOptions,
  ) {
    super('postgres', process, place, options);
    this.programs = place.programs;
  }

  static async start(programs: string, options: PostgresOptions = {}): Promise<Postgres> {
    const account = accountFor(['postgres']);
    const folder = folderFor(account, 'olelo-postgres-');
    const data = join(folder, 'data');
    const port = await freeTcpPort();
    const init = ['-D', data, '-U', 'postgres', '-A', 'scram-sha-256', '--auth-local=trust', '-E', 'UTF8'];
    const secret = join(folder, 'superuser');
    writeFileSync(secret, 'postgres\n', { mode: 0o644 });
    await runAs(
      account,
      join(programs, 'initdb'),
      [...init, '--locale=C', '--no-sync', '--no-instructions', `--pwfile=${secret}`],
      folder,
    );
    const settings = [
      ...quickly,
      `port=${port}`,
      `unix_socket_directories=${folder}`,
      ...(options.settings ?? []),
    ];
    const args = ['-D', data, ...settings.flatMap((setting) => ['-c', setting])];
    const ready = /ready to accept connections/;
    const process = new ServerProcess(account, join(programs, 'postgres'), args, { folder, ready });
    await process.start();
    const postgres = new Postgres(process, { folder, port, programs }, options);
    await postgres.#makeDatabase();
    return postgres;
  }

  /** Starts again behind `kill`, on the same port with the same data. */
  async restart(): Promise<void> {
    for (let tries = 0; ; tries++) {
      try {
        return await this.process.start();
      } catch (error) {
        // children of the killed server have not noticed yet
        if (tries >= restartTries || !/shared memory/.test(String(error))) throw error;
        await new Promise((resolve) => setTimeout(resolve, restartPauseMs));
      }
    }
  }

  /** Ends at once: nobody needs the data any more. */
  stop(): Promise<void> {
    return this.process.stop('SIGQUIT');
  }

  /** Runs SQL by psql as the superuser; what it writes, without alignment and headings. */
  psql(sql: string, database = this.database): Promise<string> {
    const where = ['-h', this.folder, '-p', String(this.port), '-U', 'postgres', '-d', database];
    const how = ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-c', sql];
    return runAs(undefined, join(this.programs, 'psql'), [...where, ...how], this.folder);
  }

  async #makeDatabase(): Promise<void> {
    const password = this.password.replaceAll("'", "''");
    await this.psql(`CREATE ROLE "${this.user}" LOGIN PASSWORD '${password}'`, 'postgres');
    await this.psql(`CREATE DATABASE "${this.database}" OWNER "${this.user}"`, 'postgres');
  }
}
