import type { SelectStep } from '../../module/define.ts';

/** `from.uri.user`, `via[1].host`, `msg["X-A"]`; undefined when it is malformed. */
export function parseSelect(path: string): readonly SelectStep[] | undefined {
  const steps: SelectStep[] = [];
  let position = path.startsWith('@') ? 1 : 0;
  while (position < path.length) {
    let end = position;
    while (end < path.length && path[end] !== '.' && path[end] !== '[') end++;
    if (end === position) return undefined;
    const name = path.slice(position, end);
    let index: number | string | undefined;
    if (path[end] === '[') {
      const close = path.indexOf(']', end);
      if (close < 0) return undefined;
      index = readIndex(path.slice(end + 1, close).trim());
      if (index === undefined) return undefined;
      end = close + 1;
    }
    steps.push({ name, index });
    if (end < path.length && path[end] !== '.') return undefined;
    position = end + 1;
  }
  return steps.length === 0 || path.endsWith('.') ? undefined : steps;
}

function readIndex(text: string): number | string | undefined {
  if (/^-?\d+$/.test(text)) return Number(text);
  const quoted = /^"(.*)"$/.exec(text) ?? /^'(.*)'$/.exec(text);
  return quoted === null ? text || undefined : quoted[1];
}
