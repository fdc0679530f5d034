import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { pemFolder, TestAuthority } from '../support/certificates.ts';
import { talkHttp } from '../support/httpTalk.ts';
import { type LiveServer, startLiveServer } from '../support/liveServer.ts';
import { TlsPeer } from '../support/tlsPeer.ts';

let live: LiveServer;
let files: { path: string; remove(): void };

before(async () => {
  const authority = await TestAuthority.create();
  const own = await authority.issue({ name: 'localhost', dns: ['localhost'] });
  files = pemFolder({ 'own.pem': own.certificate + own.key });
  live = await startLiveServer(
    `enable_tls=yes
    tcp_msg_read_timeout=1
    loadmodule "tm.so"
    loadmodule "sl.so"
    loadmodule "pv.so"
    loadmodule "xlog.so"
    loadmodule "textops.so"
    loadmodule "siputils.so"
    loadmodule "cfgutils.so"
    loadmodule "tls.so"
    loadmodule "xhttp.so"
    loadmodule "jsonrpcs.so"
    modparam("tls", "certificate", "${files.path}/own.pem")
    modparam("jsonrpcs", "transport", 1)
    modparam("xhttp", "url_skip", "^/skip")
    modparam("xhttp", "url_match", "^/|^[*]")
    modparam("xhttp", "max_body_size", 5000)
    modparam("xhttp", "max_header_size", 4000)
    modparam("xhttp", "max_pipelined", 3)
    request_route { sl_send_reply("200", "SIP $proto"); }
    event_route[xhttp:request] {
      if ($hu =~ "^/RPC") {
        if (!jsonrpc_dispatch()) xlog("L_INFO", "no document\\n");
        exit;
      }
      if ($hu == "/none") exit;
      if ($hu == "/sl") { append_to_reply("X-Script: 1\\r\\n"); sl_send_reply("403", "Not you"); exit; }
      if ($hu == "/slow") usleep(1500000);
      if ($hu == "/close") set_reply_close();
      if ($hu == "/bad") { if (!xhttp_reply("none", "OK", "", "")) xhttp_reply("500", "Told so", "", ""); exit; }
      if ($hu == "/twice") { xhttp_reply("200", "OK", "", "1"); if (!xhttp_reply("200", "OK", "", "2")) xlog("L_INFO", "once\\n"); exit; }
      xhttp_reply("200", "OK", "text/plain", "$rm $hu $hdr(X-A) [$rb] $proto $(hdr(Via){s.substr,0,11}) $si");
    }`,
    ['tcp:127.0.0.1:0', 'tls:127.0.0.1:0'],
  );
});

after(async () => {
  await live.stop();
  files.remove();
});

const get = (url: string, ...headers: string[]) =>
  [`GET ${url} HTTP/1.1`, 'Host: h', ...headers, '', ''].join('\r\n');
const post = (url: string, body: string, ...headers: string[]) =>
  [`POST ${url} HTTP/1.1`, 'Host: h', `Content-Length: ${body.length}`, ...headers, '', body].join('\r\n');

test('a request reaches the script whole, whatever its pieces, over TCP and TLS', async () => {
  const text = post('/a?b=c', 'b\xf6dy', 'X-A: 7');
  const tcp = live.port('tcp');
  for (const chunks of [1, 7, text.length]) {
    const { text: reply, closed } = await talkHttp(tcp, text, { chunks });
    assert.match(reply, /^HTTP\/1\.1 200 OK\r\nContent-Type: text\/plain\r\nServer: olelo/);
    assert.ok(reply.endsWith('\r\n\r\nPOST /a?b=c 7 [b\xf6dy] tcp SIP/2.0/TCP 127.0.0.1'), reply);
    assert.equal(closed, false);
  }
  const secure = await talkHttp(live.port('tls'), get('/'), { tls: true });
  assert.match(secure.text, /GET \/ <null> \[\] tls SIP\/2\.0\/TLS 127\.0\.0\.1$/);
});

test('chunked bodies are joined, HEAD has no body, fetch understands it', async () => {
  const chunked =
    'POST /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n';
  assert.match((await talkHttp(live.port('tcp'), chunked)).text, /\[abcde\]/);
  const response = await fetch(`http://127.0.0.1:${live.port('tcp')}/f`, {
    method: 'PUT',
    body: 'x'.repeat(4000),
  });
  assert.equal(response.status, 200);
  assert.match(await response.text(), /^PUT \/f .*\[x{4000}\]/);
  const head = await fetch(`http://127.0.0.1:${live.port('tcp')}/f`, { method: 'HEAD' });
  assert.equal(head.status, 200);
  assert.equal(await head.text(), '');
});

test('requests of one connection are answered in their order, and connections end when asked to', async () => {
  const both = await talkHttp(live.port('tcp'), get('/slow') + get('/2'), { answers: 2 });
  assert.match(both.text, /GET \/slow .*HTTP\/1\.1 200 OK.*GET \/2 /s);
  assert.equal(both.closed, false);
  assert.equal((await talkHttp(live.port('tcp'), get('/x', 'Connection: close'))).closed, true);
  assert.equal((await talkHttp(live.port('tcp'), 'GET /x HTTP/1.0\r\n\r\n')).closed, true);
  const close = await talkHttp(live.port('tcp'), get('/close'));
  assert.match(close.text, /Connection: close/);
  assert.equal(close.closed, true);
});

