/** What newer rtpengines offer and Debian's Kamailio cannot show: a whole server in virtual time. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SipPeer } from '../../sim/peer.ts';
import { SimServer, within } from '../../sim/server.ts';
import { SimWorld } from '../../sim/world.ts';
import { relayAddress } from '../support/ngProtocol.ts';
import { SimNode } from './simNode.ts';

const sdp =
  'v=0\r\no=a 1 1 IN IP4 10.9.9.9\r\ns=-\r\nc=IN IP4 10.9.9.9\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n';

const modules = ['sl', 'tm', 'pv', 'rr', 'textops', 'xlog', 'rtpengine'];

async function scene(routes: string, params = '') {
  const world = new SimWorld(1);
  const nodes = [await SimNode.open(world, '10.0.1.1'), await SimNode.open(world, '10.0.1.2')] as const;
  const config = `
debug=3
auto_aliases=no
${modules.map((name) => `loadmodule "${name}.so"`).join('\n')}
modparam("rtpengine", "rtpengine_sock", "udp:10.0.1.1:2223")
modparam("rtpengine", "rtpengine_sock", "2 == udp:10.0.1.2:2223")
${params}
${routes}
`;
  const server = await SimServer.start(world, { config, address: '10.0.0.1' });
  const to = { address: '10.0.0.1', port: 5060 };
  const ann = await SipPeer.open(world, { name: 'ann', address: '10.0.0.2', server: to });
  const ask = async (method: string, body = '', type = 'application/sdp') => {
    const headers = body === '' ? '' : `Content-Type: ${type}\r\n`;
    const final = await within(world, ann.request(method, { body, headers }).final, 20_000);
    return `${final?.statusCode} ${final?.reasonPhrase}`;
  };
  return { world, server, nodes, ask, ann };
}

function field(command: string | undefined, name: string): string | undefined {
  return new RegExp(`^${name}: (.*?)\\r?$`, 'm').exec(command ?? '')?.[1];
}

test('a copy of the media: subscribe, answer, unsubscribe', async () => {
  const { nodes, ask } = await scene(`
request_route {
  if (is_method("INVITE")) {
    $var(rc) = rtpengine_subscribe_request("all siprec from-tags=a from-tags=b", "$avp(sdp)", "$avp(tag)", "streams");
    sl_send_reply("200", "$var(rc) $(avp(sdp){s.len}) $avp(tag) $xavp(streams[0]=>tag) $xavp(streams[0]=>label[0]) $xavp(streams[1]=>tag) $xavp(streams[1]=>label)");
  }
  if (is_method("UPDATE")) {
    $var(rc) = rtpengine_subscribe_answer("call-id=c from-tag=f to-tag=t");
    sl_send_reply("200", "$var(rc)");
  }
  if (is_method("BYE")) {
    $var(rc) = rtpengine_unsubscribe("call-id=c to-tag=t");
    sl_send_reply("200", "$var(rc)");
  }
}`);
  const [node] = nodes;
  assert.match(await ask('INVITE'), /^200 1 \d\d+ x-subscriber from-A 0 to-B 1$/);
  assert.equal(field(node.commands[0], 'flags'), '[ all | siprec ]');
  assert.equal(field(node.commands[0], 'from-tags'), '[ a | b ]');
  assert.equal(field(node.commands[0], 'to-tag'), undefined);
  assert.equal(await ask('UPDATE', sdp), '200 1');
  assert.match(node.commands[1] ?? '', /^subscribe answer\r\n(.*\r\n)*call-id: c\r\n(.*\r\n)*sdp:/);
  assert.equal(await ask('UPDATE'), '200 -1');
  assert.equal(await ask('BYE'), '200 1');
  assert.match(node.commands[2] ?? '', /^unsubscribe\r\n(.*\r\n)*to-tag: t\r\n/);
});

test('two sets: the second node gets what the first makes of the SDP', async () => {
  const { nodes, ask } = await scene(
    `
request_route {
  $var(set) = set_rtpengine_set(0, 2);
  $var(same) = set_rtpengine_set(2, 2);
  $var(rc) = rtpengine_offer("replace-origin");
  msg_apply_changes();
  sl_send_reply("200", "$var(set) $var(same) $var(rc) $(rb{line.at,3})");
}`.replace('msg_apply_changes();', ''),
  );
  assert.match(await ask('INVITE', sdp), /^200 1 -1 1 c=IN IP4 10\.9\.9\.9$/);
  assert.match(nodes[0].commands[0] ?? '', /c=IN IP4 10\.9\.9\.9/);
  assert.match(nodes[1].commands[0] ?? '', new RegExp(`c=IN IP4 ${relayAddress}`));
});

test('connect; the flags of a command with a via-branch argument go there as they are', async () => {
  const { nodes, ask } = await scene(`
request_route {
  if (is_method("INFO")) $var(rc) = rtpengine_connect("to-call-id=other");
  else $var(rc) = rtpengine_offer("replace-origin moh=[mode=sendonly] call-id=z", "1");
  sl_send_reply("200", "$var(rc)");
}`);
  const [node] = nodes;
  assert.equal(await ask('INFO'), '200 1');
  assert.equal(field(node.commands[0], 'to-call-id'), 'other');
  assert.equal(await ask('INVITE', sdp), '200 1');
  assert.equal(field(node.commands[1], 'rtpp-flags'), 'replace-origin moh=[mode=sendonly] call-id=z');
  assert.equal(field(node.commands[1], 'replace'), undefined);
  assert.match(field(node.commands[1], 'via-branch') ?? '', /^z9hG4bK/);
  assert.equal(field(node.commands[1], 'call-id'), 'z');
});

test('codecs of newer rtpengines, and the source address that a flag gives', async () => {
  const { nodes, ask } = await scene(`
request_route {
  $var(rc) = rtpengine_offer("codec-accept=PCMA codec-consume=opus received-from=192.0.2.7");
  sl_send_reply("200", "$var(rc)");
}`);
  assert.equal(await ask('INVITE', sdp), '200 1');
  const [command] = nodes[0].commands;
  assert.equal(field(command, 'codec'), '{ accept: [ PCMA ] | consume: [ opus ] }');
  assert.equal(field(command, 'received-from'), '[ IP4 | 192.0.2.7 ]');
});

test('packets of the call, after a query or with the delete', async () => {
  const { ask } = await scene(`
request_route {
  if ($rtpstat == $null) $var(before) = "none";
  rtpengine_delete();
  sl_send_reply("200", "$var(before) $rtpestat");
}`);
  assert.equal(
    await ask('BYE'),
    '200 none RTP: 54846 bytes, 1447 packets, 0 errors; RTCP: 336 bytes, 3 packets, 1 errors',
  );
});

test('packets of the call are there in requests within it, before anything has asked for them', async () => {
  const { nodes, ann, world } = await scene(`
request_route {
  if (is_method("INVITE")) rtpengine_offer();
  sl_send_reply("200", "$rtpestat");
}`);
  const ask = async (method: string, to: string) => {
    const request = ann.request(method, {
      callId: 'one',
      to,
      body: sdp,
      headers: 'Content-Type: application/sdp\r\n',
    });
    return (await within(world, request.final, 20_000))?.reasonPhrase;
  };
  assert.equal(await ask('INVITE', '<sip:b@x>'), '<null>');
  assert.match((await ask('BYE', '<sip:b@x>;tag=t')) ?? '', /^RTP: 54846 bytes, 1447 packets/);
  nodes[0].mode = { kind: 'silent' };
  assert.equal(await ask('BYE', '<sip:b@x>;tag=t'), '<null>', 'a dead node is waited for once');
  const startMs = world.clock.nowMs();
  assert.equal(await ask('BYE', '<sip:b@x>;tag=t'), '<null>');
  assert.ok(world.clock.nowMs() - startMs < 100, 'and then no more');
});

test('the branch that will be sent next is known before there is a transaction, and is the one that is sent', async () => {
  const { world, nodes, ann } = await scene(`
request_route {
  rtpengine_offer("via-branch=next");
  $du = "sip:10.0.0.3:5060";
  t_relay();
}`);
  const to = { address: '10.0.0.1', port: 5060 };
  const bob = await SipPeer.open(world, { name: 'bob', address: '10.0.0.3', server: to });
  const body = { body: sdp, headers: 'Content-Type: application/sdp\r\n' };
  await within(world, ann.request('INVITE', body).final, 20_000);
  assert.equal(field(nodes[0].commands[0], 'via-branch'), bob.received[0]?.topmostVia?.branch);
});

test('a DTMF report runs event_route[rtpengine:dtmf-event]', async () => {
  const { world, server, nodes } = await scene(
    `
request_route { exit; }
event_route[rtpengine:dtmf-event] {
  xlog("L_INFO", "digit $avp(event) of $avp(tag) in $avp(callid) all $avp(tags) at $avp(at) $avp(ms) $avp(vol)\\n");
}`,
    `
modparam("rtpengine", "dtmf_events_sock", "10.0.0.1:2300")
modparam("rtpengine", "dtmf_event_callid", "$avp(callid)")
modparam("rtpengine", "dtmf_event_source_tag", "$avp(tag)")
modparam("rtpengine", "dtmf_event_tags", "$avp(tags)")
modparam("rtpengine", "dtmf_event_timestamp", "$avp(at)")
modparam("rtpengine", "dtmf_event_duration", "$avp(ms)")
modparam("rtpengine", "dtmf_event_volume", "$avp(vol)")
modparam("rtpengine", "dtmf_event", "$avp(event)")`,
  );
  const report = {
    callid: 'c1',
    source_tag: 't1',
    tags: ['t1', 't2'],
    type: 'DTMF',
    timestamp: 7,
    event: 5,
    duration: 100,
    volume: 8,
  };
  nodes[0].send(JSON.stringify(report), '10.0.0.1', 2300);
  nodes[0].send('{ nonsense', '10.0.0.1', 2300);
  await world.advance(100);
  const told = server.logged(2).map((line) => line.trim());
  assert.ok(
    told.some((line) => line.includes('digit 5 of t1 in c1 all t1,t2 at 7 100 8')),
    told.join('\n'),
  );
  assert.ok(told.some((line) => line.includes('DTMF report is no JSON')));
});
