/** Why a PASSporT or an Identity header was refused. */
export type FailedCheck =
  /** The header field or the token is malformed, or too long. */
  | 'format'
  /** `alg` of the token or the header is not ES256. */
  | 'algorithm'
  /** `ppt` is an extension that is not understood, or header and token disagree. */
  | 'extension'
  /** `x5u` and `info` disagree, or there is none. */
  | 'x5u'
  /** A claim is missing or has the wrong type. */
  | 'claims'
  | 'signature'
  /** `iat` is older than allowed, or in the future. */
  | 'freshness'
  /** The certificate could not be fetched or read. */
  | 'certificate-fetch'
  /** What was fetched holds no EC P-256 key. */
  | 'certificate-format'
  | 'certificate-chain'
  /** Expired, or not valid yet. */
  | 'certificate-validity'
  | 'certificate-revoked'
  /** The TNAuthList of the certificate does not hold the calling number. */
  | 'tn-authorization'
  /** `orig` is not the calling number of the message. */
  | 'orig'
  /** `dest` does not have the called number of the message. */
  | 'dest'
  /** A private key that cannot be used for signing. */
  | 'private-key';

/** Where it went wrong, when a check can fail in several places. */
export type FailedPart =
  /** Header field parameters. */
  | 'parameters'
  /** The token as a whole. */
  | 'token'
  | 'header'
  | 'payload'
  | 'signature'
  /** PEM that cannot be read, in contrast to a key of the wrong kind. */
  | 'pem'
  | 'no-pem'
  | 'url'
  | 'file'
  /** A web server answered, but not with 200. */
  | 'status'
  /** Not valid yet, in contrast to expired. */
  | 'not-yet';

export interface Failure {
  readonly ok: false;
  readonly check: FailedCheck;
  readonly part: FailedPart | undefined;
  /** For people: what was found and what was expected. */
  readonly reason: string;
}

export interface Success<T> {
  readonly ok: true;
  readonly value: T;
}

export type Outcome<T> = Success<T> | Failure;

export function success<T>(value: T): Success<T> {
  return { ok: true, value };
}

export function failure(check: FailedCheck, reason: string, part?: FailedPart): Failure {
  return { ok: false, check, reason, part };
}

/** The response that a verifying server gives to a request that must have a good Identity (RFC 8224 §6.2.2). */
export function responseFor(check: FailedCheck): { readonly status: number; readonly reason: string } {
  switch (check) {
    case 'x5u':
    case 'certificate-fetch':
      return { status: 436, reason: 'Bad Identity Info' };
    case 'certificate-format':
    case 'certificate-chain':
    case 'certificate-validity':
    case 'certificate-revoked':
    case 'tn-authorization':
    case 'private-key':
      return { status: 437, reason: 'Unsupported Credential' };
    case 'freshness':
      return { status: 403, reason: 'Stale Date' };
    default:
      return { status: 438, reason: 'Invalid Identity Header' };
  }
}
