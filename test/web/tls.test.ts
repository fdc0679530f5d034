import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { RpcFault, RpcStruct } from '../../src/module/rpc.ts';
import { pemFolder, TestAuthority, type TestCertificate } from '../support/certificates.ts';
import { type LiveServer, startLiveServer } from '../support/liveServer.ts';
import { optionsText, answeringServer as startAnswering, TlsPeer } from '../support/tlsPeer.ts';

let authority: TestAuthority;
let own: TestCertificate;
let second: TestCertificate;
let client: TestCertificate;
let files: { path: string; remove(): void };
const running: LiveServer[] = [];

before(async () => {
  authority = await TestAuthority.create();
  [own, second, client] = await Promise.all([
    authority.issue({
      name: 'C=DE, ST=Berlin, L=Mitte, O=Olelo, OU=Tests, CN=one.example.com',
      dns: ['one.example.com'],
      ips: ['127.0.0.1'],
      uris: ['sip:one.example.com'],
      emails: ['a@one.example.com'],
    }),
    authority.issue({ name: 'two.example.com', dns: ['two.example.com'] }),
    authority.issue({ name: 'phone', uris: ['sip:phone@example.com'] }),
  ]);
  files = pemFolder({
    'ca.pem': authority.certificate,
    'own.pem': own.certificate,
    'own.key': own.key,
    'second.pem': second.certificate + second.key,
    'client.pem': client.certificate,
    'client.key': client.key,
    'crl.pem': await authority.revocations([client]),
  });
});

after(async () => {
  for (const each of answering) each.close();
  for (const each of running) await each.stop();
  files.remove();
});

const answering: { close(): void }[] = [];

async function answeringServer(identity: TestCertificate) {
  const server = await startAnswering(identity);
  answering.push(server);
  return server;
}

async function serve(config: string, tlsConfig = ''): Promise<LiveServer> {
  const file = join(files.path, `tls-${running.length}.cfg`);
  writeFileSync(file, tlsConfig.replaceAll('DIR', files.path));
  const text = `
    enable_tls=yes
    debug=3
    loadmodule "pv.so"
    loadmodule "sl.so"
    loadmodule "tm.so"
    loadmodule "xlog.so"
    loadmodule "tls.so"
    ${tlsConfig === '' ? '' : `modparam("tls", "config", "${file}")`}
    ${config.replaceAll('DIR', files.path)}`;
  const live = await startLiveServer(text, ['udp:127.0.0.1:0', 'tls:127.0.0.1:0']);
  running.push(live);
  return live;
}

const ownFiles = `
  modparam("tls", "certificate", "DIR/own.pem")
  modparam("tls", "private_key", "DIR/own.key")
  modparam("tls", "ca_list", "DIR/ca.pem")`;
const answer = 'request_route { sl_send_reply("200", "OK"); }';

async function structOf(live: LiveServer, method: string, index = 0): Promise<Record<string, unknown>> {
  const reply = await live.server.call(method);
  assert.ok(!(reply instanceof RpcFault), `${method} failed`);
  const struct = reply[index];
  assert.ok(struct instanceof RpcStruct, `${method} has no record ${index}`);
  return Object.fromEntries(struct.members.map(({ name, value }) => [name, value]));
}

