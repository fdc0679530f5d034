import type { Span } from './source.ts';

export type TokenKind =
  | 'word'
  | 'number'
  | 'string'
  /** `$...`; `text` is the variable as written */
  | 'variable'
  /** `@...`; `text` is the path behind the `@` */
  | 'select'
  /** IPv6 address as written, without brackets */
  | 'ipv6'
  | 'symbol'
  | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** Word, symbol, digits as written; decoded content of a string. */
  readonly text: string;
  readonly span: Span;
  /** Whitespace or a comment stands between this token and the one before. */
  readonly spaced: boolean;
  /** This token begins a line (of the file, not of an expanded define). */
  readonly firstOnLine: boolean;
}
