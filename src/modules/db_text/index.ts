import { DatabaseError, errorText } from '../../base/errors.ts';
import type { DatabaseOptions } from '../../base/ports.ts';
import type { DatabaseModuleApi } from '../../module/databaseModule.ts';
import { type Config, defineModule, type ParamDeclarations } from '../../module/define.ts';
import type { Host } from '../../module/host.ts';
import { RpcFault, type RpcReply } from '../../module/rpc.ts';
import { TextDatabase } from './textDatabase.ts';

/** Where relative paths begin. */
const configFolder = '/etc/kamailio';

const params = {
  db_mode: {
    type: 'int',
    default: 0,
    min: 0,
    max: 1,
    doc: '0: a file is read once. 1: it is read again when it has changed.',
  },
  db_delim: {
    type: 'string',
    default: ':',
    check: (value: string) => (value.length === 1 ? undefined : 'expected one character'),
    doc: 'Between the fields of a row.',
  },
  default_connection: { type: 'string', default: '', doc: 'The database of the RPC method db_text.query.' },
  emptystring: {
    type: 'int',
    default: 0,
    min: 0,
    max: 1,
    doc: '1: nothing between two delimiters is an empty text, not null.',
  },
  file_buffer_size: {
    type: 'meaningless',
    default: 16384,
    because: 'rows may have any length',
    doc: 'Size of the buffer to read files with.',
  },
  max_result_rows: { type: 'int', default: 100_000, min: 1, doc: 'Rows that are read of one file at most.' },
} as const satisfies ParamDeclarations;

/** Folders of text files as databases. */
class DbText implements DatabaseModuleApi {
  readonly schemes = ['text', 'db_text'];
  readonly driver = {
    schemes: this.schemes,
    open: (url: string, options: DatabaseOptions) => this.#open(url, options),
  };
  readonly #host: Host;
  readonly #config: Config<typeof params & ParamDeclarations>;
  readonly #opened = new Map<string, TextDatabase>();

  constructor(host: Host, config: Config<typeof params & ParamDeclarations>) {
    this.#host = host;
    this.#config = config;
  }

  optionsFor(): Partial<DatabaseOptions> {
    return {};
  }

  async dump(): Promise<RpcReply> {
    try {
      for (const database of this.#opened.values()) await database.dump();
    } catch (error) {
      this.#host.log.error(`cannot write tables: ${errorText(error)}`);
      return new RpcFault(500, `dump failed: ${errorText(error)}`);
    }
    return ['Dump OK'];
  }

  async query(sql: string): Promise<RpcReply> {
    const url = this.#config.default_connection;
    if (url === '') return new RpcFault(500, 'no default_connection is set');
    try {
      await this.#host.database(url); // opened here when nobody else has
      const database = this.#opened.get(folderOf(url));
      const report = await database?.report(sql);
      if (report === undefined) return new RpcFault(500, `invalid connection: ${url}`);
      if (typeof report === 'number') return [`${report} affected rows`];
      const [header = '', ...rows] = report.lines;
      if (rows.length === 0) return ['statement returned 0 rows'];
      return [header, '', ...rows, '', `total rows ${rows.length} / ${report.total}`];
    } catch (error) {
      this.#host.log.error(`db_text.query: ${errorText(error)}`);
      return new RpcFault(500, 'error executing sql statement');
    }
  }

  async #open(url: string, options: DatabaseOptions): Promise<TextDatabase> {
    const folder = folderOf(url);
    if (!this.#host.files.existsSync(folder)) {
      throw new DatabaseError('DB_UNREACHABLE', `${folder}: there is no such folder`);
    }
    const { db_mode, db_delim, emptystring, max_result_rows } = this.#config;
    const settings = {
      delimiter: db_delim,
      emptyString: emptystring !== 0,
      maxRows: max_result_rows,
      isWatched: db_mode !== 0,
    };
    const opened = new TextDatabase(this.#host.files, folder, settings, options);
    this.#opened.set(folder, opened);
    return opened;
  }
}

/** `text:///var/db` is /var/db, `text://db` is below the folder of configurations. */
function folderOf(url: string): string {
  const path = url.replace(/^\w+:(\/\/)?/, '').replace(/(?<=.)\/+$/, '');
  if (path === '')
    throw new DatabaseError('DB_URL', `'${url}' names no folder; expected text:///path/to/folder`);
  return path.startsWith('/') ? path : `${configFolder}/${path}`;
}

export default defineModule({
  name: 'db_text',
  summary: 'Text files as tables: URLs text:///path/to/folder.',
  params,
  create: (host, config) => new DbText(host, config),
  rpc: {
    'db_text.dump': { doc: 'Writes changed tables to their files.', run: (self) => self.dump() },
    'db_text.query': {
      doc: 'Does a query on the database of default_connection.',
      args: [{ name: 'sqlcmd', type: 'string' }],
      run: (self, [sql]) => self.query(String(sql)),
    },
  },
  api: (self): DatabaseModuleApi => self,
});
