/** A database URL as it may stand in a log. */
export function withoutPassword(url: string): string {
  const start = url.indexOf('://');
  const at = url.lastIndexOf('@');
  return start < 0 || at < start ? url : `${url.slice(0, start)}://***${url.slice(at)}`;
}
