import type { RpcDeclaration } from '../../module/define.ts';
import { type RpcArgument, RpcFault, type RpcReply, RpcStruct } from '../../module/rpc.ts';
import type { Permissions } from './permissions.ts';
import type { TrustedPeer } from './trustedPeers.ts';

/** What stands for a column without value. */
const none = 'NULL';

async function reload(self: Permissions, what: 'addresses' | 'trusted'): Promise<RpcReply> {
  const problem = await self.reload(what);
  return problem === undefined ? ['Reload OK'] : new RpcFault(500, problem);
}

function dumpAddresses({ addresses }: Permissions): RpcReply {
  if (addresses === undefined) return new RpcFault(500, 'No address table');
  return addresses.addresses.map(({ slot, group, text, port, tag }) => {
    const item = new RpcStruct({ ip: text, port, tag: tag ?? none });
    return new RpcStruct({ table: slot, group, item });
  });
}

function dumpSubnets({ addresses }: Permissions): RpcReply {
  if (addresses === undefined) return new RpcFault(500, 'No subnet table');
  return addresses.subnets.map(({ group, text, mask, port, tag }, id) => {
    const item = new RpcStruct({ ip: text, mask, port, tag: tag ?? none });
    return new RpcStruct({ id, group, item });
  });
}

function dumpDomains({ addresses }: Permissions): RpcReply {
  if (addresses === undefined) return new RpcFault(500, 'No domain list table');
  return addresses.domains.map(({ slot, group, text, port, tag }) => {
    const item = new RpcStruct({ domain_name: text, port, tag: tag ?? none });
    return new RpcStruct({ table: slot, group, item });
  });
}

function peerRecord(peer: TrustedPeer): RpcStruct {
  return new RpcStruct({
    ip: peer.source,
    proto: peer.protoNumber,
    pattern: peer.fromPattern ?? none,
    ruri_pattern: peer.uriPattern ?? none,
    tag: peer.tag ?? none,
    priority: peer.priority,
  });
}

/** One record in which the names come again and again. */
function dumpTrusted({ trusted }: Permissions): RpcReply {
  if (trusted === undefined) return new RpcFault(500, 'No trusted table');
  const all = new RpcStruct();
  for (const peer of trusted.all()) all.add('table', peer.slot).add('item', peerRecord(peer));
  return [all];
}

function testPair(self: Permissions, [base, uri, contact]: readonly RpcArgument[]): RpcReply {
  const name = String(base);
  const { files } = self;
  const missing = [files.allowName(name), files.denyName(name)].find((each) => !files.isKnown(each));
  if (missing !== undefined) {
    self.host.log.error(`no route uses the file ${files.pathOf(missing)}`);
    return ['Denied'];
  }
  return [self.allowPair(name, String(uri), String(contact)) ? 'Allowed' : 'Denied'];
}

const text = (name: string) => ({ name, type: 'string' }) as const;

export const rpc: Readonly<Record<string, RpcDeclaration<Permissions>>> = {
  'permissions.addressReload': {
    doc: 'Loads the addresses anew.',
    run: (self) => reload(self, 'addresses'),
  },
  'permissions.trustedReload': {
    doc: 'Loads the trusted peers anew.',
    run: (self) => reload(self, 'trusted'),
  },
  'permissions.addressDump': { doc: 'Whole addresses.', returnsArray: true, run: dumpAddresses },
  'permissions.subnetDump': { doc: 'Networks.', returnsArray: true, run: dumpSubnets },
  'permissions.domainDump': { doc: 'Domains.', run: dumpDomains },
  'permissions.trustedDump': { doc: 'Trusted peers.', run: dumpTrusted },
  'permissions.testUri': {
    doc: 'Do the rules of the files with this base name allow the pair?',
    args: [text('basename'), text('uri'), text('contact')],
    run: testPair,
  },
  'permissions.allowUri': {
    doc: 'The same as permissions.testUri.',
    args: [text('basename'), text('uri'), text('contact')],
    run: testPair,
  },
};
