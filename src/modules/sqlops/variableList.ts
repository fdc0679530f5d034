/** `$var(a), $avp(b);$ru`: single variables, apart by commas or semicolons outside of parentheses. */
export function splitVariables(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i <= text.length; i++) {
    const character = text[i];
    if (character === '(' || character === '[') depth++;
    else if (character === ')' || character === ']') depth--;
    if (i < text.length && (depth > 0 || (character !== ',' && character !== ';'))) continue;
    const part = text.slice(start, i).trim();
    if (part !== '') parts.push(part);
    start = i + 1;
  }
  return parts;
}

/** AVPs stack, and null takes one away: a null from the database must not. */
export function isAvp(variable: string): boolean {
  return /^\$\(?avp\(/.test(variable);
}
