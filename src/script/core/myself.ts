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
    '@address_is_host': {
      doc: 'What `src_ip == host.example.com` asks: is an address one of those of a name?',
      returns: { 1: 'one of them', [-1]: 'none of them, or the name cannot be resolved' },
      signatures: [
        signature({
          args: [arg.string('address', 'IP address'), arg.string('host', 'name')],
          waits: true,
          run: async (self, _context, address, host) =>
            (await addressesOf(self.host, host, address.includes(':'))).includes(address) ? 1 : -1,
        }),
      ],
    },
  };
}

/** Addresses of a name in one family; none where nobody can tell. */
async function addressesOf({ resolver }: Host, name: string, ipv6: boolean): Promise<readonly string[]> {
  try {
    const records = await (ipv6 ? resolver.aaaa(name) : resolver.a(name));
    return records.map(({ address }) => address);
  } catch {
    return [];
  }
}
