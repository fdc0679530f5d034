import type { ScriptContext } from '../../module/context.ts';
import type { Host } from '../../module/host.ts';
import { formatAuthValue } from '../../sip/authValue.ts';
import {
  type DigestAlgorithm,
  type DigestInput,
  digestAlgorithm,
  digestHa1,
  digestLength,
  digestMatches,
  digestResponseAuth,
} from '../../sip/digest.ts';
import type { SipMessage } from '../../sip/message.ts';
import { hexDigit } from '../../sip/scan.ts';
import { SipUri } from '../../sip/uri.ts';
import type { SlApi } from '../sl/api.ts';
import { type AuthApi, AuthCode, type Credentials, type CredentialsKind } from './api.ts';
import { completeCredentials, findCredentials } from './credentials.ts';
import { NonceMint } from './nonce.ts';
import { NonceUses } from './nonceUses.ts';
import type { AuthConfig } from './params.ts';

/** Bits of the flags of a challenge. */
export const ChallengeFlag = { auth: 1, authInt: 2, quiet: 4, stale: 16 } as const;

const never: ReadonlySet<string> = new Set(['ACK', 'CANCEL', 'PRACK']);

/** Digest authentication of requests (RFC 3261 §22). */
export class Auth implements AuthApi {
  readonly config: AuthConfig;
  readonly #host: Host;
  /** By message, where the script has chosen one. */
  readonly #algorithms = new WeakMap<SipMessage, DigestAlgorithm>();
  readonly #algorithm: DigestAlgorithm;
  readonly #mint: NonceMint;
  readonly #uses: NonceUses;
  /** By message, so that it is known in every route that the message gets to. */
  readonly #picked = new WeakMap<SipMessage, Credentials[]>();
  readonly #verified = new WeakMap<SipMessage, Credentials>();
  readonly #stale = new WeakSet<SipMessage>();
  #sl: SlApi | undefined;

  constructor(host: Host, config: AuthConfig) {
    this.#host = host;
    this.config = config;
    this.#algorithm = digestAlgorithm(config.algorithm === '' ? undefined : config.algorithm) ?? 'MD5';
    this.#mint = new NonceMint(config, host.entropy);
    this.#uses = new NonceUses(config, host.entropy.uint32());
  }

  start(): void {
    this.#sl = this.#host.api<SlApi>('sl');
  }

  get #nowSec(): number {
    return Math.floor(this.#host.clock.wallMs() / 1000);
  }

  // ---- checking

  credentialsFor(
    context: ScriptContext,
    realm: string,
    kind: CredentialsKind,
    countsLater = false,
  ): Credentials | number {
    const { message } = context;
    // RFC 3261 §22.1: these carry the credentials of their INVITE, or cannot be repeated
    if (never.has(message.method)) return AuthCode.ok;
    const found = findCredentials(message, kind, realm, this.config.realm_prefix);
    if (found === 'none') return AuthCode.noCredentials;
    const credentials = found === 'malformed' ? undefined : completeCredentials(found);
    if (credentials === undefined) {
      this.#host.log.warn(`malformed credentials from ${context.flow.address}`);
      return AuthCode.error;
    }
    this.#pick(message, credentials);
    const code = this.#useNonce(context, credentials, countsLater);
    if (code === AuthCode.staleNonce) this.#stale.add(message);
    return code === AuthCode.ok ? credentials : code;
  }

  #useNonce(context: ScriptContext, { nonce, nc }: Credentials, countsLater: boolean): number {
    const good = this.#mint.examine(nonce, context, this.#nowSec);
    if (good === 'stale') return AuthCode.staleNonce;
    if (typeof good === 'string') {
      this.#host.log.debug(`${good} nonce`);
      return AuthCode.error;
    }
    if (good.countsUses && good.id !== undefined && nc !== '')
      return codeOfUse[this.#uses.count(good.id, hexNumber(nc), countsLater)];
    if (!this.#mint.belongsTo(nonce, context)) return AuthCode.staleNonce;
    return good.isOneTime && good.id !== undefined ? codeOfUse[this.#uses.take(good.id)] : AuthCode.ok;
  }

  #pick(message: SipMessage, credentials: Credentials): void {
    const before = this.#picked.get(message);
    if (before === undefined) this.#picked.set(message, [credentials]);
    else if (!before.some(({ header }) => header === credentials.header)) before.push(credentials);
  }

  ha1({ message }: ScriptContext, credentials: Credentials, password: string): string {
    const { username, ha1Realm } = credentials;
    return digestHa1(this.#algorithmFor(message), username, ha1Realm, password);
  }

  /** Takes another algorithm than the configured one for this request; false when nobody knows it. */
  useAlgorithm({ message }: ScriptContext, name: string): boolean {
    const algorithm = name === '' ? undefined : digestAlgorithm(name);
    if (algorithm === undefined) return false;
    this.#algorithms.set(message, algorithm);
    return true;
  }

  #algorithmFor(message: SipMessage): DigestAlgorithm {
    return this.#algorithms.get(message) ?? this.#algorithm;
  }

  verify(context: ScriptContext, credentials: Credentials, ha1: string, method: string): number {
    const { message } = context;
    const input = { ...this.#inputOf(message, credentials), response: credentials.response };
    if (credentials.response.length !== digestLength(input.algorithm)) return AuthCode.error;
    if (!digestMatches(ha1.toLowerCase(), input, method, message.body)) return AuthCode.wrongPassword;
    this.#verified.set(message, credentials);
    if (this.config.add_authinfo_hdr !== 0) this.#proveToClient(context, credentials, ha1);
    return AuthCode.ok;
  }

  /** Notes the use of a nonce that `credentialsFor` was told to count later. */
  countUse(context: ScriptContext, { nonce, nc }: Credentials): void {
    const good = this.#mint.examine(nonce, context, this.#nowSec);
    if (typeof good !== 'string' && good.countsUses && good.id !== undefined && nc !== '')
      this.#uses.count(good.id, hexNumber(nc));
  }

  #inputOf(message: SipMessage, { nonce, uri, qop, nc, cnonce }: Credentials): DigestInput {
    const algorithm = this.#algorithmFor(message);
    return { algorithm, nonce, uri, qop: qop === '' ? undefined : qop, nc, cnonce };
  }

  /** Authentication-Info (RFC 7616 §3.5), in the response that the script is going to send. */
  #proveToClient(context: ScriptContext, credentials: Credentials, ha1: string): void {
    const { nonce, qop, cnonce, nc } = credentials;
    const nextnonce = this.config.one_time_nonce === 0 ? nonce : this.#newNonce(context);
    const rspauth = digestResponseAuth(ha1, this.#inputOf(context.message, credentials));
    const rest = qop === '' ? '' : `, qop=${qop}, rspauth="${rspauth}", cnonce="${cnonce}", nc=${nc}`;
    context.replyHeaders += `Authentication-Info: nextnonce="${nextnonce}"${rest}\r\n`;
  }

  hasCredentials({ message }: ScriptContext, realm: string): boolean {
    return (['www', 'proxy'] as const).some(
      (kind) => typeof findCredentials(message, kind, realm, this.config.realm_prefix) !== 'string',
    );
  }

  // ---- challenging

  #newNonce(context: ScriptContext): string {
    const isTracked = this.config.nonce_count !== 0 || this.config.one_time_nonce !== 0;
    return this.#mint.issue(context, this.#nowSec, isTracked ? this.#uses.issue() : 0);
  }

