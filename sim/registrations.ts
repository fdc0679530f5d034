import { DatabaseError } from '../src/base/errors.ts';
import { LogLevel } from '../src/base/ports.ts';
import { leftovers, OneFinalResponse, silenceAfterStop } from './checkers.ts';
import { goodLink } from './link.ts';
import { SipPeer } from './peer.ts';
import { SimServer, within } from './server.ts';
import { SimWorld } from './world.ts';

/**
 * The registrar under stress: phones register, refresh and leave over UDP and TCP while links lose and part, streams break,
 * and the database is slow or fails for a while. When all is well again, one more registration of each phone must
 * leave exactly one binding of it, and a row in the table.
 */
const config = `
debug=2
auto_aliases=no
tcp_connection_lifetime=3600
loadmodule "db_sqlite.so"
loadmodule "sl.so"
loadmodule "tm.so"
loadmodule "pv.so"
loadmodule "textops.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
modparam("tm", "wt_timer", 40000)
modparam("usrloc", "db_url", "sqlite:///x.db")
modparam("usrloc", "db_mode", 1)
modparam("registrar", "max_expires", 3600)
modparam("registrar", "max_contacts", 3)
request_route {
  if (is_method("REGISTER")) {
    # A transaction absorbs repetitions, also those that later requests have overtaken.
    if (!t_newtran()) exit;
    save("location");
    exit;
  }
  if (lookup("location")) sl_send_reply("200", "Found");
  else sl_send_reply("404", "Not Found");
}
`;

const server = { address: '10.0.0.1', port: 5060 };
const phones = 6;
const troubleMs = 120_000;

export interface RegistrationsOutcome {
  readonly violations: readonly string[];
  readonly traceHash: number;
  /** REGISTERs that were answered 200 during the trouble. */
  readonly accepted: number;
}

export async function runRegistrations(seed: number): Promise<RegistrationsOutcome> {
  const world = new SimWorld(seed);
  world.database.addStandardTables(['standard']);
  const checker = new OneFinalResponse(server.address);
  world.network.onEvent = (event) => checker.see(event);
  const simulated = await SimServer.start(world, { config, address: server.address });
  const peers: SipPeer[] = [];
  for (let i = 0; i < phones; i++) peers.push(await openPhone(world, i));
  const accepted = await trouble(world, peers);
  const violations = [...checker.violations, ...(await settle(world, simulated, peers))];
  await world.advance(60_000);
  violations.push(...(await leftovers(simulated, peers)));
  violations.push(...(await silenceAfterStop(world, simulated, peers)));
  violations.push(...simulated.logged(LogLevel.crit));
  return { violations, traceHash: world.traceHash, accepted };
}

function openPhone(world: SimWorld, index: number): Promise<SipPeer> {
  const transport = index % 3 === 2 ? 'tcp' : 'udp';
  const address = `10.0.0.${20 + index}`;
  return SipPeer.open(world, { name: `phone${index}`, address, transport, listen: true, server });
}

/** Two minutes of it. */
async function trouble(world: SimWorld, peers: readonly SipPeer[]): Promise<number> {
  const random = world.random.fork('trouble');
  let accepted = 0;
  world.network.setLinks({
    ...goodLink,
    latencyMs: 5,
    jitterMs: 30,
    loss: 0.2,
    duplicate: 0.05,
    splitStreams: true,
  });
  world.database.latencyMs = random.between(1, 300);
  for (const peer of peers) {
    for (let round = 0; round < 4; round++) {
      world.clock.after(random.between(0, troubleMs), () => {
        const expires = random.pick([0, 60, 300, 3600]);
        const { final } = peer.request('REGISTER', { headers: `Expires: ${expires}\r\n` });
        void final.then((response) => {
          if (response?.statusCode === 200) accepted++;
        });
      });
    }
  }
  world.clock.after(random.between(0, troubleMs), () => failDatabase(world, random.between(1000, 20_000)));
  world.clock.after(random.between(0, troubleMs), () => world.breakStreams(server.address));
  const cutOff = random.pick(peers).ports.net.interfaces()[0]!.address;
  world.clock.after(random.between(0, troubleMs), () => part(world, cutOff, random.between(1000, 30_000)));
  await world.advance(troubleMs + 40_000);
  return accepted;
}

function failDatabase(world: SimWorld, forMs: number): void {
  world.database.failure = new DatabaseError('DB_FULL', 'database or disk is full');
  world.clock.after(forMs, () => {
    world.database.failure = undefined;
  });
}

function part(world: SimWorld, address: string, forMs: number): void {
  world.network.setLink(server.address, address, { partitioned: true });
  world.clock.after(forMs, () => world.network.setLink(server.address, address, { partitioned: false }));
}

/** All is well again: each phone registers once more and must be found, once. */
async function settle(world: SimWorld, simulated: SimServer, peers: readonly SipPeer[]): Promise<string[]> {
  const violations: string[] = [];
  world.network.setLinks({ ...goodLink });
  for (const peer of peers) {
    const [interfaceAddress] = peer.ports.net.interfaces();
    world.network.setLink(server.address, interfaceAddress!.address, goodLink);
  }
  world.database.failure = undefined;
  world.database.latencyMs = 1;
  for (const peer of peers) {
    const registered = peer.request('REGISTER', { headers: 'Expires: 3600\r\n' });
    const status = (await within(world, registered.final, 40_000))?.statusCode ?? 0;
    if (status !== 200) violations.push(`${peer.name} heard ${status} to its last REGISTER`);
    const found = peer.request('OPTIONS', { toUser: peer.name });
    const found200 = (await within(world, found.final, 40_000))?.statusCode === 200;
    if (!found200) violations.push(`${peer.name} is not found`);
  }
  const { rows } = world.database.table('location').select({ table: 'location', columns: ['username'] });
  // A row whose deletion failed with the database may still be there; it goes when it has expired.
  const stored = new Set(rows.map(([name]) => String(name)));
  for (const { name } of peers) if (!stored.has(name)) violations.push(`${name} is not in the table`);
  const contacts = simulated.server.statistics.read('location_contacts', 'usrloc');
  if (contacts !== peers.length) violations.push(`${contacts} contacts of ${peers.length} phones`);
  return violations;
}
