/** Just enough of DER (X.690) to find things in certificates. Never throws on malformed bytes. */

export interface DerElement {
  readonly tag: number;
  /** Content from `start` up to `end`. */
  readonly start: number;
  readonly end: number;
}

/** The element at an offset; undefined when the bytes do not hold one whole. */
export function readElement(der: Uint8Array, at: number): DerElement | undefined {
  const tag = der[at];
  const first = der[at + 1];
  if (tag === undefined || first === undefined) return undefined;
  let length = first;
  let start = at + 2;
  if (first >= 0x80) {
    const bytes = first & 0x7f;
    if (bytes === 0 || bytes > 3) return undefined;
    length = 0;
    for (let i = 0; i < bytes; i++) length = length * 256 + (der[start++] ?? Number.NaN);
  }
  const end = start + length;
  return end <= der.length ? { tag, start, end } : undefined;
}

/** The elements within another one; what is malformed ends the list. */
export function childrenOf(der: Uint8Array, parent: DerElement): readonly DerElement[] {
  const children: DerElement[] = [];
  for (let at = parent.start; at < parent.end; ) {
    const child = readElement(der, at);
    if (child === undefined || child.end > parent.end) break;
    children.push(child);
    at = child.end;
  }
  return children;
}

export function contentOf(der: Uint8Array, { start, end }: DerElement): Buffer {
  return Buffer.from(der.buffer, der.byteOffset + start, end - start);
}

/** An element of that tag around a content of less than 64 kB. */
export function makeElement(tag: number, content: Uint8Array): Buffer {
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), content]);
  const size = length < 0x100 ? Buffer.of(0x81, length) : Buffer.of(0x82, length >> 8, length & 0xff);
  return Buffer.concat([Buffer.of(tag), size, content]);
}

/** The value of a certificate's extension (RFC 5280 §4.2) by the DER content of its OID. */
export function findExtension(certificate: Uint8Array, oid: Uint8Array): Buffer | undefined {
  const whole = readElement(certificate, 0);
  const signed = whole && readElement(certificate, whole.start);
  const list = signed && childrenOf(certificate, signed).find(({ tag }) => tag === 0xa3);
  const extensions = list && readElement(certificate, list.start);
  if (extensions === undefined) return undefined;
  for (const extension of childrenOf(certificate, extensions)) {
    const parts = childrenOf(certificate, extension);
    const [name] = parts;
    const value = parts.at(-1);
    if (name === undefined || value?.tag !== 0x04 || !contentOf(certificate, name).equals(oid)) continue;
    return contentOf(certificate, value);
  }
  return undefined;
}
