import type { ScriptContext } from '../../module/context.ts';
import type { Host } from '../../module/host.ts';
import { AuthCode, type CredentialsKind } from './api.ts';
import type { Auth } from './auth.ts';

/** Bits of the flags of `pv_*_authenticate`. */
const PasswordFlag = { isHa1: 1, noQop: 2, auth: 4, authInt: 8, stale: 16, countSuccess: 32 } as const;

/** Where a prepared challenge goes. */
const challengeAvp = 'digest_challenge';

/** Authentication against a password that the script has (`pv_*`). */
export class PasswordCheck {
  readonly #auth: Auth;
  readonly #host: Host;

  constructor(auth: Auth, host: Host) {
    this.#auth = auth;
    this.#host = host;
  }

  authenticate(
    context: ScriptContext,
    kind: CredentialsKind,
    realm: string,
    password: string,
    flags: number,
    method = context.message.method,
  ): number {
    if (realm === '' || password === '' || method === '') {
      this.#host.log.error('authentication needs a realm, a password and a method');
      return AuthCode.error;
    }
    const code = this.#check(context, kind, realm, password, flags, method);
    if (code < 0) this.#prepareChallenge(context, kind, realm, flags);
    return code;
  }

  #check(
    context: ScriptContext,
    kind: CredentialsKind,
    realm: string,
    password: string,
    flags: number,
    method: string,
  ): number {
    const countsSuccess = (flags & PasswordFlag.countSuccess) !== 0;
    const found = this.#auth.credentialsFor(context, realm, kind, countsSuccess);
    if (typeof found === 'number') return found;
    const ha1 = (flags & PasswordFlag.isHa1) !== 0 ? password : this.#auth.ha1(context, found, password);
    const code = this.#auth.verify(context, found, ha1, method);
    if (code === AuthCode.ok && countsSuccess) this.#auth.countUse(context, found);
    return code;
  }

  #prepareChallenge(context: ScriptContext, kind: CredentialsKind, realm: string, flags: number): void {
    const { noQop, auth, authInt, stale } = PasswordFlag;
    if ((flags & (noQop | auth | authInt)) === 0) return;
    const qop = (flags & authInt) !== 0 ? 2 : (flags & auth) !== 0 ? 1 : 0;
    const line = this.#auth.challengeLine(context, kind, realm, qop | (flags & stale));
    context.variables.avps.push(challengeAvp, line);
  }

  /** REGISTER by Authorization, others by Proxy-Authorization; with bit 1 of `checks` the user must be who it says it is. */
  authenticateUser(
    context: ScriptContext,
    realm: string,
    password: string,
    flags: number,
    checks: number,
  ): number {
    const kind = context.message.method === 'REGISTER' ? 'www' : 'proxy';
    const code = this.authenticate(context, kind, realm, password, flags);
    if (code !== AuthCode.ok || (checks & 1) === 0) return code;
    const user = this.#auth.authorizedUser(context);
    // requests that cannot be challenged have none
    if (user === undefined) return code;
    const isSender = this.#auth.isSender(context, user, this.#auth.config.use_domain !== 0);
    return isSender ? code : AuthCode.userMismatch;
  }
}