test('variables and selects tell of both certificates and of the connection', async () => {
  const expected: readonly [string, string][] = [
    ['$tls_version', 'TLSv1.3'],
    ['$tls_description', 'TLS_AES_256_GCM_SHA384 TLSv1.3 Enc(256)'],
    ['$tls_cipher_info', 'TLS_AES_256_GCM_SHA384'],
    ['$tls_cipher_bits', '256'],
    ['$tls_peer_version', '2'],
    ['$tls_my_version', '2'],
    ['$tls_peer_serial', '18'],
    ['$tls_my_serial', '16'],
    ['$tls_peer_subject', '/CN=phone'],
    ['$tls_peer_issuer', '/CN=Olelo test authority'],
    ['$tls_my_subject', '/C=DE/ST=Berlin/L=Mitte/O=Olelo/OU=Tests/CN=one.example.com'],
    ['$tls_my_issuer', '/CN=Olelo test authority'],
    ['$tls_peer_subject_cn', 'phone'],
    ['$tls_peer_subject_locality', '<null>'],
    ['$tls_peer_subject_country', '<null>'],
    ['$tls_peer_subject_state', '<null>'],
    ['$tls_peer_subject_organization', '<null>'],
    ['$tls_peer_subject_unit', '<null>'],
    ['$tls_peer_subject_uid', '<null>'],
    ['$tls_peer_issuer_cn', 'Olelo test authority'],
    ['$tls_peer_issuer_locality', '<null>'],
    ['$tls_peer_issuer_country', '<null>'],
    ['$tls_peer_issuer_state', '<null>'],
    ['$tls_peer_issuer_organization', '<null>'],
    ['$tls_peer_issuer_unit', '<null>'],
    ['$tls_my_subject_cn', 'one.example.com'],
    ['$tls_my_subject_locality', 'Mitte'],
    ['$tls_my_subject_country', 'DE'],
    ['$tls_my_subject_state', 'Berlin'],
    ['$tls_my_subject_organization', 'Olelo'],
    ['$tls_my_subject_unit', 'Tests'],
    ['$tls_my_subject_uid', '<null>'],
    ['$tls_my_issuer_cn', 'Olelo test authority'],
    ['$tls_my_issuer_locality', '<null>'],
    ['$tls_my_issuer_country', '<null>'],
    ['$tls_my_issuer_state', '<null>'],
    ['$tls_my_issuer_organization', '<null>'],
    ['$tls_my_issuer_unit', '<null>'],
    ['$tls_my_san_email', 'a@one.example.com'],
    ['$tls_my_san_hostname', 'one.example.com'],
    ['$tls_my_san_uri', 'sip:one.example.com'],
    ['$tls_my_san_ip', '127.0.0.1'],
    ['$tls_peer_san_email', '<null>'],
    ['$tls_peer_san_hostname', '<null>'],
    ['$tls_peer_san_uri', 'sip:phone@example.com'],
    ['$tls_peer_san_ip', '<null>'],
    ['$tls_peer_verified', '1'],
    ['$tls_peer_revoked', '0'],
    ['$tls_peer_expired', '0'],
    ['$tls_peer_selfsigned', '0'],
    ['$tls_peer_server_name', 'one.example.com'],
    ['$tls(p_subject_line)', '/CN=phone'],
    ['$tls(m_issuer_line)', '/CN=Olelo test authority'],
    ['$(tls_peer_raw_cert{s.substr,0,27})', '-----BEGIN CERTIFICATE-----'],
    ['$(tls_my_raw_cert{s.substr,0,27})', '-----BEGIN CERTIFICATE-----'],
    ['$(tls_peer_urlencoded_cert{s.substr,0,34})', '-----BEGIN%20CERTIFICATE-----%0aMI'],
    ['$(tls_my_urlencoded_cert{s.substr,0,34})', '-----BEGIN%20CERTIFICATE-----%0aMI'],
    ['$sel(tls.cipher.bits)', '256'],
    ['$sel(tls.peer)', 'phone'],
    ['$sel(tls.peer.subj.commonName)', 'phone'],
    ['$sel(tls.my.subject.organizational_unit_name)', 'Tests'],
    ['$sel(tls.me.issuer)', 'Olelo test authority'],
    ['$sel(tls.myself.dns)', 'one.example.com'],
    ['$sel(tls.my.IPAddress)', '127.0.0.1'],
    ['$sel(tls.peer.sn)', '18'],
    ['$sel(tls.peer.verified)', '1'],
    ['$sel(tls.my.verified)', '<null>'],
    ['$sel(tls.peer.self_signed)', '0'],
  ];
  const lines = expected.map(([name], i) => `xlog("L_INFO", "value ${i} = ${name}\\n");`);
  const live = await serve(`${ownFiles}
    modparam("tls", "verify_certificate", 1)
    request_route {
      ${lines.join('\n')}
      xlog("L_INFO", "dates $tls_peer_notBefore / $tls_peer_notAfter / $sel(tls.my.not_after)\\n");
      if (is_peer_verified()) sl_send_reply("200", "Verified"); else sl_send_reply("403", "Unknown");
    }`);
  const peer = await TlsPeer.connect(live.port('tls'), { identity: client, serverName: 'one.example.com' });
  peer.send(optionsText('sip:x@127.0.0.1', 'values'));
  assert.match(await peer.until(/\r\n\r\n/), /^SIP\/2\.0 200 Verified/);
  const told = live.logged(/^value /).map((text) => text.trim());
  assert.deepEqual(
    told,
    expected.map(([, value], i) => `value ${i} = ${value}`),
  );
  assert.match(
    live.logged(/^dates/).join(),
    /^dates \w{3} [ \d]\d [\d:]{8} \d{4} GMT \/ \w{3} [ \d]\d [\d:]{8} \d{4} GMT \/ \w{3} /,
  );
  const nobody = await TlsPeer.connect(live.port('tls'));
  nobody.send(optionsText('sip:x@127.0.0.1', 'nobody'));
  assert.match(await nobody.until(/\r\n\r\n/), /^SIP\/2\.0 403/);
  await Promise.all([peer.end(), nobody.end()]);
});

