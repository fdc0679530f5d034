/** Why bytes are no SIP message, and what to answer if anything can be answered (RFC 3261 §16.3, §8.2). */
export interface WireError {
  readonly kind: 'wire-error';
  readonly reason: string;
  /** Offset in the text where it went wrong. */
  readonly offset: number;
  /** 0 when no response makes sense. */
  readonly status: number;
}

export function isWireError(value: object): value is WireError {
  return 'kind' in value && value.kind === 'wire-error';
}

export function wireError(reason: string, offset: number, status: number): WireError {
  return { kind: 'wire-error', reason, offset, status };
}
