import type { DatabaseModuleApi } from '../../module/databaseModule.ts';
import { defineModule } from '../../module/define.ts';
import { FileOptions } from './fileOptions.ts';

export default defineModule({
  name: 'db_sqlite',
  summary: 'SQLite files as databases: URLs sqlite:///path/to/file.',
  params: {
    db_set_readonly: {
      type: 'list',
      default: [],
      doc: 'Path of a database that is only read: writes to it fail, and it is not made when missing.',
    },
    db_set_journal_mode: {
      type: 'list',
      default: [],
      doc: '`path=MODE`: journal mode of a database (DELETE, TRUNCATE, PERSIST, MEMORY, WAL, OFF). Default here: WAL.',
    },
    db_set_busy_timeout: {
      type: 'list',
      default: [],
      doc: '`path=ms`, or `ms` for all: how long a write waits for a lock of another program.',
    },
  },
  create: (_host, config) => new FileOptions(config),
  api: (self): DatabaseModuleApi => self,
});