test('what has no answer of its own gets one', async () => {
  for (const url of ['/none', '/skip/x']) {
    assert.match((await talkHttp(live.port('tcp'), get(url))).text, /^HTTP\/1\.1 404 Not Found/);
  }
  assert.match((await talkHttp(live.port('tcp'), get('/bad'))).text, /^HTTP\/1\.1 500 Told so/);
  assert.match((await talkHttp(live.port('tcp'), get('/twice'))).text, /\r\n\r\n1$/);
  assert.equal(live.logged(/^once/).length, 1);
});

test('responses of sl become HTTP', async () => {
  const { text } = await talkHttp(live.port('tcp'), get('/sl'));
  assert.match(text, /^HTTP\/1\.1 403 Not you\r\n/);
  assert.match(text, /X-Script: 1\r\n/);
  assert.ok(!/Via|Call-ID|CSeq/.test(text));
});

test('a client cannot cost more than its bounds', async () => {
  const port = live.port('tcp');
  const before = live.server.transport.connections().length;
  assert.match((await talkHttp(port, post('/', 'x'.repeat(5001)))).text, /^HTTP\/1\.1 413 /);
  assert.match((await talkHttp(port, get('/', `X-A: ${'a'.repeat(5000)}`))).text, /^HTTP\/1\.1 431 /);
  const garbage = await talkHttp(port, 'GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n');
  assert.match(garbage.text, /^HTTP\/1\.1 400 /);
  assert.equal(garbage.closed, true);
  const flood = await talkHttp(port, get('/slow').repeat(10), { answers: 10 });
  assert.equal(flood.closed, true);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.ok(live.server.transport.connections().length <= before);
});

test('a request that does not end is not waited for; a slow route may take its time', async () => {
  const started = Date.now();
  const slow = await talkHttp(live.port('tcp'), 'GET / HTTP/1.1\r\nHost: h\r\nX-A: ', { answers: 1 });
  assert.equal(slow.closed, true);
  assert.ok(Date.now() - started < 2000);
  const body = await talkHttp(live.port('tcp'), 'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nabc');
  assert.equal(body.closed, true);
  const patient = await talkHttp(live.port('tcp'), get('/slow'), { answers: 2 });
  assert.match(patient.text, /GET \/slow/);
  assert.equal(patient.closed, false);
});

test('SIP and HTTP share a port, and a connection may go from one to the other', async () => {
  const peer = await TlsPeer.connect(live.port('tls'));
  const options =
    'OPTIONS sip:x@h SIP/2.0\r\nVia: SIP/2.0/TLS h;branch=z9hG4bK1\r\nFrom: <sip:a@h>;tag=1\r\nTo: <sip:x@h>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n';
  peer.send(options);
  assert.match(await peer.until(/\r\n\r\n/), /^SIP\/2\.0 200 SIP tls/);
  peer.send(get('/now'));
  assert.match(await peer.until(/127\.0\.0\.1$/), /^HTTP\/1\.1 200 OK.*GET \/now/s);
  await peer.end();
});

test('JSON-RPC over HTTP: answers, faults, batches', async () => {
  const rpc = async (document: string) => {
    const { text } = await talkHttp(
      live.port('tcp'),
      post('/RPC', document, 'Content-Type: application/json'),
    );
    const [head = '', body = ''] = text.split('\r\n\r\n');
    assert.match(head, /Content-Type: application\/json/);
    return [head.split('\r\n')[0], JSON.parse(body)] as const;
  };
  assert.deepEqual(await rpc('{"jsonrpc":"2.0","method":"core.echo","params":["a",1],"id":1}'), [
    'HTTP/1.1 200 OK',
    { jsonrpc: '2.0', result: ['a', '1'], id: 1 },
  ]);
  assert.deepEqual(await rpc('{"jsonrpc":"2.0","method":"nope","id":"x"}'), [
    'HTTP/1.1 500 Method Not Found',
    { jsonrpc: '2.0', error: { code: 500, message: 'Method Not Found' }, id: 'x' },
  ]);
  const [status, batch] = await rpc(
    '[{"jsonrpc":"2.0","method":"core.echo","params":["a"],"id":1},{"jsonrpc":"2.0","method":"nope","id":2}]',
  );
  assert.equal(status, 'HTTP/1.1 200 OK');
  assert.deepEqual(
    batch.map((each: { id: number }) => each.id),
    [1, 2],
  );
  assert.equal((await rpc('{"jsonrpc":"2.0","id":1}'))[0], 'HTTP/1.1 400 Invalid Request');
  assert.deepEqual(await rpc('{bad'), [
    'HTTP/1.1 400 Bad Request',
    { jsonrpc: '2.0', error: { code: -32700, message: 'Parse error' }, id: null },
  ]);
  assert.equal(live.logged(/^no document/).length, 1);
});
