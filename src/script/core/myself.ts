import { arg } from '../../module/define.ts';
import type { Host } from '../../module/host.ts';
import { isMyselfOnAnyTransport } from '../../proxy/myself.ts';
import type { CoreFunctions, CoreTools } from './state.ts';

export function myselfFunctions({ signature }: CoreTools): CoreFunctions {
  const test = (doc: string): CoreFunctions[string] => ({
    doc,
    returns: { 1: 'ours', [-1]: 'not ours' },
    signatures: [
      signature({
        args: [arg.any('text', 'URI or address')],
        run: (self, _context, value) =>
          isMyselfOnAnyTransport(self.host.transport, String(value ?? '')) ? 1 : -1,
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
