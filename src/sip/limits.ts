/** Bounds on one message. What exceeds them is refused, counted, and costs nothing more. */
export interface MessageLimits {
  /** Bytes of a whole message. */
  readonly messageBytes: number;
  readonly headerCount: number;
  /** Characters of one URI. */
  readonly uriLength: number;
  /** Values of one multi-value header (Via, Route, Contact ...). */
  readonly valueCount: number;
}

export const limits: MessageLimits = {
  messageBytes: 65535,
  headerCount: 256,
  uriLength: 4096,
  valueCount: 128,
};
