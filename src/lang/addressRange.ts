import { isIpv4, isIpv6 } from './lexemes.ts';

/** An IP address, or a network with its mask, that addresses in text form are tested against. */
export class AddressRange {
  readonly #address: readonly number[];
  readonly #mask: readonly number[];

  private constructor(address: readonly number[], mask: readonly number[]) {
    this.#mask = mask;
    this.#address = address.map((byte, i) => byte & mask[i]!);
  }

  /** `10.0.0.1`, `10.0.0.0/8`, `10.0.0.0/255.0.0.0`, `2001:db8::/32`; undefined for anything else. */
  static parse(text: string): AddressRange | undefined {
    const slash = text.indexOf('/');
    const address = addressBytes(slash < 0 ? text : text.slice(0, slash));
    if (!address) return undefined;
    const mask =
      slash < 0
        ? prefixMask(address.length, address.length * 8)
        : maskBytes(text.slice(slash + 1), address.length);
    return mask ? new AddressRange(address, mask) : undefined;
  }

  contains(text: string): boolean {
    const bytes = addressBytes(text);
    if (bytes?.length !== this.#address.length) return false;
    for (let i = 0; i < bytes.length; i++) {
      if ((bytes[i]! & this.#mask[i]!) !== this.#address[i]) return false;
    }
    return true;
  }
}

function maskBytes(text: string, length: number): number[] | undefined {
  if (!/^\d{1,3}$/.test(text)) {
    const bytes = addressBytes(text);
    return bytes?.length === length ? bytes : undefined;
  }
  const bits = Number(text);
  return bits <= length * 8 ? prefixMask(length, bits) : undefined;
}

function prefixMask(length: number, bits: number): number[] {
  return Array.from({ length }, (_, i) => (0xff00 >> Math.max(0, Math.min(8, bits - i * 8))) & 0xff);
}

/** 4 or 16 bytes; an IPv6 address may stand in brackets. */
export function addressBytes(text: string): number[] | undefined {
  if (isIpv4(text)) return text.split('.').map(Number);
  const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
  return isIpv6(bare) ? ipv6Bytes(bare) : undefined;
}

function ipv6Bytes(text: string): number[] {
  const [head, tail] = text.split('::');
  const before = groupBytes(head ?? '');
  if (tail === undefined) return before;
  const after = groupBytes(tail);
  return [...before, ...new Array<number>(16 - before.length - after.length).fill(0), ...after];
}

function groupBytes(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (group.includes('.')) return group.split('.').map(Number);
    const word = Number.parseInt(group, 16);
    return [word >> 8, word & 255];
  });
}
