import type { KeyObject } from 'node:crypto';
import { ServerError } from '../../base/errors.ts';
import { type Soon, soon } from '../../base/soon.ts';
import { randomUuid } from '../../base/uuid.ts';
import {
  type CertificateCounts,
  CertificateSource,
  type Credential,
  type CredentialSource,
  credentialFiles,
  type Failure,
  failure,
  isHeaderUri,
  type Outcome,
  type ParsedFiles,
  privateKeyFiles,
  readCredential,
  readPrivateKey,
  renderIdentityHeader,
  signJson,
  success,
  TrustFiles,
  verifyIdentity,
} from '../../identity/index.ts';
import type { VariableRef } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { Config, Result } from '../../module/define.ts';
import type { Host } from '../../module/host.ts';
import { HeaderKind } from '../../sip/headerKind.ts';
import { libraryOptions } from './libraryOptions.ts';
import type { params } from './params.ts';
import { returnCode } from './returnCodes.ts';

/** What `$secsipid(val)` and `$secsipid(ret)` say in this run of the script. */
interface LastResult {
  readonly value: string | null;
  readonly code: number;
}

const lastResultKey = Symbol('secsipid.result');

export interface IdentityParts {
  readonly origTn: string;
  readonly destTn: string;
  readonly attest: string;
  readonly origId: string;
  readonly x5u: string;
}

export class Secsipid {
  readonly #host: Host;
  readonly #config: Config<typeof params>;
  readonly #options: ReturnType<typeof libraryOptions>;
  readonly #source: CertificateSource;
  readonly #privateKeys: ParsedFiles<KeyObject>;
  readonly #credentials: ParsedFiles<Credential>;
  readonly #trust: TrustFiles;
  readonly #fromUrl: CredentialSource;

