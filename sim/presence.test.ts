import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DatabaseError } from '../src/base/errors.ts';
import { LogLevel } from '../src/base/ports.ts';
import { HeaderKind } from '../src/sip/headerKind.ts';
import type { SipMessage } from '../src/sip/message.ts';
import { SipPeer } from './peer.ts';
import { SimServer, within } from './server.ts';
import { SimWorld } from './world.ts';

// Presence on a whole server in virtual time: what takes minutes, and what a bad database does.

const address = '10.0.0.1';
const server = { address, port: 5060 };

interface Setup {
  readonly params?: string;
  readonly events?: string;
  readonly modules?: string;
  readonly seed?: number;
  /** What requests meet before presence. */
  readonly before?: string;
}

const transactions = 'if (!t_newtran()) { sl_reply_error(); exit; }';

function configOf({ params = '', events = '', modules = '', before = transactions }: Setup): string {
  return `debug=2
auto_aliases=no
loadmodule "db_sqlite.so"
loadmodule "sl.so"
loadmodule "tm.so"
loadmodule "pv.so"
loadmodule "textops.so"
loadmodule "xlog.so"
${modules}
loadmodule "presence.so"
loadmodule "presence_xml.so"
modparam("presence|presence_xml", "db_url", "sqlite:///x.db")
modparam("presence_xml", "force_active", 1)
${params}
request_route {
  if (is_method("OPTIONS")) { sl_send_reply("200", "OK"); exit; }
  ${before}
  if (is_method("PUBLISH")) handle_publish();
  else if (is_method("SUBSCRIBE")) handle_subscribe();
  t_release();
}
${events}
`;
}

async function start(setup: Setup = {}, world = newWorld(setup.seed)) {
  const simulated = await SimServer.start(world, { config: configOf(setup), address });
  return { world, simulated };
}

function newWorld(seed = 1): SimWorld {
  const world = new SimWorld(seed);
  world.database.addStandardTables();
  return world;
}

function phone(world: SimWorld, name: string, at: string): Promise<SipPeer> {
  return SipPeer.open(world, { name, address: at, server });
}

