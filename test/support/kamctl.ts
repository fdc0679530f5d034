/** The package's kamctl and kamdbctl on a private database: settings in a home folder of their own. */
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Mariadb } from './mariadb.ts';
import { runProgram } from './program.ts';
import type { RunningServer } from './server.ts';
import { requireTool } from './tools.ts';

const timeoutMs = 60_000;

export class Kamctl {
  readonly #home: string;
  readonly #programs: Readonly<Record<'kamctl' | 'kamdbctl', string>>;

  private constructor(home: string, programs: Readonly<Record<'kamctl' | 'kamdbctl', string>>) {
    this.#home = home;
    this.#programs = programs;
  }

  /** For a database of its own on a MariaDB server; undefined when the package is not installed. */
  static on(
    t: TestContext,
    mariadb: Mariadb,
    options: { readonly database: string; readonly domain: string },
  ): Kamctl | undefined {
    const kamctl = requireTool(t, 'kamctl', 'kamailio');
    const kamdbctl = requireTool(t, 'kamdbctl', 'kamailio');
    if (kamctl === undefined || kamdbctl === undefined) return undefined;
    const home = mkdtempSync(join(tmpdir(), 'olelo-kamctl-'));
    t.after(() => rmSync(home, { recursive: true, force: true }));
    const settings: Record<string, string> = {
      SIP_DOMAIN: options.domain,
      DBENGINE: 'MYSQL',
      DBHOST: 'localhost',
      DBNAME: options.database,
      DBRWUSER: mariadb.user,
      DBRWPW: mariadb.password,
      CHARSET: 'latin1',
      INSTALL_EXTRA_TABLES: 'yes',
      INSTALL_PRESENCE_TABLES: 'yes',
      INSTALL_DBUID_TABLES: 'no',
      STORE_PLAINTEXT_PW: '1',
    };
    const lines = Object.entries(settings).map(([name, value]) => `${name}="${value}"\n`);
    writeFileSync(join(home, '.kamctlrc'), lines.join(''));
    // with DBHOST localhost the clients take the socket, where root needs no password
    writeFileSync(join(home, '.my.cnf'), `[client]\nsocket=${mariadb.socket}\n`);
    return new Kamctl(home, { kamctl, kamdbctl });
  }

  /** Commands that ask the server go to this one from now on. */
  useServer(server: RunningServer): void {
    const fifo = join(server.folder, 'kamailio_rpc.fifo');
    appendFileSync(join(this.#home, '.kamctlrc'), `RPCFIFOPATH="${fifo}"\n`);
  }

  /** Makes database and tables. Throws with the output when that fails. */
  createDatabase(): Promise<string> {
    return this.#run('kamdbctl', ['create']);
  }

  /** `run('add', 'alice', 'secret')`. Throws with the output when that fails. */
  run(...args: string[]): Promise<string> {
    return this.#run('kamctl', args);
  }

  async #run(program: 'kamctl' | 'kamdbctl', args: readonly string[]): Promise<string> {
    const env = { HOME: this.#home, TERM: 'dumb' };
    const { code, stdout, stderr } = await runProgram(this.#programs[program], args, {
      env,
      timeoutMs,
      cwd: this.#home,
    });
    if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}:\n${stdout}${stderr}`);
    return stdout + stderr;
  }
}
