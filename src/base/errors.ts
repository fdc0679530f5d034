/**
 * Operational errors: the world failed us. Each has a stable code for logs, counters and docs.
 * Wire errors are values (see sip/), config errors are Diagnostics (see lang/), programmer errors are assertions.
 */
export class ServerError extends Error {
  override readonly name: string = 'ServerError';
  readonly code: string;
  constructor(code: string, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

export class DatabaseError extends ServerError {
  override readonly name = 'DatabaseError';
}

/** Has the database gone away, so that the failure is one of many? The driver tells of the outage as a whole. */
export function isOutage(error: unknown): boolean {
  return error instanceof DatabaseError && (error.code === 'DB_AWAY' || error.code === 'DB_TIMEOUT');
}

export class TransportError extends ServerError {
  override readonly name = 'TransportError';
  /** The destination that failed; '' and 0 when unknown. */
  readonly address: string;
  readonly port: number;
  constructor(
    code: string,
    message: string,
    options?: { cause?: unknown; address?: string | undefined; port?: number | undefined },
  ) {
    super(code, message, options);
    this.address = options?.address ?? '';
    this.port = options?.port ?? 0;
  }
}

export class HttpError extends ServerError {
  override readonly name = 'HttpError';
}

/** A promise made in the code was broken: a bug of ours, never bad input. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${message}`);
}

export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