  challengeLine(context: ScriptContext, kind: CredentialsKind, realm: string, flags: number): string {
    const name = kind === 'www' ? 'WWW-Authenticate' : 'Proxy-Authenticate';
    const isStale = (flags & ChallengeFlag.stale) !== 0 || this.#stale.has(context.message);
    const qop =
      (flags & ChallengeFlag.authInt) !== 0
        ? 'auth-int'
        : (flags & ChallengeFlag.auth) !== 0
          ? 'auth'
          : undefined;
    const value = formatAuthValue('challenge', {
      realm,
      nonce: this.#newNonce(context),
      qop,
      stale: isStale ? 'true' : undefined,
      algorithm: this.#algorithms.get(context.message) ?? (this.config.algorithm || undefined),
    });
    return `${name}: ${value}\r\n`;
  }

  /** Sends 401 or 407 with a challenge; 500 (unless the flags say not to) when there is no realm. */
  challenge(context: ScriptContext, kind: CredentialsKind, realm: string, flags: number): number {
    if (realm === '') {
      this.#host.log.error('a challenge needs a realm');
      if ((flags & ChallengeFlag.quiet) === 0) this.#reply(context, 500, 'Internal Server Error', '');
      return -1;
    }
    const line = this.challengeLine(context, kind, realm, flags);
    return kind === 'www'
      ? this.#reply(context, 401, 'Unauthorized', line)
      : this.#reply(context, 407, 'Proxy Authentication Required', line);
  }

  #reply(context: ScriptContext, status: number, reason: string, headers: string): number {
    const isSent =
      this.config.force_stateless_reply !== 0
        ? this.#sl?.statelessReply(context, status, reason, { headers })
        : this.#sl?.reply(context, status, reason, { headers });
    return isSent === true ? 1 : -1;
  }

  // ---- what was found

  pickedCredentials(message: SipMessage): { readonly username: string; readonly realm: string } | undefined {
    return this.#picked.get(message)?.[0];
  }

  verifiedUser({ message }: ScriptContext): Credentials | undefined {
    return this.#verified.get(message);
  }

  authorizedUser(context: ScriptContext): string | undefined {
    return this.verifiedUser(context)?.user;
  }

  isSender({ message, target }: ScriptContext, user: string, useDomain: boolean): boolean {
    const from = message.from?.parsedUri;
    if (from?.user !== user) return false;
    const others: (SipUri | undefined)[] = [];
    if (message.method === 'REGISTER' || message.method === 'PUBLISH') others.push(message.to?.parsedUri);
    if (message.method === 'PUBLISH') others.push(SipUri.parse(target.requestUri));
    return others.every(
      (uri) => uri?.user === from.user && (!useDomain || uri.host.toLowerCase() === from.host.toLowerCase()),
    );
  }

  /** Takes all credentials out of the message that were looked at here. */
  consume({ message }: ScriptContext): number {
    const picked = this.#picked.get(message);
    if (picked === undefined) {
      if (!never.has(message.method)) this.#host.log.error('consume_credentials: none have been checked');
      return -1;
    }
    for (const { header } of picked) message.removeHeader(header);
    return 1;
  }
}

const codeOfUse = {
  first: AuthCode.ok,
  stale: AuthCode.staleNonce,
  reused: AuthCode.reusedNonce,
} as const;

/** A number in hexadecimal digits; 0, which is never greater than another, for what is none. */
function hexNumber(text: string): number {
  let number = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = hexDigit(text.charCodeAt(i));
    if (digit < 0) return 0;
    number = Math.min(number * 16 + digit, Number.MAX_SAFE_INTEGER / 32);
  }
  return number;
}
