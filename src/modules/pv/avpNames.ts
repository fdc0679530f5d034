/**
 * Names of AVPs as keys of the store: `x` and `s:x` are the string name `x`, `i:5` is the number 5 (key
 * `i:5`). Aliases come from parameter avp_aliases.
 */
export function avpKey(written: string, aliases: ReadonlyMap<string, string>): string {
  const name = written.trim();
  if (name.startsWith('s:')) return name.slice(2);
  if (name.startsWith('i:')) return `i:${Number.parseInt(name.slice(2), 10)}`;
  return aliases.get(name) ?? name;
}

/** `email=s:email_addr;tmp=i:100`. */
export function parseAvpAliases(text: string): ReadonlyMap<string, string> {
  const aliases = new Map<string, string>();
  for (const part of text.split(';')) {
    const equals = part.indexOf('=');
    if (equals > 0) aliases.set(part.slice(0, equals).trim(), avpKey(part.slice(equals + 1), new Map()));
  }
  return aliases;
}
