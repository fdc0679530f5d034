/** A private MariaDB server for a test: its own folder, port and socket, nothing flushed to the disk. */
import { writeFileSync } from 'node:fs';
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
import { missing, requireTool } from './tools.ts';

export interface MariadbOptions extends DatabaseAccess {
  /** Further arguments of mariadbd. */
  readonly args?: readonly string[];
}

/** Starts a server for one test; undefined when MariaDB is not installed (the test is skipped, or fails under CI). */
export async function startMariadb(
  t: TestContext,
  options: MariadbOptions = {},
): Promise<Mariadb | undefined> {
  const server = requireTool(t, 'mariadbd', 'mariadb-server');
  const installer = requireTool(t, 'mariadb-install-db', 'mariadb-server');
  if (server === undefined || installer === undefined) return undefined;
  if (process.platform !== 'linux') return void missing(t, 'private databases need Linux');
  const mariadb = await Mariadb.start({ server, installer }, options);
  t.after(() => mariadb.stop());
  return mariadb;
}

/** Small, quick, and careless about power cuts; what was committed survives a kill. */
const quickly = [
  '--innodb-flush-log-at-trx-commit=2',
  '--innodb-flush-method=nosync',
  '--innodb-doublewrite=0',
  '--innodb-buffer-pool-size=24M',
  '--innodb-log-file-size=8M',
  '--innodb-use-native-aio=0',
  '--aria-pagecache-buffer-size=2M',
  '--key-buffer-size=1M',
  '--performance-schema=0',
  '--skip-log-bin',
];

export class Mariadb extends PrivateDatabase {
  /** The path of the unix socket; root may enter there without a password. */
  readonly socket: string;

  private constructor(
    process: ServerProcess,
    place: { folder: string; socket: string; port: number },
    options: MariadbOptions,
  ) {
    super('mysql', process, place, options);
    this.socket = place.socket;
  }

  static async start(
    programs: { readonly server: string; readonly installer: string },
    options: MariadbOptions = {},
  ): Promise<Mariadb> {
    const account = accountFor(['mysql']);
    const folder = folderFor(account, 'olelo-mariadb-');
    const data = join(folder, 'data');
    const socket = join(folder, 'mysql.sock');
    const port = await freeTcpPort();
    // the installer keeps tables of its own in the temporary folder, and two of them would share names there
    const files = [`--datadir=${data}`, `--tmpdir=${folder}`, '--innodb-log-file-size=8M'];
    const install = ['--no-defaults', ...files, '--skip-test-db', '--auth-root-authentication-method=normal'];
    await runAs(account, programs.installer, install, folder);
    const args = [
      '--no-defaults',
      ...files,
      `--socket=${socket}`,
      '--bind-address=127.0.0.1',
      `--port=${port}`,
      `--pid-file=${join(folder, 'pid')}`,
      `--init-file=${join(folder, 'init.sql')}`,
      ...quickly,
      ...(options.args ?? []),
    ];
    const ready = /ready for connections/;
    const process = new ServerProcess(account, programs.server, args, { folder, ready });
    const mariadb = new Mariadb(process, { folder, socket, port }, options);
    writeFileSync(join(folder, 'init.sql'), mariadb.#initSql());
    await process.start();
    return mariadb;
  }

  /** Starts again behind `kill`, on the same port with the same data. */
  restart(): Promise<void> {
    return this.process.start();
  }

  /** Ends at once: nobody needs the data any more. */
  stop(): Promise<void> {
    return this.process.stop('SIGKILL');
  }

  #initSql(): string {
    const password = this.password.replaceAll("'", "''");
    const hosts = ['localhost', '%'];
    return [
      `CREATE DATABASE IF NOT EXISTS \`${this.database}\`;`,
      ...hosts.map(
        (host) => `CREATE USER IF NOT EXISTS '${this.user}'@'${host}' IDENTIFIED BY '${password}';`,
      ),
      ...hosts.map((host) => `GRANT ALL ON *.* TO '${this.user}'@'${host}';`),
      '',
    ].join('\n');
  }
}
