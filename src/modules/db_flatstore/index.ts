import { DatabaseError, errorText } from '../../base/errors.ts';
import type { Database, DatabaseOptions } from '../../base/ports.ts';
import type { DatabaseModuleApi } from '../../module/databaseModule.ts';
import { type Config, defineModule, type ParamDeclarations } from '../../module/define.ts';
import type { Host } from '../../module/host.ts';
import { FlatDatabase, type FlatFormat } from './flatDatabase.ts';

const oneCharacter = (value: string) => (value.length === 1 ? undefined : 'expected one character');
/** Failures in a row that are logged: the disk stays full for a while. */
const loggedEvery = 1000;

const params = {
  flush: {
    type: 'int',
    default: 1,
    min: 0,
    max: 1,
    doc: '1: who writes a row waits until it is in the file. 0: nobody waits.',
  },
  encode_delimiter: {
    type: 'int',
    default: 1,
    min: 0,
    max: 1,
    doc: '1: delimiters within text are written as % and two hexadecimal digits.',
  },
  field_delimiter: { type: 'string', default: '|', check: oneCharacter, doc: 'Between the fields of a row.' },
  record_delimiter: { type: 'string', default: '\n', check: oneCharacter, doc: 'Behind each row.' },
  file_suffix: { type: 'string', default: '.log', doc: 'The end of the names of files.' },
} as const satisfies ParamDeclarations;

type FlatConfig = Config<typeof params & ParamDeclarations>;

/** Folders of text files as databases. */
class FlatStore implements DatabaseModuleApi {
  readonly schemes = ['flatstore', 'db_flatstore'];
  readonly driver = {
    schemes: this.schemes,
    open: (url: string, options: DatabaseOptions) => this.#open(url, options),
  };
  readonly #host: Host;
  readonly #config: FlatConfig;
  readonly #opened: FlatDatabase[] = [];
  #failures = 0;

  constructor(host: Host, config: FlatConfig) {
    this.#host = host;
    this.#config = config;
  }

  optionsFor(): Partial<DatabaseOptions> {
    return {};
  }

  /** What is on its way reaches its files; later rows go to new ones where the old were moved away. */
  async rotate(): Promise<void> {
    await Promise.all(this.#opened.map((database) => database.flush()));
  }

  async #open(url: string, options: DatabaseOptions): Promise<Database> {
    const folder = url.replace(/^\w+:(?:\/\/(?=\/))?/, '').replace(/\/+$/, '');
    if (!folder.startsWith('/')) {
      throw new DatabaseError('DB_URL', `'${url}' names no folder; expected flatstore:/path/to/folder`);
    }
    if (!this.#host.files.existsSync(folder)) {
      throw new DatabaseError('DB_UNREACHABLE', `${folder}: there is no such folder`);
    }
    const { files } = this.#host;
    const opened = new FlatDatabase(files, folder, this.#format(), options, (path, error) =>
      this.#failed(path, error),
    );
    this.#opened.push(opened);
    return opened;
  }

  #format(): FlatFormat {
    const { flush, encode_delimiter, field_delimiter, record_delimiter, file_suffix } = this.#config;
    return {
      fieldDelimiter: field_delimiter,
      recordDelimiter: record_delimiter,
      isEncoded: encode_delimiter !== 0,
      isFlushed: flush !== 0,
      suffix: file_suffix,
    };
  }

  #failed(path: string, error: unknown): void {
    if (this.#failures++ % loggedEvery !== 0) return;
    this.#host.log.error(`cannot write to ${path}: ${errorText(error)} (${this.#failures} failures so far)`);
  }
}

export default defineModule({
  name: 'db_flatstore',
  summary: 'Text files that grow, for accounting: URLs flatstore:/path/to/folder.',
  params,
  create: (host, config) => new FlatStore(host, config),
  rpc: {
    'flatstore.k_rotate': {
      doc: 'To be called when files were moved away: what is still to be written gets to its file.',
      run: async (self) => {
        await self.rotate();
        return [];
      },
    },
  },
  api: (self): DatabaseModuleApi => self,
});
