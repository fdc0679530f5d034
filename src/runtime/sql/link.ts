import type { DatabaseError } from '../../base/errors.ts';
import type { DbResult, DbValue } from '../../base/ports.ts';

/** SQL whose values are ready for the wire. */
export interface Statement {
  readonly text: string;
  readonly values: readonly DbValue[];
  /** Written by us and asked again and again: worth preparing. */
  readonly isPrepared: boolean;
}

/**
 * One connection to a database server. Statements may be handed over while earlier ones are under way (they are
 * pipelined); they are done in order.
 */
export interface SqlLink {
  execute(statement: Statement): Promise<DbResult>;
  /** All or none. Nothing that is handed over later gets between them. */
  transaction(statements: readonly Statement[]): Promise<void>;
  ping(): Promise<void>;
  /** Says good-bye behind all that was handed over. */
  end(): Promise<void>;
  /** Breaks the connection. */
  destroy(): void;
}

/** `write` has one connection, whose work keeps its order; `read` may have several. */
export type LinkRole = 'write' | 'read';

/** Makes a connection; `onLost` is called once if it breaks later. Rejects with a `DatabaseError`. */
export type Connect = (role: LinkRole, onLost: (error: DatabaseError) => void) => Promise<SqlLink>;
