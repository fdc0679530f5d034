import { type Params, parseParams, skipSpace } from './params.ts';

/** One Via value (RFC 3261 §20.42). Offsets are into the text it was parsed from. */
export interface Via {
  /** `SIP/2.0`. */
  readonly protocol: string;
  /** As written: `UDP`, `TCP`, `TLS`, `WS` ... */
  readonly transport: string;
  /** IPv6 with its brackets. */
  readonly host: string;
  /** 0 when none is given. */
  readonly port: number;
  readonly params: Params;
  readonly branch: string;
  readonly start: number;
  /** Behind the last character of this value (before a comma or the line's end). */
  readonly end: number;
  /** Behind sent-by: where `;received=` and friends may be inserted. */
  readonly sentByEnd: number;
  /** True if a further value follows behind a comma in the same header line. */
  readonly more: boolean;
}

/** Parses the first Via value of `text[start, end)`; undefined when it is malformed. */
export function parseVia(text: string, start: number, end: number): Via | undefined {
  const valueEnd = endOfFirstValue(text, start, end);
  const begin = skipSpace(text, start, valueEnd);
  const head = /^([^\s/]+)\s*\/\s*([^\s/]+)\s*\/\s*([^\s/]+)\s+/.exec(
    text.slice(begin, Math.min(valueEnd, begin + 80)),
  );
  if (head === null) return undefined;
  const hostStart = begin + head[0].length;
  let paramsStart = text.indexOf(';', hostStart);
  if (paramsStart < 0 || paramsStart > valueEnd) paramsStart = valueEnd;
  const sentBy = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?:\s*:\s*(\d{1,5}))?\s*$/.exec(
    text.slice(hostStart, paramsStart),
  );
  if (sentBy === null) return undefined;
  const params = parseParams(text, paramsStart, valueEnd);
  if (params === undefined) return undefined;
  return {
    protocol: `${head[1]}/${head[2]}`,
    transport: head[3] as string,
    host: sentBy[1] as string,
    port: sentBy[2] === undefined ? 0 : Number(sentBy[2]),
    params,
    branch: params.get('branch') ?? '',
    start: begin,
    end: valueEnd,
    sentByEnd: hostStart + sentBy[0].trimEnd().length,
    more: valueEnd < end,
  };
}

function endOfFirstValue(text: string, start: number, end: number): number {
  const comma = text.indexOf(',', start);
  if (comma < 0 || comma >= end) return end;
  const quote = text.indexOf('"', start);
  if (quote < 0 || quote > comma) return comma;
  let quoted = false;
  for (let position = start; position < end; position++) {
    const code = text.charCodeAt(position);
    if (code === 0x5c && quoted) position++;
    else if (code === 0x22) quoted = !quoted;
    else if (code === 0x2c && !quoted) return position;
  }
  return end;
}
