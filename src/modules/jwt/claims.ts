/** The claims of a script: `name1=value1;name2="value 2"`. */
export type Claims = Readonly<Record<string, string | number>>;

/** undefined when it is malformed. Quoted values are texts, others numbers if they read as one. */
export function parseClaims(text: string): Claims | undefined {
  const claims: Record<string, string | number> = {};
  let at = 0;
  while (at < text.length) {
    const match = /\s*([^\s=;'"]+)\s*=\s*(?:'([^']*)'|"([^"]*)"|([^;'"]*))\s*(?:;|$)/y;
    match.lastIndex = at;
    const found = match.exec(text);
    if (found === null) return text.slice(at).trim() === '' ? claims : undefined;
    const [whole, name = '', single, double, bare] = found;
    at += whole.length;
    claims[name] = single ?? double ?? numberOr(bare?.trim() ?? '');
  }
  return claims;
}

function numberOr(text: string): string | number {
  const number = Number(text);
  return /^[+-]?\d+$/.test(text) && Number.isSafeInteger(number) ? number : text;
}
