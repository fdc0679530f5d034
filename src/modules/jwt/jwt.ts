import { createPrivateKey, createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import { errorText } from '../../base/errors.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { Config } from '../../module/define.ts';
import type { Host } from '../../module/host.ts';
import { parseClaims } from './claims.ts';
import type { params } from './params.ts';

/** Algorithms with a key pair or a secret that libjwt and jose both have. */
export const algorithms = [
  ...['HS256', 'HS384', 'HS512', 'RS256', 'RS384', 'RS512'],
  ...['ES256', 'ES384', 'ES512', 'PS256', 'PS384', 'PS512'],
];

/** Bits of libjwt's validation status that can occur here. */
const status = { ok: 0, error: 1, algorithm: 2, expired: 4, tooNew: 8, claims: 64 } as const;

const valueKey = Symbol('jwt.val');
const statusKey = Symbol('jwt.status');
const maxKeys = 100;

export class Jwt {
  readonly #host: Host;
  readonly #config: Config<typeof params>;
  readonly #keys = new Map<string, KeyObject>();

  constructor(host: Host, config: Config<typeof params>) {
    this.#host = host;
    this.#config = config;
  }

  async generate(context: ScriptContext, keyPath: string, alg: string, text: string): Promise<number> {
    const claims = parseClaims(text);
    if (claims === undefined || !algorithms.includes(alg)) {
      this.#host.log.error(
        `jwt_generate: ${claims === undefined ? `claims "${text}"` : `algorithm "${alg}"`} cannot be used`,
      );
      return -1;
    }
    try {
      const key = await this.#key(keyPath, alg, 'private');
      const token = await new SignJWT(claims).setProtectedHeader({ alg, typ: 'JWT' }).sign(key);
      context.scratch.set(valueKey, token);
      return 1;
    } catch (error) {
      this.#host.log.error(`jwt_generate: ${errorText(error)}`);
      return -1;
    }
  }

  async verify(
    context: ScriptContext,
    keyPath: string,
    alg: string,
    text: string,
    token: string,
  ): Promise<number> {
    const fail = (code: number, reason: string): number => {
      context.scratch.set(statusKey, code);
      this.#host.log.info(`jwt_verify: ${reason}`);
      return -1;
    };
    const claims = parseClaims(text);
    if (claims === undefined) return fail(status.error, `claims "${text}" are malformed`);
    if (!algorithms.includes(alg)) return fail(status.algorithm, `algorithm "${alg}" is unknown`);
    try {
      const key = await this.#key(keyPath, alg, 'public');
      const currentDate = new Date(this.#host.clock.wallMs());
      const { payload } = await jwtVerify(token, key, { algorithms: [alg], currentDate });
      const wrong = Object.entries(claims).find(([name, value]) => payload[name] !== value);
      if (wrong !== undefined) return fail(status.claims, `claim ${wrong[0]} is not ${wrong[1]}`);
      context.scratch.set(statusKey, status.ok);
      return 1;
    } catch (error) {
      return fail(statusOf(error), errorText(error));
    }
  }

  value(context: ScriptContext): string | null {
    return (context.scratch.get(valueKey) as string | undefined) ?? null;
  }

  status(context: ScriptContext): number {
    return (context.scratch.get(statusKey) as number | undefined) ?? status.ok;
  }

  async #key(path: string, alg: string, side: 'private' | 'public'): Promise<KeyObject> {
    const name = `${side} ${alg.startsWith('HS')} ${path}`;
    const cached = this.#keys.get(name);
    if (cached !== undefined) return cached;
    const data = await this.#host.files.read(path);
    const key = readKey(data, alg, side);
    if (this.#config.key_mode === 1) {
      if (this.#keys.size >= maxKeys) this.#keys.clear();
      this.#keys.set(name, key);
    }
    return key;
  }
}

/** A secret is the whole file. */
function readKey(data: Buffer, alg: string, side: 'private' | 'public'): KeyObject {
  if (alg.startsWith('HS')) return createSecretKey(data);
  return side === 'private' ? createPrivateKey(data) : createPublicKey(data);
}

function statusOf(error: unknown): number {
  if (error instanceof errors.JWTExpired) return status.expired;
  if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'nbf') return status.tooNew;
  return error instanceof errors.JOSEAlgNotAllowed ? status.algorithm : status.error;
}
