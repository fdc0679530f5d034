import { createHmac } from 'node:crypto';
import { ServerError } from '../../base/errors.ts';
import { randomUuid } from '../../base/uuid.ts';
import type { VariableRef } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { Config } from '../../module/define.ts';
import type { Host } from '../../module/host.ts';
import { type AesKey, decrypt, encrypt, keyOfPassword, saltOf } from './aes.ts';
import type { params } from './params.ts';
import { encryptMessages } from './wire.ts';

/** What is wanted of tm, which need not be loaded. */
interface CallIdUser {
  useCallIds(make: () => string): void;
}

/** Derived keys that are kept; passwords come from scripts and may hold variables. */
const maxKeys = 100;

export class Crypto {
  readonly host: Host;
  readonly config: Config<typeof params>;
  readonly #salt: Buffer;
  readonly #keys = new Map<string, AesKey>();
  #iv: Buffer | undefined;

  constructor(host: Host, config: Config<typeof params>) {
    this.host = host;
    this.config = config;
    const { salt, init_vector } = config;
    if (salt !== '' && salt.length < 8) {
      throw new ServerError('CRYPTO_SALT', `salt "${salt}" is shorter than 8 characters`);
    }
    this.#salt = salt === '' ? Buffer.alloc(0) : saltOf(salt);
    if (init_vector !== '') this.#iv = readVector(init_vector);
  }

  start(): void {
    const { register_callid, register_evcb, netio_key } = this.config;
    if (register_callid !== 0) {
      this.host.api<CallIdUser>('tm')?.useCallIds(() => randomUuid(this.host.entropy));
    }
    if (register_evcb === 0) return;
    if (netio_key === '') throw new ServerError('CRYPTO_KEY', 'register_evcb needs netio_key');
    encryptMessages(this.host, keyOfPassword(netio_key, this.#salt));
  }

  /** Base64 of the encrypted text, into a variable. */
  aesEncrypt(context: ScriptContext, text: string, key: string, into: VariableRef): number {
    const aes = this.#keyOf(key);
    if (aes === undefined) return -1;
    const makeIv = (): Buffer => this.#iv ?? Buffer.from(this.host.entropy.bytes(16));
    into.set(context, encrypt(Buffer.from(text, 'latin1'), aes, makeIv).toString('base64'));
    return 1;
  }

  aesDecrypt(context: ScriptContext, text: string, key: string, into: VariableRef): number {
    const aes = this.#keyOf(key);
    if (aes === undefined) return -1;
    const plain = decrypt(Buffer.from(text, 'base64'), aes);
    if (plain === undefined) {
      this.host.log.error('crypto_aes_decrypt: the text was not encrypted with this key');
      return -1;
    }
    into.set(context, plain.toString('latin1'));
    return 1;
  }

  /** base64url without padding. */
  hmacSha256(context: ScriptContext, text: string, key: string, into: VariableRef): number {
    const hmac = createHmac('sha256', Buffer.from(key, 'latin1')).update(Buffer.from(text, 'latin1'));
    into.set(context, hmac.digest('base64url'));
    return 1;
  }

  #keyOf(text: string): AesKey | undefined {
    const known = this.#keys.get(text);
    if (known !== undefined) return known;
    const made = this.config.key_derivation === 0 ? this.#rawKey(text) : keyOfPassword(text, this.#salt);
    if (made === undefined) return undefined;
    if (this.#keys.size >= maxKeys) this.#keys.clear();
    this.#keys.set(text, made);
    return made;
  }

  /** Without derivation the key itself is given, in Base64. */
  #rawKey(text: string): AesKey | undefined {
    const key = Buffer.from(text, 'base64');
    if (key.length === 16 || key.length === 32) return { key, iv: undefined };
    this.host.log.error(`the key is Base64 of ${key.length} bytes; key_derivation 0 needs 16 or 32`);
    return undefined;
  }
}

function readVector(text: string): Buffer {
  const iv = Buffer.from(text, 'base64');
  if (iv.length !== 16) {
    throw new ServerError('CRYPTO_VECTOR', `init_vector is Base64 of ${iv.length} bytes, not of 16`);
  }
  return iv;
}
