import { ServerError } from '../../base/errors.ts';
import type { DatabaseOptions } from '../../base/ports.ts';
import type { DatabaseModuleApi } from '../../module/databaseModule.ts';

const journalModes: ReadonlySet<string> = new Set(['DELETE', 'TRUNCATE', 'PERSIST', 'MEMORY', 'WAL', 'OFF']);

export interface FileSettings {
  /** Paths. */
  readonly db_set_readonly: readonly string[];
  /** `path=MODE`, a final semicolon allowed. */
  readonly db_set_journal_mode: readonly string[];
  /** `path=milliseconds`, or only milliseconds for all files. */
  readonly db_set_busy_timeout: readonly string[];
}

type MutableOptions = { -readonly [K in keyof DatabaseOptions]?: DatabaseOptions[K] };

/** Options of single database files, by path. */
export class FileOptions implements DatabaseModuleApi {
  readonly schemes = ['sqlite', 'db_sqlite'];
  readonly #ofPath = new Map<string, MutableOptions>();
  readonly #ofAll: MutableOptions = {};

  /** @throws ServerError DB_SQLITE_PARAM for a value that cannot be understood. */
  constructor(settings: FileSettings) {
    for (const path of settings.db_set_readonly) this.#file(path).readOnly = true;
    for (const text of settings.db_set_journal_mode) this.#setJournalMode(text);
    for (const text of settings.db_set_busy_timeout) this.#setBusyTimeout(text);
  }

  optionsFor(url: string): Partial<DatabaseOptions> {
    return { ...this.#ofAll, ...this.#ofPath.get(pathOf(url)) };
  }

  #setJournalMode(text: string): void {
    const [path, mode] = splitAtEquals('db_set_journal_mode', text);
    const upper = mode.toUpperCase();
    if (!journalModes.has(upper)) {
      throw refused(
        'db_set_journal_mode',
        text,
        `expected path=MODE with one of ${[...journalModes].join(', ')}`,
      );
    }
    this.#file(path).journalMode = upper;
  }

  #setBusyTimeout(text: string): void {
    const single = /^\d+$/.test(text);
    const [path, number] = single ? ['', text] : splitAtEquals('db_set_busy_timeout', text);
    const timeoutMs = Number(number);
    if (!Number.isInteger(timeoutMs) || timeoutMs < 0) {
      throw refused('db_set_busy_timeout', text, 'expected milliseconds, or path=milliseconds');
    }
    (single ? this.#ofAll : this.#file(path)).busyTimeoutMs = timeoutMs;
  }

  #file(path: string): MutableOptions {
    const key = pathOf(path);
    const known = this.#ofPath.get(key) ?? {};
    this.#ofPath.set(key, known);
    return known;
  }
}

/** `sqlite:////var/x.db`, `//var/x.db` and `/var/x.db` are one file. */
function pathOf(urlOrPath: string): string {
  return urlOrPath.replace(/^[a-z_]+:\/\//i, '').replace(/^\/+/, '/');
}

function splitAtEquals(param: string, text: string): [path: string, value: string] {
  const trimmed = text.trim().replace(/;$/, '');
  const at = trimmed.lastIndexOf('=');
  if (at <= 0) throw refused(param, text, 'expected path=value');
  return [trimmed.slice(0, at), trimmed.slice(at + 1).trim()];
}

function refused(param: string, value: string, why: string): ServerError {
  return new ServerError('DB_SQLITE_PARAM', `modparam("db_sqlite", "${param}", "${value}"): ${why}`);
}
