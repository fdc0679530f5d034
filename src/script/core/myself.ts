import type { TransportProtocol } from '../../base/ports.ts';
import { arg } from '../../module/define.ts';
import type { Host } from '../../module/host.ts';
import { splitUri } from '../../sip/uriParts.ts';
import type { CoreFunctions, CoreTools } from './state.ts';

/** Is a URI, `host`, or `host:port` one of ours? A port that is not written is not compared. */
export function isMyself(host: Host, text: string): boolean {
  const uri =
    splitUri(text) ??
    splitUri(
      `sip:${text.includes(':') && !text.includes('.') && !text.startsWith('[') ? `[${text}]` : text}`,
    );
  if (uri === undefined || uri.host === '') return false;
  const proto = uri.param('transport')?.toLowerCase() as TransportProtocol | undefined;
  const name = uri.host.startsWith('[') ? uri.host.slice(1, -1) : uri.host;
  return host.transport.isLocal(name, uri.port, proto);
}

export function myselfFunctions({ signature }: CoreTools): CoreFunctions {
  const test = (doc: string): CoreFunctions[string] => ({
    doc,
    returns: { 1: 'ours', [-1]: 'not ours' },
    signatures: [
      signature({
        args: [arg.any('text', 'URI or address')],
        run: (self, _context, value) => (isMyself(self.host, String(value ?? '')) ? 1 : -1),
      }),
    ],
  });
  return {
    '@uri_is_myself': test('What `uri == myself` asks: is the host of a URI one of ours?'),
    '@address_is_myself': test('What `src_ip == myself` asks: is an address one of ours?'),
  };
}
