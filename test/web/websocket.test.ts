import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { after, before, test } from 'node:test';
import { RpcFault, RpcStruct } from '../../src/module/rpc.ts';
import { pemFolder, TestAuthority } from '../support/certificates.ts';
import { talkHttp } from '../support/httpTalk.ts';
import { type LiveServer, startLiveServer } from '../support/liveServer.ts';
import { okFor } from '../support/tlsPeer.ts';
import { WebSocketPeer, webRequest } from '../support/webSocketPeer.ts';

let live: LiveServer;
let files: { path: string; remove(): void };
let phone: Socket;
let phonePort: number;
const phoneGot: string[] = [];

before(async () => {
  const authority = await TestAuthority.create();
  const own = await authority.issue({ name: 'localhost', dns: ['localhost'] });
  files = pemFolder({ 'own.pem': own.certificate + own.key });
  phone = createSocket('udp4');
  await new Promise<void>((resolve) => phone.bind(0, '127.0.0.1', resolve));
  phonePort = phone.address().port;
  phone.on('message', (data, from) => {
    const text = data.toString('latin1');
    phoneGot.push(text);
    if (!text.startsWith('SIP/2.0')) phone.send(okFor(text), from.port, from.address);
  });
  live = await startLiveServer(
    `enable_tls=yes
    debug=3
    loadmodule "tm.so"
    loadmodule "sl.so"
    loadmodule "pv.so"
    loadmodule "rr.so"
    loadmodule "xlog.so"
    loadmodule "textops.so"
    loadmodule "siputils.so"
    loadmodule "usrloc.so"
    loadmodule "registrar.so"
    loadmodule "nathelper.so"
    loadmodule "tls.so"
    loadmodule "xhttp.so"
    loadmodule "websocket.so"
    modparam("nathelper|registrar", "received_avp", "$avp(received)")
    modparam("tls", "certificate", "${files.path}/own.pem")
    modparam("websocket", "cors_mode", 2)
    modparam("websocket", "keepalive_timeout", 1)
    modparam("websocket", "ping_application_data", "are you there")
    modparam("websocket", "rm_delay_interval", 1)
    modparam("websocket", "max_message_size", 4000)
    request_route {
      force_rport();
      if (is_method("REGISTER")) { fix_nated_register(); save("location"); exit; }
      if (is_method("OPTIONS")) { record_route(); $ru = "sip:x@127.0.0.1:${phonePort}"; t_relay(); exit; }
      if (is_method("MESSAGE")) {
        if (!lookup("location")) { sl_send_reply("404", "Not here"); exit; }
        record_route();
        t_relay();
        exit;
      }
      if (is_method("INFO")) {
        if ($hdr(X-Close) == "plain") ws_close();
        if ($hdr(X-Close) == "reason") ws_close(4000, "bye");
        if ($hdr(X-Close) =~ "^[0-9]+$") {
          if (!ws_close("4001", "other", "$hdr(X-Close)")) xlog("L_INFO", "not closed\\n");
        }
        if ($hdr(X-Close) == "wrong") { if (!ws_close(1006, "x")) xlog("L_INFO", "no status\\n"); }
      }
      sl_send_reply("200", "$proto $Ru $conid");
    }
    event_route[xhttp:request] {
      if ($hu == "/web") { xhttp_reply("200", "OK", "text/plain", "page"); exit; }
      append_to_reply("X-Shaken: yes\\r\\n");
      if (ws_handle_handshake()) { xlog("L_INFO", "shaken $si\\n"); exit; }
      xlog("L_INFO", "never here\\n");
    }
    event_route[websocket:closed] { xlog("L_INFO", "closed $si:$sp $ws_conid $proto\\n"); }`,
    ['udp:127.0.0.1:0', 'tcp:127.0.0.1:0', 'tls:127.0.0.1:0'],
  );
});

after(async () => {
  await live.stop();
  phone.close();
  files.remove();
});

const plain = () => `ws://127.0.0.1:${live.port('tcp')}/`;
const secured = () => `wss://127.0.0.1:${live.port('tls')}/`;

async function rpc(method: string, ...args: (string | number)[]): Promise<unknown> {
  const reply = await live.server.call(method, args);
  if (reply instanceof RpcFault) return `${reply.code} ${reply.text}`;
  const [first] = reply;
  return first instanceof RpcStruct ? first : (first ?? 'ok');
}

