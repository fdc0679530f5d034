/** `HFNAME[IDX].PARAM` as the header value functions name what they work on. */
export interface ValueReference {
  readonly name: string;
  /** From 1; negative ones count from the end; `*` for all; undefined when none is given. */
  readonly index: number | '*' | undefined;
  readonly param: string | undefined;
}

export function parseReference(text: string): ValueReference | undefined {
  const match = /^\s*([^\s[\].:]+)(?:\[(\*|-?\d+)\])?(?:\.([^\s[\]]+))?\s*$/.exec(text);
  if (match === null) return undefined;
  const [, name = '', index, param] = match;
  const number = index === undefined || index === '*' ? index : Number(index);
  return number === 0 ? undefined : { name, index: number as number | '*' | undefined, param };
}

export function checkReference(text: unknown): string | undefined {
  return parseReference(String(text)) === undefined
    ? 'expected HFNAME, HFNAME[IDX] or HFNAME[IDX].PARAM, the index from 1 or from -1'
    : undefined;
}

/** For adding values: no parameter, one place. */
export function checkPlace(text: unknown): string | undefined {
  const reference = parseReference(String(text));
  if (reference === undefined || reference.param !== undefined || reference.index === '*')
    return 'expected HFNAME or HFNAME[IDX], the index from 1 or from -1';
  return undefined;
}

/** The chosen ones of a list; the first where no index is given. */
export function chosen<T>(list: readonly T[], index: ValueReference['index']): readonly T[] {
  if (index === '*') return list;
  const wanted = index ?? 1;
  const one = list.at(wanted > 0 ? wanted - 1 : wanted);
  return one === undefined ? [] : [one];
}
