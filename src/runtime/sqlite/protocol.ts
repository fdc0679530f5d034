import type { DatabaseOptions, DbQuery, DbStatement, DbValue } from '../../base/ports.ts';

/** What the thread of a database is asked to do. */
export type Request =
  | { readonly kind: 'query'; readonly query: DbQuery }
  | { readonly kind: 'write'; readonly statement: DbStatement }
  | { readonly kind: 'batch'; readonly statements: readonly DbStatement[] }
  | { readonly kind: 'raw'; readonly sql: string; readonly parameters: readonly DbValue[] };

/** One request with the number under which its answer comes back. */
export interface Numbered {
  readonly id: number;
  readonly request: Request;
}

export interface Answer {
  readonly id: number;
  readonly columns?: readonly string[];
  readonly rows?: readonly (readonly DbValue[])[];
  readonly affected?: number;
  readonly failure?: Failure;
}

export interface Failure {
  readonly code: string;
  readonly message: string;
}

export interface WorkerSettings {
  readonly path: string;
  readonly options: DatabaseOptions;
}

export type ToWorker =
  | { readonly kind: 'work'; readonly requests: readonly Numbered[] }
  | { readonly kind: 'close' };
export type FromWorker =
  | { readonly kind: 'opened' }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'answers'; readonly answers: readonly Answer[] };