/** Connections of ws.dump: id and text. */
async function dumped(order: string): Promise<[string, string][]> {
  const dump = (await rpc('ws.dump', order)) as RpcStruct;
  const connections = dump.members[0]!.value as RpcStruct;
  return connections.members.map(({ name, value }) => [name, String(value)]);
}

function statistic(name: string): number {
  return live.server.statistics.read(name, 'websocket') ?? -1;
}

function udp(text: string): void {
  phone.send(Buffer.from(text, 'latin1'), live.port('udp'), '127.0.0.1');
}

test('handshakes: accepted, and refused with the reason that the RFC has for it', async () => {
  const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';
  const upgrade = ['Upgrade: WebSocket', 'Connection: keep-alive, Upgrade'];
  const sip = 'Sec-WebSocket-Protocol: foo, sip';
  const version = 'Sec-WebSocket-Version: 13';
  const shake = async (...headers: string[]) => {
    const request = ['GET / HTTP/1.1', 'Host: h', ...headers, '', ''].join('\r\n');
    return talkHttp(live.port('tcp'), request);
  };
  const failed = statistic('ws_failed_handshakes');
  const { text } = await shake(...upgrade, key, sip, version, 'Origin: https://page.example');
  assert.match(text, /^HTTP\/1\.1 101 Switching Protocols\r\n/);
  // RFC 6455 §1.3 has this key and its answer
  assert.match(text, /\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=\r\n/);
  assert.match(text, /\r\nSec-WebSocket-Protocol: sip\r\n/);
  assert.match(text, /\r\nAccess-Control-Allow-Origin: https:\/\/page\.example\r\n/);
  assert.match(text, /\r\nX-Shaken: yes\r\n/);
  const refused = [
    [key, sip, version],
    ['Upgrade: other', 'Connection: Upgrade', key, sip, version],
    ['Upgrade: websocket', 'Connection: close', key, sip, version],
    [...upgrade, sip, version],
    [...upgrade, key, version],
    [...upgrade, key, 'Sec-WebSocket-Protocol: msrp', version],
    [...upgrade, key, sip],
    [...upgrade, 'Sec-WebSocket-Key: short', sip, version],
  ];
  for (const headers of refused) {
    const answer = await shake(...headers);
    assert.match(
      answer.text,
      /^HTTP\/1\.1 400 .*Sec-WebSocket-Protocol: sip\r\nSec-WebSocket-Version: 13/s,
      headers.join(),
    );
    assert.equal(answer.closed, true);
  }
  const old = await shake(...upgrade, key, sip, 'Sec-WebSocket-Version: 8');
  assert.match(old.text, /^HTTP\/1\.1 426 .*Sec-WebSocket-Version: 13/s);
  assert.equal(statistic('ws_failed_handshakes') - failed, refused.length + 1);
  assert.equal(live.logged(/^never here/).length, 0);
});

for (const [name, url] of [
  ['ws', plain],
  ['wss', secured],
] as const) {
  test(`SIP over ${name}: requests come and go on the client's connection`, async () => {
    const peer = await WebSocketPeer.connect(url());
    const transport = name.toUpperCase();
    peer.send(webRequest('SUBSCRIBE', 'sip:x@example.com', `${name}-1`, { transport }));
    const reply = await peer.message(/^SIP/);
    assert.match(reply, new RegExp(`^SIP/2\\.0 200 ${name} sip:127\\.0\\.0\\.1:\\d+;transport=ws \\d+`));
    assert.match(reply, new RegExp(`Via: SIP/2\\.0/${transport} abc\\.invalid;.*rport=\\d+`));
    peer.send(webRequest('OPTIONS', 'sip:x@example.com', `${name}-2`, { transport }), true);
    assert.match(await peer.message(/CSeq: 1 OPTIONS/), /^SIP\/2\.0 200 OK/);
    const relayed = phoneGot.pop() ?? '';
    assert.match(relayed, /Via: SIP\/2\.0\/UDP .*\r\nVia: SIP\/2\.0\/WSS? abc\.invalid;/);
    assert.match(relayed, /Record-Route: <sip:127\.0\.0\.1:\d+;transport=ws;r2=on;lr/);
    peer.send(webRequest('REGISTER', 'sip:example.com', `${name}-3`, { transport }));
    assert.match(await peer.message(/CSeq: 1 REGISTER/), /^SIP\/2\.0 200 OK/);
    udp(
      webRequest('MESSAGE', 'sip:alice@example.com', `${name}-4`, {
        body: 'h\xe4',
        headers: ['Content-Length: 2'],
      }).replace('WS abc.invalid', `UDP 127.0.0.1:${phonePort}`),
    );
    const isBinary = new Promise<boolean>((resolve) =>
      peer.socket.once('message', (_data, binary) => resolve(binary)),
    );
    const request = await peer.message(/^MESSAGE/);
    assert.equal(await isBinary, true);
    assert.match(request, /^MESSAGE sip:alice@abc\.invalid;transport=ws SIP\/2\.0/);
    assert.ok(request.endsWith('h\xe4'));
    peer.send(okFor(request));
    await new Promise<void>((resolve) => phone.once('message', () => resolve()));
    assert.match(phoneGot.pop() ?? '', /^SIP\/2\.0 200 OK/);
    peer.send(webRequest('REGISTER', 'sip:example.com', `${name}-5`, { headers: ['Expires: 0'], transport }));
    await peer.message(/REGISTER/);
    peer.socket.close(1000);
    await peer.ended;
  });
}

