import { hash, timingSafeEqual } from 'node:crypto';
import type { Entropy } from '../../base/ports.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { AuthConfig } from './params.ts';
import { requestDigest } from './requestDigest.ts';

/** Why a nonce is not good. */
export type NonceFault = 'malformed' | 'forged' | 'stale' | 'other request';

/** A genuine nonce of today. */
export interface GoodNonce {
  /** Number among the tracked nonces; undefined for an untracked one. */
  readonly id: number | undefined;
  readonly countsUses: boolean;
  readonly isOneTime: boolean;
}

const signatureBytes = 16;
const trackingBytes = 5;
const Tracking = { counts: 0x80, oneTime: 0x40 } as const;

/**
 * Nonces that carry their own proof, so that nothing is stored for them. In base64: time of expiry and of creation (32 bits
 * each, seconds since the epoch), MD5 over these, the tracking part and the secret; where the request is checked, MD5 over
 * parts of it and the second half of the secret; where uses are tracked, a number of 32 bits and a byte of flags. It is
 * Kamailio's layout: servers of both kinds that share a secret accept each other's nonces.
 */
export class NonceMint {
  readonly #config: AuthConfig;
  readonly #secret: Buffer;
  readonly #requestSecret: string;

  constructor(config: AuthConfig, entropy: Entropy) {
    this.#config = config;
    const secret = config.secret === '' ? Buffer.from(entropy.bytes(32)).toString('hex') : config.secret;
    const { auth_checks_register, auth_checks_no_dlg, auth_checks_in_dlg } = config;
    const half = Math.floor(secret.length / 2);
    const isSplit = (auth_checks_register | auth_checks_no_dlg | auth_checks_in_dlg) !== 0;
    this.#secret = Buffer.from(isSplit ? secret.slice(0, half) : secret, 'latin1');
    this.#requestSecret = isSplit ? secret.slice(half) : '';
  }

  get #isTracked(): boolean {
    return this.#config.nonce_count !== 0 || this.#config.one_time_nonce !== 0;
  }

  /** Seconds since the epoch; `id` where nonces are tracked. */
  issue(context: ScriptContext, nowSec: number, id: number): string {
    const times = Buffer.alloc(8);
    times.writeUInt32BE((nowSec + this.#config.nonce_expire) >>> 0, 0);
    times.writeUInt32BE(nowSec >>> 0, 4);
    const tracking = this.#isTracked ? this.#trackingOf(id) : Buffer.alloc(0);
    const parts = this.#partsFor(context);
    return Buffer.concat([
      times,
      this.#sign(times, tracking),
      parts === 0 ? Buffer.alloc(0) : requestDigest(context, parts, this.#requestSecret),
      tracking,
    ]).toString('base64');
  }

  /** Is it genuine, and neither old nor from the future? What it is bound to is asked by `belongsTo`. */
  examine(nonce: string, context: ScriptContext, nowSec: number): GoodNonce | NonceFault {
    const bytes = Buffer.from(nonce, 'base64');
    const start = this.#trackingStart(context);
    const length = start + (this.#isTracked ? trackingBytes : 0);
    if (nonce.length !== Math.ceil(length / 3) * 4) return 'malformed';
    if (bytes.length !== length) return 'forged';
    if (this.#isStale(bytes, nowSec)) return 'stale';
    const tracking = bytes.subarray(start);
    const signature = bytes.subarray(8, 8 + signatureBytes);
    if (!timingSafeEqual(signature, this.#sign(bytes.subarray(0, 8), tracking))) return 'forged';
    const flags = tracking[4] ?? 0;
    return {
      id: tracking.length === 0 ? undefined : tracking.readUInt32BE(0),
      countsUses: (flags & Tracking.counts) !== 0,
      isOneTime: (flags & Tracking.oneTime) !== 0,
    };
  }

  /** Was a genuine nonce issued for a request like this one? */
  belongsTo(nonce: string, context: ScriptContext): boolean {
    const parts = this.#partsFor(context);
    if (parts === 0) return true;
    const start = 8 + signatureBytes;
    const given = Buffer.from(nonce, 'base64').subarray(start, start + signatureBytes);
    const expected = requestDigest(context, parts, this.#requestSecret);
    return given.length === expected.length && timingSafeEqual(given, expected);
  }

  #isStale(bytes: Buffer, nowSec: number): boolean {
    const expireSec = bytes.readUInt32BE(0);
    const sinceSec = bytes.readUInt32BE(4);
    const { nonce_expire, nonce_auth_max_drift } = this.#config;
    return (
      nowSec >= expireSec || nowSec - sinceSec > nonce_expire || sinceSec - nowSec > nonce_auth_max_drift
    );
  }

  #trackingOf(id: number): Buffer {
    const { nonce_count, one_time_nonce } = this.#config;
    const tracking = Buffer.alloc(trackingBytes);
    tracking.writeUInt32BE(id >>> 0, 0);
    tracking[4] = (nonce_count === 0 ? 0 : Tracking.counts) | (one_time_nonce === 0 ? 0 : Tracking.oneTime);
    return tracking;
  }

  #trackingStart(context: ScriptContext): number {
    return 8 + signatureBytes + (this.#partsFor(context) === 0 ? 0 : signatureBytes);
  }

  #sign(times: Buffer, tracking: Buffer): Buffer {
    return hash('md5', Buffer.concat([times, tracking, this.#secret]), 'buffer');
  }

  #partsFor({ message }: ScriptContext): number {
    const { auth_checks_register, auth_checks_no_dlg, auth_checks_in_dlg } = this.#config;
    if (message.method === 'REGISTER') return auth_checks_register;
    return message.toTag === '' ? auth_checks_no_dlg : auth_checks_in_dlg;
  }
}