const pidf = (note: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?><presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:ann@${address}">` +
  `<tuple id="t"><status><basic>open</basic></status><note>${note}</note></tuple></presence>`;

function publication(note: string, headers = '') {
  return {
    headers: `Event: presence\r\nExpires: 3600\r\n${headers}`,
    body: pidf(note),
    contentType: 'application/pidf+xml',
  };
}

async function publish(
  world: SimWorld,
  peer: SipPeer,
  note: string,
  headers = '',
): Promise<SipMessage | undefined> {
  const { final } = peer.request('PUBLISH', publication(note, headers));
  return await within(world, final, 40_000);
}

interface Wish {
  readonly expires?: number;
  readonly event?: string;
  readonly callId?: string;
  readonly from?: string;
  readonly to?: string;
  readonly headers?: string;
}

async function subscribe(world: SimWorld, peer: SipPeer, wish: Wish = {}): Promise<SipMessage | undefined> {
  const { expires = 600, event = 'presence', headers = '', ...rest } = wish;
  const { final } = peer.request('SUBSCRIBE', {
    toUser: 'ann',
    contact: peer.contact,
    headers: `Event: ${event}\r\nExpires: ${expires}\r\n${headers}`,
    ...rest,
  });
  const response = await within(world, final, 40_000);
  await world.advance(20);
  return response;
}

function notifies(peer: SipPeer): readonly SipMessage[] {
  return peer.received.filter(({ isRequest, method }) => isRequest && method === 'NOTIFY');
}

/** State, CSeq and note of each NOTIFY. */
function told(peer: SipPeer): readonly string[] {
  return notifies(peer).map((notify) => {
    const state = notify.value(HeaderKind.subscriptionState) ?? '';
    const note = /<note>([^<]*)/.exec(notify.body)?.[1] ?? '-';
    return `${notify.cseq?.number} ${state} ${note}`;
  });
}

test('a subscription survives a restart, and ends in time', async () => {
  const world = newWorld();
  const first = await start({}, world);
  const bob = await phone(world, 'bob', '10.0.0.12');
  const ann = await phone(world, 'ann', '10.0.0.11');
  assert.equal((await subscribe(world, bob))?.statusCode, 200);
  await within(world, first.simulated.stop(), 60_000);
  assert.equal(world.database.table('active_watchers').size, 1);
  const second = await SimServer.start(world, { config: configOf({}), address, name: 'again' });
  assert.equal((await publish(world, ann, 'here'))?.statusCode, 200);
  await world.advance(700_000);
  assert.deepEqual(told(bob), [
    '2 active;expires=600 -',
    '3 active;expires=600 here',
    '4 terminated;reason=timeout -',
  ]);
  await world.advance(100_000);
  assert.equal(world.database.table('active_watchers').size, 0);
  assert.deepEqual(second.logged(LogLevel.error), []);
});

test('a failing database answers 500, holds up nobody else, and all goes on when it is back', async () => {
  const { world, simulated } = await start({ params: 'modparam("presence", "subs_db_mode", 1)' });
  const ann = await phone(world, 'ann', '10.0.0.11');
  const bob = await phone(world, 'bob', '10.0.0.12');
  world.database.failure = new DatabaseError('DB_FULL', 'database or disk is full');
  assert.equal((await publish(world, ann, 'x'))?.statusCode, 500);
  assert.equal((await subscribe(world, bob))?.statusCode, 500);
  const options = await within(world, bob.request('OPTIONS').final, 1000);
  assert.equal(options?.statusCode, 200);
  world.database.failure = undefined;
  assert.equal((await subscribe(world, bob))?.statusCode, 200);
  assert.equal((await publish(world, ann, 'back'))?.statusCode, 200);
  await world.advance(40_000);
  assert.deepEqual(told(bob), ['2 active;expires=600 -', '3 active;expires=600 back']);
  assert.match(
    simulated.logged(LogLevel.error)[0] ?? '',
    /cannot store a publication: database or disk is full/,
  );
});

test('a database that is two seconds late delays only who asks it, and states stay in order', async () => {
  const { world } = await start();
  const ann = await phone(world, 'ann', '10.0.0.11');
  const bob = await phone(world, 'bob', '10.0.0.12');
  await subscribe(world, bob);
  world.database.latencyMs = 2000;
  const published = ['one', 'two', 'three'].map((note) => ann.request('PUBLISH', publication(note)));
  await within(world, bob.request('OPTIONS').final, 100);
  await world.advance(40_000);
  for (const { final } of published) assert.equal((await final)?.statusCode, 200);
  assert.deepEqual(
    told(bob).map((line) => line.split(' ').at(-1)),
    ['-', 'one', 'two', 'three'],
  );
});

test('subs_db_mode 3: NOTIFY requests wait in the table and go within waitn_time, an empty one at once', async () => {
  const params = 'modparam("presence", "subs_db_mode", 3)\nmodparam("presence", "waitn_time", 5)';
  const { world } = await start({ params });
  const ann = await phone(world, 'ann', '10.0.0.11');
  const bob = await phone(world, 'bob', '10.0.0.12');
  await publish(world, ann, 'first');
  await subscribe(world, bob, { expires: 60 });
  assert.deepEqual(told(bob), ['1 active;expires=60 -']);
  await world.advance(6000);
  assert.deepEqual(
    told(bob).map((line) => line.split(' ').at(-1)),
    ['-', 'first'],
  );
  await world.advance(200_000);
  assert.match(told(bob).at(-1) ?? '', /^3 terminated;reason=timeout/);
  assert.equal(world.database.table('active_watchers').size, 0);
});

test('presence:notify-reply sees the answer and the subscription; silence is 408 and ends it', async () => {
  const events = `event_route[presence:notify-reply] {
  xlog("L_INFO", "REPLY $notify_reply($rs) $rm $subs(uri) $subs(watcher_username) $subs(event) $subs(expires) $subs(local_cseq)\\n");
}
event_route[tm:local-request] {
  xlog("L_INFO", "LOCAL $rm $subs(callid) $subs(status) $subs(version)\\n");
}`;
  const { world, simulated } = await start({ events });
  const ann = await phone(world, 'ann', '10.0.0.11');
  const bob = await phone(world, 'bob', '10.0.0.12');
  await subscribe(world, bob, { callId: 'c1' });
  const lines = () =>
    simulated.log.map(({ text }) => text.trim()).filter((text) => /^(REPLY|LOCAL)/.test(text));
  assert.deepEqual(lines(), [
    'LOCAL NOTIFY c1 1 1',
    `REPLY 200 NOTIFY sip:ann@${address} bob presence 600 1`,
  ]);
  bob.handlers.set('NOTIFY', () => {});
  await publish(world, ann, 'x');
  await world.advance(40_000);
  assert.match(lines().at(-1) ?? '', /^REPLY 408 NOTIFY/);
  await publish(world, ann, 'y');
  await world.advance(40_000);
  assert.equal(notifies(bob).filter(({ cseq }) => cseq?.number === 4).length, 0);
});

test('presence:notify-reply may end a subscription; timeout_rm_subs 0 keeps a silent one', async () => {
  const params = 'modparam("presence", "timeout_rm_subs", 0)\nmodparam("presence", "xavp_cfg", "pres")';
  const events =
    'event_route[presence:notify-reply] { if ($notify_reply($rs) == 480) $xavp(pres=>delete_subscription) = 1; }';
  const { world } = await start({ params, events });
  const ann = await phone(world, 'ann', '10.0.0.11');
  const bob = await phone(world, 'bob', '10.0.0.12');
  await subscribe(world, bob);
  bob.handlers.set('NOTIFY', () => {});
  await publish(world, ann, 'x');
  await world.advance(40_000);
  bob.handlers.set('NOTIFY', (incoming) => incoming.respond(480));
  await publish(world, ann, 'y');
  await world.advance(1000);
  bob.handlers.delete('NOTIFY');
  await publish(world, ann, 'z');
  await world.advance(1000);
  const notes = new Set(told(bob).map((line) => line.split(' ').at(-1)));
  assert.deepEqual([...notes], ['-', 'x', 'y']);
});

test('an event id comes back in NOTIFY and tells the subscriptions of a dialog apart', async () => {
  const { world } = await start();
  const bob = await phone(world, 'bob', '10.0.0.12');
  const response = await subscribe(world, bob, { event: 'presence;id=17', callId: 'c1' });
  assert.equal(response?.statusCode, 200);
  assert.equal(notifies(bob)[0]?.value(HeaderKind.event), 'presence;id=17');
});

test('delete_same_subs: a new subscription with the Call-ID of another replaces it', async () => {
  const { world } = await start({ params: 'modparam("presence", "delete_same_subs", 1)' });
  const ann = await phone(world, 'ann', '10.0.0.11');
  const bob = await phone(world, 'bob', '10.0.0.12');
  await subscribe(world, bob, { callId: 'same' });
  await subscribe(world, bob, { callId: 'same' });
  await publish(world, ann, 'x');
  await world.advance(1000);
  assert.equal(told(bob).filter((line) => line.endsWith(' x')).length, 1);
});

test('documents end in time; with force_delete without a word', async () => {
  for (const [force, count] of [
    [0, 3],
    [1, 2],
  ] as const) {
    const { world } = await start({ params: `modparam("presence", "force_delete", ${force})` });
    const ann = await phone(world, 'ann', '10.0.0.11');
    const bob = await phone(world, 'bob', '10.0.0.12');
    await subscribe(world, bob, { expires: 3600 });
    const { final } = ann.request('PUBLISH', {
      headers: 'Event: presence\r\nExpires: 60\r\n',
      body: pidf('short'),
      contentType: 'application/pidf+xml',
    });
    await within(world, final, 1000);
    await world.advance(300_000);
    assert.equal(notifies(bob).length, count, `force_delete ${force}`);
    assert.equal(world.database.table('presentity').size, 0);
  }
});

const pidfNs = 'xmlns:pr="urn:ietf:params:xml:ns:pres-rules"';

test('rules may ask for the sphere; a pidf-manipulation document stands for the presentity', async () => {
  const params = `modparam("presence_xml", "force_active", 0)
modparam("presence_xml", "integrated_xcap_server", 1)
modparam("presence", "enable_sphere_check", 1)`;
  const world = newWorld();
  const rules =
    `<ruleset xmlns="urn:ietf:params:xml:ns:common-policy" ${pidfNs}><rule id="1"><conditions><identity><many/></identity>` +
    '<sphere value="work"/></conditions><actions><pr:sub-handling>allow</pr:sub-handling></actions></rule></ruleset>';
  const row = (doc: string, type: number, uri: string) =>
    world.database.table('xcap').insert({
      username: 'ann',
      domain: address,
      doc,
      doc_type: type,
      etag: 'e',
      source: 1,
      doc_uri: uri,
      port: 0,
    });
  row(rules, 2, 'rules');
  row(pidf('hard'), 8, 'hard-state');
  const { simulated } = await start({ params }, world);
  const ann = await phone(world, 'ann', '10.0.0.11');
  const bob = await phone(world, 'bob', '10.0.0.12');
  const carl = await phone(world, 'carl', '10.0.0.13');
  await subscribe(world, bob);
  assert.match(told(bob)[0] ?? '', /pending/);
  const sphere = '<r:sphere xmlns:r="urn:ietf:params:xml:ns:pidf:rpid">work</r:sphere>';
  await publish(world, ann, `at the desk</note>${sphere}<note>`);
  await subscribe(world, carl);
  assert.match(told(carl)[0] ?? '', /active;expires=600 at the desk/);
  const call = (...args: (string | number)[]) =>
    within(world, simulated.server.rpc.call('presence.refreshWatchers', args), 1000);
  await call(`sip:ann@${address}`, 'presence', 2, 'hard-state', 'hard.xml');
  await world.advance(1000);
  assert.equal(world.database.table('presentity').size, 2);
  assert.deepEqual(await call(`sip:ann@${address}`, 'presence', 2, 'gone', 'hard.xml'), []);
  assert.equal(world.database.table('presentity').size, 1);
});

test('memory alone needs no database; without one, and with tables asked for, the module is a library', async () => {
  const world = new SimWorld(1);
  const memory = `modparam("presence", "db_url", "")\nmodparam("presence", "publ_cache", 2)\nmodparam("presence", "subs_db_mode", 0)`;
  await start({ params: memory }, world);
  const ann = await phone(world, 'ann', '10.0.0.11');
  const bob = await phone(world, 'bob', '10.0.0.12');
  await subscribe(world, bob);
  await publish(world, ann, 'x');
  await world.advance(700_000);
  assert.deepEqual(
    told(bob).map((line) => line.split(' ').slice(0, 2).join(' ')),
    ['2 active;expires=600', '3 active;expires=600', '4 terminated;reason=timeout'],
  );
  const library = await start({ params: 'modparam("presence", "db_url", "")' }, newWorld());
  const dora = await phone(library.world, 'dora', '10.0.0.12');
  dora.request('SUBSCRIBE', { toUser: 'ann', contact: dora.contact, headers: 'Event: presence\r\n' });
  await library.world.advance(1000);
  assert.match(library.simulated.logged(LogLevel.error).join('\n'), /handle_subscribe: .*library/);
});

test('without transactions a repeated SUBSCRIBE is the same subscription', async () => {
  const { world } = await start({ before: '' });
  const ann = await phone(world, 'ann', '10.0.0.11');
  const bob = await phone(world, 'bob', '10.0.0.12');
  const text =
    `SUBSCRIBE sip:ann@${address} SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.12:5060;branch=z9hG4bKsame\r\n` +
    `From: <sip:bob@${address}>;tag=f\r\nTo: <sip:ann@${address}>\r\nCall-ID: c\r\nCSeq: 1 SUBSCRIBE\r\n` +
    `Contact: ${bob.contact}\r\nEvent: presence\r\nExpires: 600\r\nContent-Length: 0\r\n\r\n`;
  bob.send(text);
  await world.advance(100);
  bob.send(text);
  await world.advance(100);
  const answers = bob.received.filter(({ isRequest }) => !isRequest);
  assert.deepEqual(
    answers.map(({ statusCode }) => statusCode),
    [200, 200],
  );
  assert.equal(answers[0]?.toTag, answers[1]?.toTag);
  await publish(world, ann, 'x');
  await world.advance(100);
  assert.equal(told(bob).filter((line) => line.endsWith(' x')).length, 1);
});

test('who must wait too long for his turn is told to come again', async () => {
  const { world, simulated } = await start();
  const ann = await phone(world, 'ann', '10.0.0.11');
  world.database.latencyMs = 50_000;
  const asked = Array.from({ length: 1010 }, () => ann.request('PUBLISH', publication('x')));
  await world.advance(100);
  const refused = ann.received.filter(({ statusCode }) => statusCode === 503);
  assert.equal(refused.length, 10);
  assert.equal(asked.length, 1010);
  assert.match(simulated.logged(LogLevel.error)[0] ?? '', /too many requests wait/);
});

test('a watcher who has been refused meanwhile is put out when it refreshes', async () => {
  const { world } = await start();
  const bob = await phone(world, 'bob', '10.0.0.12');
  const dialog = { callId: 'c', from: `<${bob.addressOfRecord}>;tag=f` };
  const first = await subscribe(world, bob, dialog);
  const key = [{ column: 'watcher_username', op: '=', value: 'bob' }] as const;
  world.database.table('watchers').update({ status: 3, reason: 'rejected' }, key);
  const to = first?.value(HeaderKind.to) ?? '';
  assert.equal((await subscribe(world, bob, { ...dialog, to }))?.statusCode, 200);
  assert.match(told(bob).at(-1) ?? '', /terminated;reason=rejected/);
  assert.equal((await subscribe(world, bob, { ...dialog, to }))?.statusCode, 481);
});
