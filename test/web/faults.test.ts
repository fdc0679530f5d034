import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { RpcFault } from '../../src/module/rpc.ts';
import { pemFolder, TestAuthority, type TestCertificate } from '../support/certificates.ts';
import { type LiveServer, startLiveServer } from '../support/liveServer.ts';
import { optionsText, TlsPeer } from '../support/tlsPeer.ts';

let files: { path: string; remove(): void };
let certificates: readonly TestCertificate[];
let live: LiveServer;

const clients = 5000;

before(async () => {
  const authority = await TestAuthority.create();
  certificates = await Promise.all(['first', 'second'].map((name) => authority.issue({ name })));
  files = pemFolder({ 'ca.pem': authority.certificate });
  useCertificate(0);
  writeFileSync(
    join(files.path, 'tls.cfg'),
    ['server', 'client']
      .map(
        (role) =>
          `[${role}:default]\ncertificate = ${files.path}/own.pem\nca_list = ${files.path}/ca.pem\nverify_certificate = yes\n`,
      )
      .join(''),
  );
  live = await startLiveServer(
    `enable_tls=yes
    debug=0
    tcp_max_connections=${clients * 2}
    tls_max_connections=${clients * 2}
    tcp_accept_iplimit=0
    loadmodule "tm.so"
    loadmodule "sl.so"
    loadmodule "pv.so"
    loadmodule "xlog.so"
    loadmodule "usrloc.so"
    loadmodule "registrar.so"
    loadmodule "tls.so"
    loadmodule "xhttp.so"
    loadmodule "websocket.so"
    modparam("tls", "config", "${files.path}/tls.cfg")
    modparam("websocket", "keepalive_timeout", 60)
    modparam("usrloc", "handle_lost_tcp", 1)
    request_route {
      if ($rm == "REGISTER") { save("location"); exit; }
      sl_send_reply("200", "OK");
    }
    event_route[xhttp:request] { ws_handle_handshake(); }`,
    ['tcp:127.0.0.1:0', 'tls:127.0.0.1:0'],
  );
});

after(async () => {
  await live.stop();
  files.remove();
});

function useCertificate(index: number): void {
  const { certificate, key } = certificates[index % 2]!;
  writeFileSync(join(files.path, 'own.pem'), certificate + key, { mode: 0o600 });
}

async function reload(index: number): Promise<void> {
  useCertificate(index);
  const reply = await live.server.call('tls.reload');
  assert.ok(!(reply instanceof RpcFault), 'tls.reload failed');
}

test('certificates are swapped under load: no connection is lost, new ones see the new certificate', async () => {
  const peers = await Promise.all(Array.from({ length: 40 }, () => TlsPeer.connect(live.port('tls'))));
  let running = true;
  let answers = 0;
  const load = peers.map(async (peer, number) => {
    for (let i = 0; running; i++) {
      peer.send(optionsText('sip:x@127.0.0.1', `load-${number}-${i}`));
      await peer.until(/\r\n\r\n$/);
      answers++;
    }
  });
  for (let i = 1; i <= 20; i++) {
    const before = answers;
    await reload(i);
    const fresh = await TlsPeer.connect(live.port('tls'));
    assert.equal(fresh.socket.getPeerCertificate().subject.CN, i % 2 === 1 ? 'second' : 'first');
    await fresh.end();
    while (answers === before) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  running = false;
  await Promise.all(load);
  assert.equal(peers.filter((peer) => peer.closed).length, 0);
  assert.equal(peers[0]!.socket.getPeerCertificate().subject.CN, 'first');
  await Promise.all(peers.map((peer) => peer.end()));
});

test('a reload with a broken file changes nothing', async () => {
  await reload(0);
  writeFileSync(join(files.path, 'own.pem'), 'rubbish');
  const reply = await live.server.call('tls.reload');
  assert.match(
    reply instanceof RpcFault ? reply.text : '',
    /server:default: certificate '.*own\.pem' is no PEM file/,
  );
  const peer = await TlsPeer.connect(live.port('tls'));
  assert.equal(peer.socket.getPeerCertificate().subject.CN, 'first');
  await peer.end();
});

test('1,000 reloads with connections in between do not grow the process', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const rounds = async (from: number, count: number) => {
    for (let i = from; i < from + count; i++) {
      await reload(i);
      if (i % 25 === 0) await (await TlsPeer.connect(live.port('tls'))).end();
    }
    collect();
    await new Promise((resolve) => setTimeout(resolve, 20));
    collect();
    return process.memoryUsage().rss / 1e6;
  };
  await rounds(0, 300);
  const before = await rounds(300, 200);
  const afterAll = await rounds(500, 1000);
  // a context of OpenSSL with its certificates takes about 40 kB, so 1,000 that stay would be 40 MB and more
  assert.ok(
    afterAll - before < 15,
    `${before.toFixed(1)} MB before, ${afterAll.toFixed(1)} MB behind 1,000 reloads`,
  );
});

