/** Where a control socket listens: `unixs:/path`, `unixd:/path`, `udp:host:port`, `tcp:host:port`, `fifo:/path`. */
export type ControlAddress =
  | { readonly kind: 'unix_stream' | 'unix_dgram' | 'fifo'; readonly path: string }
  | { readonly kind: 'udp' | 'tcp'; readonly address: string; readonly port: number };

const unixKinds: Readonly<Record<string, 'unix_stream' | 'unix_dgram' | 'fifo'>> = {
  unix: 'unix_stream',
  unixs: 'unix_stream',
  unixd: 'unix_dgram',
  fifo: 'fifo',
};

/** Relative paths are under `runDir`. undefined when it is no address. `pathKind` is what a bare path means. */
export function parseControlAddress(
  text: string,
  runDir: string,
  pathKind: 'unix_stream' | 'fifo',
): ControlAddress | undefined {
  const colon = text.indexOf(':');
  const scheme = colon < 0 ? '' : text.slice(0, colon).toLowerCase();
  const rest = text.slice(colon + 1);
  const unixKind = unixKinds[scheme];
  if (unixKind !== undefined)
    return rest === '' ? undefined : { kind: unixKind, path: underRunDir(rest, runDir) };
  if (scheme === 'udp' || scheme === 'tcp') return networkAddress(scheme, rest);
  if (text.startsWith('/')) return { kind: pathKind, path: text };
  return (
    networkAddress('udp', text) ??
    (text === '' ? undefined : { kind: pathKind, path: underRunDir(text, runDir) })
  );
}

function underRunDir(path: string, runDir: string): string {
  return path.startsWith('/') ? path : `${runDir}/${path}`;
}

function networkAddress(kind: 'udp' | 'tcp', text: string): ControlAddress | undefined {
  const match = /^(?:(\[[0-9a-fA-F:.]+\]|[^:]*):)?(\d{1,5})$/.exec(text);
  if (match === null) return undefined;
  const port = Number(match[2]);
  if (port === 0 || port > 65535) return undefined;
  const host = (match[1] ?? '*').replace(/^\[|\]$/g, '');
  const address = host === '' || host === '*' ? '0.0.0.0' : host === 'localhost' ? '127.0.0.1' : host;
  return { kind, address, port };
}

/** Path and '', or address and port, as `ctl.listen` lists them. */
export function addressParts(address: ControlAddress): [string, string] {
  return 'path' in address ? [address.path, ''] : [address.address, String(address.port)];
}
