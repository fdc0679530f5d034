import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';

/** AES in CBC mode with PKCS #7 padding. */
export interface AesKey {
  /** 16 or 32 bytes. */
  readonly key: Buffer;
  /** The vector of every text; undefined when it stands before each text. */
  readonly iv: Buffer | undefined;
}

/** Rounds of hashing between a password and its key. */
const rounds = 5;

/**
 * Key and vector of a password, as OpenSSL's `EVP_BytesToKey` makes them with SHA-1: 32 bytes of key, 16 of vector.
 * An empty salt is no salt.
 */
export function keyOfPassword(password: string, salt: Buffer): AesKey {
  let material: Buffer = Buffer.alloc(0);
  let block: Buffer = Buffer.alloc(0);
  while (material.length < 48) {
    block = sha1(Buffer.concat([block, Buffer.from(password, 'latin1'), salt]));
    for (let round = 1; round < rounds; round++) block = sha1(block);
    material = Buffer.concat([material, block]);
  }
  return { key: material.subarray(0, 32), iv: material.subarray(32, 48) };
}

function sha1(data: Buffer): Buffer {
  return createHash('sha1').update(data).digest();
}

/**
 * Eight bytes of salt from the text of the parameter. The rule was found by watching what Kamailio gives to
 * OpenSSL for many texts: a running value, multiplied by the position, with remainders modulo 255 in signed bytes.
 */
export function saltOf(text: string): Buffer {
  const salt = Buffer.alloc(8);
  let previous = 97;
  for (let i = 0; i < 8; i++) {
    salt[i] = ((previous * (i + 2) + 7 * text.charCodeAt(i)) % 255) & 0xff;
    previous = salt.readInt8(i);
  }
  return salt;
}

/** @param makeIv makes the vector that stands before the text, for a key that has none */
export function encrypt(plain: Buffer, { key, iv }: AesKey, makeIv: () => Buffer): Buffer {
  const vector = iv ?? makeIv();
  const cipher = createCipheriv(algorithm(key), key, vector);
  const parts = [cipher.update(plain), cipher.final()];
  return Buffer.concat(iv === undefined ? [vector, ...parts] : parts);
}

/** undefined when the text was not encrypted with this key. */
export function decrypt(encrypted: Buffer, { key, iv }: AesKey): Buffer | undefined {
  const vector = iv ?? encrypted.subarray(0, 16);
  const text = iv === undefined ? encrypted.subarray(16) : encrypted;
  if (vector.length !== 16 || text.length === 0 || text.length % 16 !== 0) return undefined;
  try {
    const decipher = createDecipheriv(algorithm(key), key, vector);
    return Buffer.concat([decipher.update(text), decipher.final()]);
  } catch {
    return undefined;
  }
}

function algorithm(key: Buffer): string {
  return key.length === 16 ? 'aes-128-cbc' : 'aes-256-cbc';
}
