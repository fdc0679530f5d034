import { LogLevel } from '../src/base/ports.ts';
import { answerCalls, placeCall } from './call.ts';
import { leftovers, OneFinalResponse, silenceAfterStop } from './checkers.ts';
import { goodLink, type LinkFaults } from './link.ts';
import { SipPeer } from './peer.ts';
import { SimServer, within } from './server.ts';
import { SimWorld } from './world.ts';

/**
 * The busy scenario: a proxy that forks in parallel, retries elsewhere behind a failure, and relays to UDP and TCP,
 * and a handful of phones that call, cancel, hang up, refuse and stay silent, over bad links.
 */
const config = `
debug=2
auto_aliases=no
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "maxfwd.so"
loadmodule "pv.so"
loadmodule "textops.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
modparam("tm", "fr_timer", 10000)
modparam("tm", "fr_inv_timer", 40000)
# RFC 3261's timers D and H instead of 5 s: late answers still find their transaction.
modparam("tm", "wt_timer", 64000)
request_route {
  if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
  if (is_method("CANCEL")) { if (t_check_trans()) t_relay(); exit; }
  if ($tt != $null) {
    if (loose_route()) { t_relay(); exit; }
    if (is_method("ACK")) { if (t_check_trans()) t_relay(); exit; }
    sl_send_reply("404", "No Such Dialog");
    exit;
  }
  t_check_trans();
  if (is_method("REGISTER")) { save("location"); exit; }
  if (is_method("INVITE")) record_route();
  if ($rU == "bob") $du = "sip:10.0.0.21";
  else if ($rU == "carol") $du = "sip:10.0.0.22;transport=tcp";
  else if ($rU == "dave") $du = "sip:10.0.0.23";
  else if ($rU == "team") {
    if (!lookup("location")) { sl_send_reply("404", "Nobody In The Team"); exit; }
  } else if ($rU == "desk") {
    $du = "sip:10.0.0.21";
    t_on_failure("DESK");
  } else {
    sl_send_reply("404", "Nobody");
    exit;
  }
  if (!t_relay()) sl_reply_error();
}
failure_route[DESK] {
  if (t_is_canceled()) exit;
  $ru = "sip:dave@10.0.0.23";
  t_relay();
}
`;

const server = { address: '10.0.0.1', port: 5060 };
const callees = ['bob', 'carol', 'dave', 'team', 'desk', 'nobody'] as const;

export const badLinks: Partial<LinkFaults> = {
  latencyMs: 5,
  jitterMs: 20,
  loss: 0.3,
  duplicate: 0.05,
  reorder: 0.1,
  splitStreams: true,
};

export interface BusyOutcome {
  /** What must not be; empty when all is well. */
  readonly violations: readonly string[];
  readonly traceHash: number;
  /** Final statuses of the calls, 0 for none. */
  readonly statuses: readonly number[];
  readonly happenings: number;
}

/** Runs the scenario to its end. Calls: how many are placed within the first half minute. */
export async function runBusy(
  seed: number,
  faults: Partial<LinkFaults> = badLinks,
  calls = 5,
): Promise<BusyOutcome> {
  const world = new SimWorld(seed);
  const checker = new OneFinalResponse(server.address);
  world.network.onEvent = (event) => checker.see(event);
  const simulated = await SimServer.start(world, { config, address: server.address });
  const peers = await openPeers(world);
  await registerTeam(world, peers);
  world.network.setLinks({ ...goodLink, ...faults });
  const statuses = await placeCalls(world, peers, calls);
  await world.advance(600_000);
  const violations = [...checker.violations, ...(await leftovers(simulated, peers))];
  if (statuses.length !== calls) violations.push(`only ${statuses.length} of ${calls} calls have ended`);
  violations.push(...(await silenceAfterStop(world, simulated, peers)));
  violations.push(...simulated.logged(LogLevel.crit));
  return { violations, traceHash: world.traceHash, statuses, happenings: world.clock.fired };
}

async function openPeers(world: SimWorld): Promise<SipPeer[]> {
  const open = (name: string, host: number, transport: 'udp' | 'tcp' = 'udp') =>
    SipPeer.open(world, { name, address: `10.0.0.${host}`, transport, server });
  const peers = [await open('alice', 11), await open('ann', 12, 'tcp'), await open('al', 13)];
  for (const [name, host] of [
    ['bob', 21],
    ['dave', 23],
  ] as const) {
    peers.push(await open(name, host));
  }
  peers.push(await openTcpCallee(world));
  for (const peer of peers.slice(3)) answerByChance(world, peer);
  return peers;
}

/** Bob and dave ring together when the team is called. */
async function registerTeam(world: SimWorld, peers: readonly SipPeer[]): Promise<void> {
  const members = peers.filter(({ name }) => name === 'bob' || name === 'dave');
  const to = `<sip:team@${server.address}>`;
  const answers = members.map((peer) => peer.request('REGISTER', { to, headers: 'Expires: 7200\r\n' }).final);
  await within(world, Promise.all(answers), 10_000);
}

/** A phone that takes its calls over TCP. */
function openTcpCallee(world: SimWorld): Promise<SipPeer> {
  return SipPeer.open(world, { name: 'carol', address: '10.0.0.22', transport: 'tcp', listen: true, server });
}

/** Answers, rings on, refuses, or says nothing at all. */
function answerByChance(world: SimWorld, peer: SipPeer): void {
  const random = world.random.fork(`${peer.name} answers`);
  answerCalls(peer, () => ({
    ...(random.chance(0.7) && { ringAfterMs: random.between(10, 500) }),
    answerAfterMs: random.chance(0.1) ? random.between(12_000, 35_000) : random.between(500, 8000),
    status: random.pick([200, 200, 200, 486, 480, 503, 603]),
  }));
}

/** Places calls at random times, some cancelled; their final statuses as far as they end in time. */
async function placeCalls(world: SimWorld, peers: readonly SipPeer[], calls: number): Promise<number[]> {
  const random = world.random.fork('calls');
  const statuses: number[] = [];
  for (let i = 0; i < calls; i++) {
    const caller = random.pick(peers.slice(0, 3));
    const toUser = random.pick(callees);
    const cancelAfterMs = random.chance(0.25) ? random.between(100, 6000) : undefined;
    const talkMs = random.between(100, 5000);
    world.clock.after(random.between(0, 30_000), () => {
      const options = { toUser, talkMs, ...(cancelAfterMs !== undefined && { cancelAfterMs }) };
      void placeCall(caller, options).then(({ status }) => statuses.push(status));
    });
  }
  await world.clock.advanceUntil(() => statuses.length === calls, 900_000);
  return statuses;
}
