import { DatabaseError } from '../../base/errors.ts';

/** Our stable codes by the beginning of PostgreSQL's SQLSTATE. */
const codes: readonly (readonly [state: string, ours: string])[] = [
  ['23505', 'DB_DUPLICATE'],
  ['23', 'DB_CONSTRAINT'],
  ['42P01', 'DB_NO_TABLE'],
  ['42703', 'DB_NO_COLUMN'],
  ['55P03', 'DB_LOCKED'],
  ['40', 'DB_LOCKED'],
  ['25006', 'DB_READONLY'],
  ['531', 'DB_FULL'],
  ['57014', 'DB_SLOW'],
  ['57P', 'DB_AWAY'],
  ['08', 'DB_AWAY'],
  ['28', 'DB_REFUSED'],
  ['3D', 'DB_REFUSED'],
  ['42501', 'DB_REFUSED'],
];

export function postgresFailure(error: unknown): DatabaseError {
  if (error instanceof DatabaseError) return error;
  const { code = '' } = error as { code?: string };
  const message = error instanceof Error ? error.message : String(error);
  const known = codes.find(([state]) => code.startsWith(state));
  if (known !== undefined) return new DatabaseError(known[1], message, { cause: error });
  const isConnection = code === '' ? /[Cc]onnection|queryable|timeout/.test(message) : /^E[A-Z]+$/.test(code);
  return new DatabaseError(isConnection ? 'DB_AWAY' : 'DB_ERROR', message || code, { cause: error });
}
