import { LoopSlices } from '../../base/loopSlices.ts';
import { RpcLongList, type RpcReply, RpcStruct } from '../../module/rpc.ts';
import { aorHash, type Binding, type LocationRecord } from './api.ts';
import { MemoryDomain } from './memoryDomain.ts';
import type { AnyDomain, Locations } from './service.ts';

const notSet = '[not set]';

/** `ul.dump`: all tables. The records of a large one are made while they are written. */
export async function dump(self: Locations, brief: boolean): Promise<RpcReply> {
  const domains: RpcStruct[] = [];
  for (const domain of self.domains.values())
    domains.push(new RpcStruct({ Domain: await dumpDomain(self, domain, brief) }));
  return [new RpcStruct({ Domains: domains })];
}

async function dumpDomain(self: Locations, domain: AnyDomain, brief: boolean): Promise<RpcStruct> {
  const size = 2 ** self.config.hash_size;
  const records = domain instanceof MemoryDomain ? domain.table.records : await recordsOf(domain);
  const stats = await slotStats(self, records, size);
  const aors = new RpcLongList(() => aorStructs(self, domain, records.values(), brief));
  return new RpcStruct({ Domain: domain.name, Size: size, AoRs: aors, Stats: stats });
}

interface Records {
  values(): Iterable<LocationRecord>;
}

/** All that is in a table of the database. */
async function recordsOf(domain: AnyDomain): Promise<Records> {
  const bindingsOf = new Map<string, Binding[]>();
  await domain.forEach((binding) => {
    const known = bindingsOf.get(binding.aor);
    if (known === undefined) bindingsOf.set(binding.aor, [binding]);
    else known.push(binding);
  });
  const records = Array.from(bindingsOf, ([aor, bindings]) => ({ aor, bindings }));
  return { values: () => records };
}

/** How full the slots of Kamailio's hash table would be. */
async function slotStats(self: Locations, records: Records, size: number): Promise<RpcStruct> {
  const slots = new Uint32Array(size);
  const slices = new LoopSlices(self.host);
  let count = 0;
  let fullest = 0;
  for (const { aor } of records.values()) {
    const slot = aorHash(aor) % size;
    const used = (slots[slot] ?? 0) + 1;
    slots[slot] = used;
    fullest = Math.max(fullest, used);
    count++;
    const pause = slices.step();
    if (pause !== undefined) await pause;
  }
  return new RpcStruct({ Records: count, 'Max-Slots': fullest });
}

function* aorStructs(
  self: Locations,
  domain: AnyDomain,
  records: Iterable<LocationRecord>,
  brief: boolean,
): Generator<RpcStruct> {
  const nowSec = domain.nowSec();
  for (const { aor, bindings } of records) {
    if (brief) yield new RpcStruct({ AoR: aor });
    else {
      const contacts = bindings.map((binding) => contactStruct(binding, nowSec, isNat(self, binding)));
      yield infoStruct(aor, contacts);
    }
  }
}

function infoStruct(aor: string, contacts: readonly RpcStruct[]): RpcStruct {
  return new RpcStruct({ Info: new RpcStruct({ AoR: aor, HashID: aorHash(aor), Contacts: contacts }) });
}

/** One contact as `ul.dump` and `ul.lookup` show it. */
export function contactStruct(binding: Binding, nowSec: number, keepalive: boolean): RpcStruct {
  return new RpcStruct({
    Contact: new RpcStruct({
      Address: binding.contact,
      Expires: expiresText(binding, nowSec),
      Q: binding.q < 0 ? -1 : binding.q / 1000,
      'Call-ID': binding.callId,
      CSeq: binding.cseq,
      'User-Agent': orNotSet(binding.userAgent),
      Received: orNotSet(binding.received),
      Path: orNotSet(binding.path),
      State: binding.state,
      Flags: binding.flags,
      CFlags: binding.branchFlags,
      Socket: orNotSet(binding.socketText),
      Methods: binding.methods < 0 ? 0xffffffff : binding.methods,
      Ruid: binding.ruid,
      Instance: orNotSet(binding.instance),
      'Reg-Id': binding.regId,
      'Server-Id': binding.serverId,
      'Tcpconn-Id': binding.connectionId === 0 ? -1 : binding.connectionId,
      Keepalive: keepalive ? 1 : 0,
      'Last-Keepalive': binding.lastKeepaliveSec,
      'KA-Roundtrip': binding.roundTripMicros,
      'Last-Modified': binding.lastModifiedSec,
    }),
  });
}

function expiresText(binding: Binding, nowSec: number): number | string {
  if (binding.expiresSec === 0) return 'permanent';
  return binding.expiresSec > nowSec ? binding.expiresSec - nowSec : 'expired';
}

export function isNat(self: Locations, binding: Binding): boolean {
  const flag = self.config.nat_bflag;
  return flag >= 0 && ((binding.branchFlags >>> flag) & 1) === 1;
}

function orNotSet(text: string): string {
  return text === '' ? notSet : text;
}
