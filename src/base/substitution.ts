/** A sed-like `/regexp/replacement/flags`, taken apart; any character may be the delimiter. */
export interface SubstitutionParts {
  readonly pattern: string;
  readonly replacement: string;
  readonly flags: string;
}

/** Backslash pairs stay as they are, so an escaped delimiter does not end a part. */
export function splitSubstitution(text: string): SubstitutionParts | { readonly error: string } {
  const delimiter = text[0];
  if (delimiter === undefined) return { error: 'empty substitution' };
  const patternEnd = endOfPart(text, 1, delimiter);
  const replacementEnd = endOfPart(text, patternEnd + 1, delimiter);
  if (patternEnd >= text.length || replacementEnd >= text.length)
    return { error: `expected ${delimiter}regexp${delimiter}replacement${delimiter}flags` };
  return {
    pattern: text.slice(1, patternEnd),
    replacement: text.slice(patternEnd + 1, replacementEnd),
    flags: text.slice(replacementEnd + 1),
  };
}

function endOfPart(text: string, start: number, delimiter: string): number {
  let position = start;
  while (position < text.length && text[position] !== delimiter) position += text[position] === '\\' ? 2 : 1;
  return Math.min(position, text.length);
}
