import type { Entropy } from './ports.ts';

/** The 16 bytes of a random UUID (RFC 9562, version 4). */
export function randomUuidBytes(entropy: Entropy): Buffer {
  const bytes = Buffer.from(entropy.bytes(16));
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  return bytes;
}

/** The same as text: five groups of hexadecimal digits. */
export function randomUuid(entropy: Entropy): string {
  return randomUuidBytes(entropy)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
