import { isIpv4, isIpv6 } from './lexemes.ts';

/** An IP address, or a network with its mask, that addresses in text form are tested against. */
export class AddressRange {
  readonly #address: readonly number[];
  readonly #mask: readonly number[];
  /** The same as 32-bit words, for IPv4. */
  readonly #addressWord: number;
  readonly #maskWord: number;

  private constructor(address: readonly number[], mask: readonly number[]) {
    this.#mask = mask;
    this.#address = address.map((byte, i) => byte & mask[i]!);
    this.#addressWord = wordOf(this.#address);
    this.#maskWord = wordOf(mask);
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
    if (this.#address.length === 4) {
      const word = ipv4Word(text);
      return word !== undefined && (word & this.#maskWord) === this.#addressWord;
    }
    const bytes = addressBytes(text);
    if (bytes?.length !== this.#address.length) return false;
    for (let i = 0; i < bytes.length; i++) {
      if ((bytes[i]! & this.#mask[i]!) !== this.#address[i]) return false;
    }
    return true;
  }
}

function wordOf(bytes: readonly number[]): number {
  return (bytes[0]! << 24) | (bytes[1]! << 16) | (bytes[2]! << 8) | bytes[3]!;
}

/** An IPv4 address as a signed 32-bit word, without allocation: this runs per message. */
function ipv4Word(text: string): number | undefined {
  let word = 0;
  let byte = 0;
  let digits = 0;
  let dots = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 46) {
      if (digits === 0) return undefined;
      word = (word << 8) | byte;
      byte = 0;
      digits = 0;
      dots++;
    } else if (code >= 48 && code <= 57) {
      byte = byte * 10 + code - 48;
      digits++;
      if (byte > 255 || digits > 3) return undefined;
    } else {
      return undefined;
    }
  }
  return dots === 3 && digits > 0 ? (word << 8) | byte : undefined;
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