test('frames: fragments, pings, keepalives of SIP, text or binary as the answer needs', async () => {
  const peer = await WebSocketPeer.connect(plain());
  const text = webRequest('SUBSCRIBE', 'sip:x@example.com', 'pieces', { body: 'x'.repeat(500) });
  peer.socket.send(text.slice(0, 10), { fin: false });
  peer.socket.send(text.slice(10, 200), { fin: false });
  const ponged = new Promise<string>((resolve) =>
    peer.socket.once('pong', (data) => resolve(data.toString())),
  );
  peer.socket.ping('between');
  peer.socket.send(text.slice(200), { fin: true });
  assert.equal(await ponged, 'between');
  assert.match(await peer.message(/pieces/), /^SIP\/2\.0 200/);
  peer.send('\r\n\r\n');
  assert.equal(await peer.message(/^\r\n$/), '\r\n');
  assert.ok(peer.received.every(({ binary }) => !binary));
  peer.send(webRequest('OPTIONS', 'sip:x@example.com', 'raw', { headers: ['X-Raw: \xff'] }), true);
  await peer.message(/raw/);
  peer.send('text that is no \xff UTF-8');
  assert.equal((await peer.ended).code, 1007);
});

test('a client that breaks the protocol, or sends too much, is told and let go', async () => {
  const failed = statistic('ws_failed_connections');
  const large = await WebSocketPeer.connect(plain());
  large.send('x'.repeat(4001));
  assert.equal((await large.ended).code, 1009);
  const fragments = await WebSocketPeer.connect(plain());
  for (let i = 0; i < 5; i++) fragments.socket.send('y'.repeat(1000), { fin: false });
  assert.equal((await fragments.ended).code, 1009);
  const unmasked = await WebSocketPeer.connect(plain());
  unmasked.socket.send('text', { mask: false });
  assert.equal((await unmasked.ended).code, 1002);
  const noSip = await WebSocketPeer.connect(plain());
  noSip.send('no SIP at all');
  noSip.send(webRequest('SUBSCRIBE', 'sip:x@example.com', 'after'));
  assert.match(await noSip.message(/after/), /^SIP\/2\.0 200/);
  noSip.socket.terminate();
  await noSip.ended;
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(statistic('ws_failed_connections') - failed, 4);
});

test('ws_close ends connections with status and reason; its event route tells which', async () => {
  const local = statistic('ws_local_closed_connections');
  const close = (peer: WebSocketPeer, how: string) =>
    peer.send(webRequest('INFO', 'sip:x@example.com', `close-${how}`, { headers: [`X-Close: ${how}`] }));
  const first = await WebSocketPeer.connect(plain());
  close(first, 'plain');
  assert.deepEqual(await first.ended, { code: 1000, reason: 'Normal closure' });
  const second = await WebSocketPeer.connect(plain());
  close(second, 'reason');
  assert.deepEqual(await second.ended, { code: 4000, reason: 'bye' });
  const [third, fourth] = [await WebSocketPeer.connect(plain()), await WebSocketPeer.connect(secured())];
  const id = (await dumped('id_hash')).at(-1)?.[0] ?? '';
  close(third, id);
  assert.deepEqual(await fourth.ended, { code: 4001, reason: 'other' });
  close(third, '99999');
  close(third, 'wrong');
  await third.message(/close-wrong/);
  assert.equal(live.logged(/^not closed/).length, 1);
  assert.equal(live.logged(/^no status/).length, 1);
  third.socket.close(1000);
  await third.ended;
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(statistic('ws_local_closed_connections') - local, 3);
  assert.ok(live.logged(new RegExp(`^closed 127\\.0\\.0\\.1:\\d+ ${id} wss`)).length === 1);
});