  constructor(host: Host, config: Config<typeof params>) {
    this.#host = host;
    this.#config = config;
    this.#options = libraryOptions(config);
    this.#source = new CertificateSource(host, () => ({
      timeoutMs: config.timeout * 1000,
      cacheDir: this.#options.cacheDir,
      cacheExpireSec: this.#options.cacheExpireSec,
      allowPrivate: config.private_addresses !== 0,
    }));
    this.#privateKeys = privateKeyFiles(host);
    this.#credentials = credentialFiles(host);
    this.#trust = new TrustFiles(host);
    this.#fromUrl = (url) => this.#source.get(url);
  }

  get counts(): CertificateCounts {
    return this.#source.counts;
  }

  /** Checks the Identity header of the message: with a key file, or '' for the certificate that it names. */
  checkMessage(context: ScriptContext, keyPath: string): Result {
    const value = identityOf(context);
    if (value === undefined) {
      this.#host.log.warn('secsipid_check_identity: the message has no Identity header');
      return -1;
    }
    return this.check(value, keyPath);
  }

  checkMessageWithKey(context: ScriptContext, key: string): Result {
    const value = identityOf(context);
    if (value === undefined) {
      this.#host.log.warn('secsipid_check_identity_pubkey: the message has no Identity header');
      return -1;
    }
    return this.#verify(value, () => readCredential(key));
  }

  check(value: string, keyPath: string): Result {
    // the library that scripts were written for refuses a bare token here, and only here
    if (!value.includes(';')) return this.#refused(failure('format', 'no header parameters', 'parameters'));
    return this.#verify(value, keyPath === '' ? this.#fromUrl : () => this.#keyAt(keyPath));
  }

  /** A key by path, `file://` URL or web URL, as libsecsipid takes them. */
  #keyAt(path: string): Soon<Outcome<Credential>> {
    if (/^https?:\/\//i.test(path)) return this.#source.get(path);
    return this.#credentials.get(path.startsWith('file://') ? path.slice(7) : path);
  }

  #verify(value: string, credential: CredentialSource): Result {
    const { certVerify, telephoneNumbers } = this.#options.trust;
    if (certVerify === 0 && telephoneNumbers === 'ignore')
      return this.#verifyWith(value, credential, undefined);
    return this.#trust
      .load(this.#options.trust)
      .then((trust) => (trust.ok ? this.#verifyWith(value, credential, trust.value) : this.#refused(trust)));
  }

  #verifyWith(
    value: string,
    credential: CredentialSource,
    trust: Parameters<typeof verifyIdentity>[1]['trust'],
  ): Result {
    const outcome = verifyIdentity(value, {
      credential,
      nowMs: this.#host.clock.wallMs(),
      maxAgeSec: this.#config.expire,
      trust,
    });
    return soon(outcome, (verified) => (verified.ok ? 1 : this.#refused(verified)));
  }

  #refused(refusal: Failure): number {
    this.#host.log.info(`identity refused: ${refusal.check}: ${refusal.reason}`);
    return returnCode(refusal);
  }

  /** Builds a header value with the key in a file; it is left in `$secsipid(val)`. */
  build(context: ScriptContext, parts: IdentityParts, keyPath: string): Result {
    return soon(this.#privateKeys.get(keyPath), (key) => this.#built(context, parts, key));
  }

  buildWithKey(context: ScriptContext, parts: IdentityParts, keyData: string): Result {
    return this.#built(context, parts, readPrivateKey(keyData));
  }

  /** Builds one and appends it to the message. */
  add(context: ScriptContext, parts: IdentityParts, keyPath: string): Result {
    return soon(this.build(context, parts, keyPath), (result) => {
      const { value } = lastResult(context);
      if (result < 0 || value === null) return result;
      context.message.appendHeader(`Identity: ${value}\r\n`);
      return result;
    });
  }

  /** A token of two JSON texts; it is left in `$secsipid(val)`. */
  sign(context: ScriptContext, header: string, payload: string, keyPath: string): Result {
    return soon(this.#privateKeys.get(keyPath), (key) =>
      this.#keep(context, key.ok ? success(signJson(header.trim(), payload.trim(), key.value)) : key),
    );
  }

  #built(context: ScriptContext, parts: IdentityParts, key: Outcome<KeyObject>): number {
    return this.#keep(context, key.ok ? this.#signed(parts, key.value) : key);
  }

  #signed(parts: IdentityParts, key: KeyObject): Outcome<string> {
    const x5u = parts.x5u || this.#options.x5u;
    if (!isHeaderUri(x5u)) return failure('x5u', `"${x5u}" does not fit into a header field`, 'parameters');
    const header = JSON.stringify({ alg: 'ES256', ppt: 'shaken', typ: 'passport', x5u });
    const payload = JSON.stringify({
      attest: parts.attest,
      dest: { tn: [parts.destTn] },
      iat: Math.floor(this.#host.clock.wallMs() / 1000),
      orig: { tn: parts.origTn },
      origid: parts.origId || randomUuid(this.#host.entropy),
    });
    const token = signJson(header, payload, key);
    return success(renderIdentityHeader({ token, info: x5u, alg: 'ES256', ppt: 'shaken' }));
  }

  #keep(context: ScriptContext, outcome: Outcome<string>): number {
    if (outcome.ok) {
      context.scratch.set(lastResultKey, { value: outcome.value, code: outcome.value.length });
      return 1;
    }
    const code = returnCode(outcome);
    this.#host.log.error(`no identity made: ${outcome.reason} (${code})`);
    context.scratch.set(lastResultKey, { value: null, code });
    return -1;
  }

  /** The content behind a URL, into a variable. */
  async getUrl(context: ScriptContext, url: string, into: VariableRef): Promise<number> {
    const fetched = await this.#source.fetch(url);
    if (!fetched.ok) return this.#refused(fetched);
    into.set(context, fetched.value.toString('latin1'));
    return 1;
  }

  start(): void {
    const { problem } = this.#options;
    if (problem !== undefined) throw new ServerError('SECSIPID_OPTION', problem);
  }
}

export function lastResult(context: ScriptContext): LastResult {
  return (context.scratch.get(lastResultKey) as LastResult | undefined) ?? { value: null, code: 0 };
}

function identityOf({ message }: ScriptContext): string | undefined {
  return message.value(HeaderKind.identity);
}