test('5,000 WebSocket clients vanish without a closing frame: nothing stays, counters show it', async () => {
  const statistic = (name: string) => live.server.statistics.read(name, 'websocket') ?? -1;
  const failedBefore = statistic('ws_failed_connections');
  const sockets: Socket[] = [];
  const idleTimers = live.server.timers.size;
  for (let at = 0; at < clients; at += 250) {
    sockets.push(...(await Promise.all(Array.from({ length: 250 }, (_, i) => webSocketClient(at + i)))));
  }
  assert.equal(statistic('ws_current_connections'), clients);
  assert.equal(live.server.transport.connections().length, clients);
  assert.equal(await contacts(), clients);
  for (const [i, socket] of sockets.entries()) {
    if (i % 2 === 0) socket.resetAndDestroy();
    else socket.destroy();
  }
  for (let i = 0; i < 300 && statistic('ws_current_connections') > 0; i++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.equal(statistic('ws_current_connections'), 0);
  assert.equal(statistic('ws_failed_connections') - failedBefore, clients);
  assert.deepEqual(live.server.transport.connections(), []);
  assert.equal(live.server.transport.counters.current_write_queue_size, 0);
  assert.equal(live.server.transport.counters.current_opened_connections, 0);
  for (let i = 0; i < 100 && (await contacts()) > 0; i++)
    await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(await contacts(), 0);
  for (let i = 0; i < 200 && live.server.timers.size > idleTimers; i++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.ok(live.server.timers.size <= idleTimers, `${live.server.timers.size} timers, ${idleTimers} before`);
});

function contacts(): number {
  return live.server.statistics.read('location_contacts', 'usrloc') ?? -1;
}

/** Shakes hands and registers; resolves with the reply to the REGISTER. */
function webSocketClient(number: number): Promise<Socket> {
  const socket = connect(live.port('tcp'), '127.0.0.1');
  socket.write(
    'GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n' +
      'Sec-WebSocket-Protocol: sip\r\nSec-WebSocket-Version: 13\r\n\r\n',
  );
  return new Promise((resolve, reject) => {
    let text = '';
    socket.on('error', reject);
    socket.on('close', () => reject(new Error(`client ${number} was closed: ${text}`)));
    socket.on('data', (data) => {
      const shaken = text.includes('101 ');
      text += data.toString('latin1');
      if (!shaken && text.includes('101 ')) socket.write(maskedFrame(register(number)));
      if (!text.includes('SIP/2.0 200')) return;
      socket.removeAllListeners('close').removeAllListeners('data');
      resolve(socket);
    });
  });
}

function register(number: number): string {
  const lines = [
    'REGISTER sip:example.com SIP/2.0',
    `Via: SIP/2.0/WS abc.invalid;branch=z9hG4bKr${number}`,
    `From: <sip:u${number}@example.com>;tag=f`,
    `To: <sip:u${number}@example.com>`,
    `Call-ID: r${number}`,
    'CSeq: 1 REGISTER',
    `Contact: <sip:u${number}@abc.invalid;transport=ws>;expires=3600`,
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** One text frame of a client, masked with zeros. */
function maskedFrame(text: string): Buffer {
  const head = Buffer.from([0x81, 0x80 | 126, text.length >> 8, text.length & 255, 0, 0, 0, 0]);
  return Buffer.concat([head, Buffer.from(text)]);
}
