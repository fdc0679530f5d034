/**
 * The form of a telephone number in which numbers are signed and compared (RFC 8224 §8.3): visual separators
 * and a leading `+` are dropped. undefined when the rest is not digits, `*` and `#`, or there is nothing left.
 */
export function canonicalNumber(text: string): string | undefined {
  let out = '';
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const isDialed = (code >= 0x30 && code <= 0x39) || code === 0x23 || code === 0x2a;
    if (isDialed) out += text[i];
    else if (!isSeparator(code) && !(code === 0x2b && out === '')) return undefined;
  }
  return out === '' ? undefined : out;
}

/** RFC 3966 visual separators, and the spaces that people type. */
function isSeparator(code: number): boolean {
  return code === 0x2d || code === 0x2e || code === 0x28 || code === 0x29 || code === 0x20;
}

/** Do both stand for the same number? Texts that are no numbers are the same only when they are equal. */
export function isSameNumber(one: string, other: string): boolean {
  const number = canonicalNumber(one);
  return number === undefined ? one === other : number === canonicalNumber(other);
}
