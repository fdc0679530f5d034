import { DatabaseError } from '../../base/errors.ts';
import type { Failure } from './protocol.ts';

/** Our stable codes by the beginning of SQLite's. */
const codes: readonly (readonly [sqlite: string, ours: string])[] = [
  ['SQLITE_CONSTRAINT_UNIQUE', 'DB_DUPLICATE'],
  ['SQLITE_CONSTRAINT_PRIMARYKEY', 'DB_DUPLICATE'],
  ['SQLITE_CONSTRAINT', 'DB_CONSTRAINT'],
  ['SQLITE_BUSY', 'DB_LOCKED'],
  ['SQLITE_LOCKED', 'DB_LOCKED'],
  ['SQLITE_FULL', 'DB_FULL'],
  ['SQLITE_READONLY', 'DB_READONLY'],
  ['SQLITE_IOERR', 'DB_IO'],
  ['SQLITE_CANTOPEN', 'DB_UNREACHABLE'],
  ['SQLITE_CORRUPT', 'DB_CORRUPT'],
  ['SQLITE_NOTADB', 'DB_CORRUPT'],
];

/** Failures behind which the file is opened anew. */
const reopening: ReadonlySet<string> = new Set(['DB_IO', 'DB_UNREACHABLE', 'DB_CORRUPT', 'DB_READONLY']);

export function failureOf(error: unknown): Failure {
  if (error instanceof DatabaseError) return { code: error.code, message: error.message };
  const message = error instanceof Error ? error.message : String(error);
  const sqlite = String((error as { code?: unknown } | undefined)?.code ?? '');
  const known = codes.find(([prefix]) => sqlite.startsWith(prefix));
  if (known !== undefined) return { code: known[1], message };
  if (message.includes('no such table')) return { code: 'DB_NO_TABLE', message };
  if (/no such column|has no column named/.test(message)) return { code: 'DB_NO_COLUMN', message };
  if (message.includes('Unable to open')) return { code: 'DB_UNREACHABLE', message };
  return { code: 'DB_ERROR', message };
}

export function needsReopening(code: string): boolean {
  return reopening.has(code);
}