test('profiles of tls.cfg are chosen by name; each has its own demands', async () => {
  const live = await serve(
    answer,
    `[server:default]
     certificate = DIR/own.pem
     private_key = DIR/own.key
     [server:any]
     certificate = DIR/second.pem
     server_name = two.example.com
     server_name_mode = 1
     ca_list = DIR/ca.pem
     verify_client = on
     [server:any]
     certificate = DIR/second.pem
     server_name = strict.example.com
     ca_list = DIR/ca.pem
     crl = DIR/crl.pem
     verify_certificate = yes`,
  );
  const shown = async (serverName: string, identity?: TestCertificate): Promise<string> => {
    const peer = await TlsPeer.connect(live.port('tls'), { serverName, identity });
    const name = String(peer.socket.getPeerCertificate().subject.CN);
    peer.send(optionsText('sip:x@127.0.0.1', `sni-${serverName}`));
    const reply = await peer.until(/200 OK/).catch(() => 'refused');
    await peer.end();
    return `${name} ${reply.startsWith('SIP/2.0 200') ? 'answers' : 'refuses'}`;
  };
  assert.equal(await shown(''), 'one.example.com answers');
  assert.equal(await shown('elsewhere.example'), 'one.example.com answers');
  assert.equal(await shown('two.example.com'), 'two.example.com refuses');
  assert.equal(await shown('a.two.example.com', client), 'two.example.com answers');
  assert.equal(await shown('strict.example.com'), 'two.example.com answers');
  assert.equal(await shown('strict.example.com', client), 'two.example.com refuses');
  assert.equal(live.logged(/has shown no certificate/).length, 1);
  assert.equal(live.logged(/CERT_REVOKED/).length, 1);
});

test('outgoing connections verify the server and its name, and choose their profile', async () => {
  const server = await answeringServer(second);
  const live = await serve(
    `modparam("tls", "xavp_cfg", "tls")
     request_route {
       if ($hdr(X-Name) != $null) $xavp(tls=>server_name) = $hdr(X-Name);
       if ($hdr(X-Id) != $null) $xavp(tls=>server_id) = $hdr(X-Id);
       if ($hdr(X-Next) != $null) tls_set_connect_server_id("$hdr(X-Next)");
       $du = "sip:127.0.0.1:${server.port};transport=tls";
       t_relay();
     }
     event_route[tls:connection-out] {
       xlog("L_INFO", "out $sndto(ip):$sndto(port) $si $tls_peer_subject_cn\\n");
       if ($tls_peer_subject_cn == "nobody") drop;
     }`,
    `[server:default]
     certificate = DIR/own.pem
     private_key = DIR/own.key
     [client:default]
     ca_list = DIR/ca.pem
     verify_certificate = yes
     [client:127.0.0.1:${server.port}]
     ca_list = DIR/ca.pem
     verify_certificate = yes
     server_name = three.example.com
     server_id = wrong
     [client:any]
     ca_list = DIR/ca.pem
     certificate = DIR/client.pem
     private_key = DIR/client.key
     verify_certificate = yes
     server_name = two.example.com
     server_id = right`,
  );
  let number = 0;
  const statusWith = async (...headers: string[]): Promise<string> => {
    for (const { connectionId, inbound } of live.server.transport.connections()) {
      if (!inbound) live.server.transport.closeConnection(connectionId);
    }
    const peer = await TlsPeer.connect(live.port('tls'));
    peer.send(optionsText('sip:x@example.com', `out-${number++}`, headers));
    const reply = await peer.until(/SIP\/2\.0 [2-6].*\r\n\r\n/s);
    await peer.end();
    return /SIP\/2\.0 ([2-6]\d\d)/.exec(reply)?.[1] ?? '';
  };
  assert.equal(await statusWith(), '477');
  assert.match(live.logged(/not for three\.example\.com but for two\.example\.com/).join(), /127\.0\.0\.1/);
  assert.equal(await statusWith('X-Name: two.example.com'), '200');
  assert.equal(server.names.at(-1), 'two.example.com');
  assert.equal(await statusWith('X-Id: right'), '200');
  assert.equal(await statusWith('X-Id: wrong'), '477');
  assert.equal(await statusWith('X-Next: right'), '200');
  assert.match(
    live.logged(/^out /).join(),
    new RegExp(`out 127\\.0\\.0\\.1:${server.port} 127\\.0\\.0\\.1 two`),
  );
});

