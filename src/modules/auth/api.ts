import type { ScriptContext } from '../../module/context.ts';
import type { SipMessage } from '../../sip/message.ts';
import type { Credentials, CredentialsKind } from './credentials.ts';

export type { Credentials, CredentialsKind } from './credentials.ts';

/** What the functions of auth and of the modules on top of it return to the script. */
export const AuthCode = {
  ok: 1,
  error: -1,
  wrongPassword: -2,
  unknownUser: -3,
  staleNonce: -4,
  noCredentials: -5,
  reusedNonce: -6,
  userMismatch: -8,
} as const;

/** `host.api<AuthApi>('auth')`: for modules that know passwords (auth_db). */
export interface AuthApi {
  /**
   * The credentials of a request for a realm, their nonce found good and taken; or the code to return. ACK, CANCEL
   * and PRACK cannot be challenged: they give `ok` without credentials.
   */
  credentialsFor(context: ScriptContext, realm: string, kind: CredentialsKind): Credentials | number;
  /** H(username:realm:password) as the algorithm of the request has it, for the realm of the credentials. */
  ha1(context: ScriptContext, credentials: Credentials, password: string): string;
  /** Checks the answer. Notes who has been verified, and proves itself to the client where configured. */
  verify(context: ScriptContext, credentials: Credentials, ha1: string, method: string): number;
  /**
   * Is the request from this user? From has the user; To of REGISTER and PUBLISH, and the Request-URI of PUBLISH, name the
   * same as From, with `useDomain` in the same domain.
   */
  isSender(context: ScriptContext, user: string, useDomain: boolean): boolean;
  /** The line of a new challenge, with CRLF. `flags`: 1 qop=auth, 2 qop=auth-int, 16 stale. */
  challengeLine(context: ScriptContext, kind: CredentialsKind, realm: string, flags: number): string;
  /** The last verified credentials of a request. */
  verifiedUser(context: ScriptContext): Credentials | undefined;
  /** User of the last verified credentials of a request. */
  authorizedUser(context: ScriptContext): string | undefined;
  /** The credentials that a check has picked, be they right or wrong: whole user name, and realm. */
  pickedCredentials(message: SipMessage): { readonly username: string; readonly realm: string } | undefined;
}
