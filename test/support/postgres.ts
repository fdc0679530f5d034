/** A private PostgreSQL server for a test: its own folder, port and socket, nothing flushed to the disk. */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { accountFor, folderFor, freeTcpPort, runAs, ServerProcess } from './temporaryServer.ts';
import { missing } from './tools.ts';

export interface PostgresOptions {
  readonly user?: string;
  readonly password?: string;
  readonly database?: string;
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

export class Postgres {
  readonly port: number;
  /** The folder of the unix socket (`.s.PGSQL.port`); everybody may enter there as `postgres`. */
  readonly folder: string;
  /** Where `psql` and its like are. */
  readonly programs: string;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly #process: ServerProcess;

  private constructor(
    process: ServerProcess,
    place: { folder: string; port: number; programs: string },
    options: PostgresOptions,
  ) {
    this.#process = process;
    this.folder = place.folder;
    this.port = place.port;
    this.programs = place.programs;
    this.user = options.user ?? 'kamailio';
    this.password = options.password ?? 'kamailiorw';
    this.database = options.database ?? 'kamailio';
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

  /** `postgres://user:password@127.0.0.1:port/database`, as kamailio.cfg has it. */
  get url(): string {
    return this.urlOf();
  }

  /** The URL with another user, password, port (of a link to it) or database. */
  urlOf(other: { user?: string; password?: string; port?: number; database?: string } = {}): string {
    const { user, password, port, database } = { ...this.#own(), ...other };
    return `postgres://${user}:${password}@127.0.0.1:${port}/${database}`;
  }

  get pid(): number {
    return this.#process.pid;
  }

  log(): string {
    return this.#process.log();
  }

  /** SIGKILL. The server's children notice it by themselves. */
  kill(): Promise<void> {
    return this.#process.kill();
  }

  /** Starts again behind `kill`, on the same port with the same data. */
  async restart(): Promise<void> {
    for (let tries = 0; ; tries++) {
      try {
        return await this.#process.start();
      } catch (error) {
        // children of the killed server have not noticed yet
        if (tries >= restartTries || !/shared memory/.test(String(error))) throw error;
        await new Promise((resolve) => setTimeout(resolve, restartPauseMs));
      }
    }
  }

  pause(): void {
    this.#process.pause();
  }

  resume(): void {
    this.#process.resume();
  }

  /** Ends at once: nobody needs the data any more. */
  stop(): Promise<void> {
    return this.#process.stop('SIGQUIT');
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

  #own() {
    return { user: this.user, password: this.password, port: this.port, database: this.database };
  }
}