test('event_route[tls:connection-out] may refuse a connection', async () => {
  const server = await answeringServer(second);
  const live = await serve(
    `${ownFiles}
     request_route { $du = "sip:127.0.0.1:${server.port};transport=tls"; t_relay(); }
     event_route[tls:connection-out] { drop; }`,
  );
  const peer = await TlsPeer.connect(live.port('tls'));
  peer.send(optionsText('sip:x@example.com', 'dropped'));
  assert.match(await peer.until(/SIP\/2\.0 [2-6].*\r\n\r\n/s), /SIP\/2\.0 477/);
  assert.equal(live.logged(/dropped by event_route/).length, 1);
  await peer.end();
});

test('sips: goes over TLS, and a connection is used again', async () => {
  const server = await answeringServer(own);
  const live = await serve(`${ownFiles}
    request_route { $ru = "sips:x@127.0.0.1:${server.port}"; t_relay(); }`);
  const peer = await TlsPeer.connect(live.port('tls'));
  for (const id of ['sips-1', 'sips-2', 'sips-3']) {
    peer.send(optionsText('sip:x@example.com', id));
    await peer.until(/200 OK.*\r\n\r\n/s);
  }
  assert.equal(server.names.length, 1);
  await peer.end();
});

test('RPC lists, counts and closes connections; parameters are shown', async () => {
  const live = await serve(`${ownFiles}\n${answer}`);
  const peer = await TlsPeer.connect(live.port('tls'));
  peer.send(optionsText('sip:x@127.0.0.1', 'rpc'));
  await peer.until(/200 OK/);
  const listed = await structOf(live, 'tls.list');
  assert.equal(listed.src_port, peer.socket.localPort);
  assert.equal(listed.cipher, 'TLS_AES_256_GCM_SHA384');
  assert.equal(listed.state, 'established');
  assert.equal((await structOf(live, 'tls.info')).opened_connections, 1);
  const options = await structOf(live, 'tls.options');
  assert.equal(options.method, 'TLSv1.2+');
  assert.equal(options.certificate, `${files.path}/own.pem`);
  assert.ok((await live.server.call('tls.reload')) instanceof RpcFault);
  const ended = new Promise((resolve) => peer.socket.once('close', resolve));
  assert.ok(!((await live.server.call('tls.kill', [Number(listed.id)])) instanceof RpcFault));
  await ended;
  assert.ok((await live.server.call('tls.kill', [Number(listed.id)])) instanceof RpcFault);
});

test('weak settings are told at the start; keys never', async () => {
  const expiring = await authority.issue({ name: 'soon', validDays: 3 });
  writeFileSync(join(files.path, 'soon.pem'), expiring.certificate + expiring.key);
  const live = await serve(
    answer,
    `[server:default]
     certificate = DIR/soon.pem
     method = TLSv1+
     cipher_list = ALL:!RC4
     [client:default]
     verify_certificate = no`,
  );
  const warned = live.log
    .filter(({ level, component }) => level <= 0 && component === 'tls')
    .map(({ text }) => text);
  assert.match(warned.join('\n'), /server:default: method TLSv1\+ lets TLSv1 in/);
  assert.match(warned.join('\n'), /cipher_list 'ALL:!RC4' lets weak ciphers in/);
  assert.match(warned.join('\n'), /expires in [23] days/);
  assert.match(warned.join('\n'), /client:default: servers are not verified/);
  assert.ok(live.log.every(({ text }) => !text.includes('PRIVATE KEY')));
});

test('mistakes in tls.cfg and its files end the start, all at once', async () => {
  await assert.rejects(
    serve(answer, '[server:default]\nbogus = 1\nmethod = SSLv3\n[nobody]\n[server:any]\ncertificate=x'),
    /:2: there is no option 'bogus'; .*:3: method: SSLv3 is broken.*; .*:4: '\[nobody\]' is no section.*has no server_name/s,
  );
  await assert.rejects(
    serve(
      answer,
      '[server:default]\ncertificate = DIR/own.pem\nprivate_key = DIR/client.key\n[client:default]\nca_list = DIR/none.pem',
    ),
    /server:default: the private key does not belong.*client:default: ca_list '.*none\.pem' cannot be read/s,
  );
});

test('without enable_tls nothing is opened, and that is told', async () => {
  const live = await startLiveServer(`loadmodule "sl.so"\nloadmodule "tls.so"\n${answer}`, [
    'udp:127.0.0.1:0',
    'tls:127.0.0.1:0',
  ]);
  running.push(live);
  assert.deepEqual(
    live.server.transport.sockets.map(({ proto }) => proto),
    ['udp'],
  );
  assert.equal(live.logged(/TLS is disabled/).length, 1);
});
