/** Why a run of the client ended otherwise than hoped. Each kind has its own exit code, documented in docs/send.md. */
export type FailureKind =
  | 'unexpected'
  | 'usage'
  | 'timeout'
  | 'refused'
  | 'unknownHost'
  | 'tls'
  | 'unauthorized'
  | 'malformed'
  | 'unsendable'
  | 'webSocket'
  | 'session'
  | 'loss'
  | 'interrupted';

export const exitCodes: Readonly<Record<FailureKind, number>> = {
  unexpected: 1,
  usage: 2,
  timeout: 3,
  refused: 4,
  unknownHost: 5,
  tls: 6,
  unauthorized: 7,
  malformed: 8,
  unsendable: 9,
  webSocket: 10,
  session: 11,
  loss: 12,
  interrupted: 130,
};

/** What each exit code says, for help and docs. */
export const exitMeanings: Readonly<Record<FailureKind, string>> = {
  unexpected: 'a final response other than the expected one',
  usage: 'the command line, a template or a fields file is wrong; nothing was sent',
  timeout: 'no final response in time',
  refused: 'connection refused, lost or unreachable, or an address of ours cannot be used',
  unknownHost: 'the name of the target has no address',
  tls: 'TLS failed: certificate, name, handshake',
  unauthorized: 'credentials are missing or were not accepted',
  malformed: 'the answer is not SIP',
  unsendable: 'the message may not or cannot be sent: line break in a value, too large for a datagram',
  webSocket: 'the WebSocket handshake was refused or frames were wrong',
  session: 'a session did not go as planned',
  loss: 'some requests of a series (--count, --until) failed',
  interrupted: 'interrupted (Ctrl-C)',
};

/** An end that is told to the user in one line. */
export class ClientFailure extends Error {
  override readonly name = 'ClientFailure';
  readonly kind: FailureKind;

  constructor(kind: FailureKind, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.kind = kind;
  }

  get exitCode(): number {
    return exitCodes[this.kind];
  }
}
