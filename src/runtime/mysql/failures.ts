import { DatabaseError } from '../../base/errors.ts';

/** Our stable codes by MySQL's error numbers. */
const codes: ReadonlyMap<number, string> = new Map([
  [1062, 'DB_DUPLICATE'],
  [1586, 'DB_DUPLICATE'],
  [1048, 'DB_CONSTRAINT'],
  [1364, 'DB_CONSTRAINT'],
  [1451, 'DB_CONSTRAINT'],
  [1452, 'DB_CONSTRAINT'],
  [4025, 'DB_CONSTRAINT'],
  [1146, 'DB_NO_TABLE'],
  [1054, 'DB_NO_COLUMN'],
  [1205, 'DB_LOCKED'],
  [1213, 'DB_LOCKED'],
  [1021, 'DB_FULL'],
  [1114, 'DB_FULL'],
  [1290, 'DB_READONLY'],
  [1792, 'DB_READONLY'],
  [1836, 'DB_READONLY'],
  [1044, 'DB_REFUSED'],
  [1045, 'DB_REFUSED'],
  [1049, 'DB_REFUSED'],
  [1142, 'DB_REFUSED'],
  // the server is going down, or has ended this connection
  [1053, 'DB_AWAY'],
  [1152, 'DB_AWAY'],
  [1927, 'DB_AWAY'],
  [4031, 'DB_AWAY'],
]);

interface MysqlError {
  /** The connection cannot be used any more. */
  readonly fatal?: boolean;
  readonly errno?: number;
  readonly code?: string;
  readonly sqlMessage?: string;
}

export function mysqlFailure(error: unknown): DatabaseError {
  if (error instanceof DatabaseError) return error;
  const { fatal = false, errno = 0, code = '', sqlMessage } = error as MysqlError;
  const message = sqlMessage ?? (error instanceof Error ? error.message : String(error));
  const known = codes.get(errno);
  if (known !== undefined) return new DatabaseError(known, message, { cause: error });
  const isConnection = sqlMessage === undefined && (fatal || /^(E[A-Z]+|PROTOCOL_.*)$/.test(code));
  return new DatabaseError(isConnection ? 'DB_AWAY' : 'DB_ERROR', message || code, { cause: error });
}