test('idle clients are pinged; one that does not answer is gone', async () => {
  const [alive, dead] = [
    await WebSocketPeer.connect(plain()),
    await WebSocketPeer.connect(plain(), { autoPong: false }),
  ];
  const { code } = await dead.ended;
  assert.equal(code, 1000);
  assert.equal(dead.pings[0], 'are you there');
  assert.equal(alive.socket.readyState, alive.socket.OPEN);
  assert.ok(alive.pings.length > 0);
  alive.socket.close(1000);
  await alive.ended;
});

test('RPC: dump, ping, pong, close, disable and enable', async () => {
  const [a, b] = [await WebSocketPeer.connect(plain()), await WebSocketPeer.connect(secured())];
  a.send(webRequest('SUBSCRIBE', 'sip:x@example.com', 'rpc-a'));
  await a.message(/rpc-a/);
  const lines = await dumped('id_hash');
  const [idA = '', textA = ''] = lines.at(-2) ?? [];
  const [idB = '', textB = ''] = lines.at(-1) ?? [];
  assert.match(
    textA,
    /^ws:127\.0\.0\.1:\d+ -> ws:127\.0\.0\.1:\d+ \(state: OPEN, {2}last used \ds ago, sub-protocol: sip\)$/,
  );
  assert.match(textB, /^wss:/);
  assert.equal((await dumped('used_asc')).length, lines.length);
  assert.equal((await dumped('used_desc')).length, lines.length);
  assert.equal(await rpc('ws.dump', 'other'), '400 Bad display order parameter');
  const pinged = new Promise<string>((resolve) => a.socket.once('ping', (data) => resolve(data.toString())));
  assert.equal(await rpc('ws.ping', Number(idA)), 'ok');
  assert.equal(await pinged, 'are you there');
  const ponged = new Promise<void>((resolve) => b.socket.once('pong', () => resolve()));
  assert.equal(await rpc('ws.pong', Number(idB)), 'ok');
  await ponged;
  for (const method of ['ws.ping', 'ws.pong', 'ws.close'])
    assert.equal(await rpc(method, 99999), '500 Unknown connection ID');
  assert.equal(await rpc('ws.close', Number(idB)), 'ok');
  assert.deepEqual(await b.ended, { code: 1000, reason: 'Normal closure' });
  await rpc('ws.disable');
  await assert.rejects(WebSocketPeer.connect(plain()), /503 Service Unavailable/);
  await rpc('ws.enable');
  const again = await WebSocketPeer.connect(plain());
  for (const each of [again, a]) {
    each.socket.close(1000);
    await each.ended;
  }
});

test('pages and WebSockets share a port; when all is over nothing is left', async () => {
  const response = await fetch(`http://127.0.0.1:${live.port('tcp')}/web`, {
    headers: { Connection: 'close' },
  });
  assert.equal(await response.text(), 'page');
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(statistic('ws_current_connections'), 0);
  assert.equal(statistic('ws_sip_current_connections'), 0);
  assert.equal(statistic('ws_msrp_successful_handshakes'), 0);
  assert.equal(statistic('ws_successful_handshakes'), statistic('ws_sip_successful_handshakes'));
  const ends = ['failed', 'local_closed', 'remote_closed'].map((how) => statistic(`ws_${how}_connections`));
  assert.equal(
    ends.reduce((sum, each) => sum + each, 0),
    statistic('ws_successful_handshakes'),
  );
  assert.ok(statistic('ws_max_concurrent_connections') >= 2);
  assert.ok(statistic('ws_received_frames') > 0 && statistic('ws_transmitted_frames') > 0);
  assert.deepEqual(live.server.transport.connections(), []);
});
