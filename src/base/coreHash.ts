/**
 * Kamailio's general hash, needed where both servers must find the same slot (`core_hash`, `{s.corehash}`,
 * hash ids): big-endian words of four characters, each mixed with itself shifted, then folded.
 */
export function coreHash(first: string, second = ''): number {
  let hash = addWords(addWords(0, first), second) >>> 0;
  hash = (hash + (hash >>> 11) + (hash >>> 13) + (hash >>> 23)) >>> 0;
  return hash;
}

function addWords(start: number, text: string): number {
  let hash = start;
  const whole = text.length - (text.length % 4);
  for (let i = 0; i < whole; i += 4) hash = (hash + mix(word(text, i, 4))) | 0;
  return (hash + mix(word(text, whole, text.length - whole))) | 0;
}

function word(text: string, start: number, length: number): number {
  let value = 0;
  for (let i = start; i < start + length; i++) value = (value << 8) + text.charCodeAt(i);
  return value | 0;
}

function mix(value: number): number {
  return value ^ (value >>> 3);
}
