import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClientFailure } from '../../client/failure.ts';
import { UsageError } from '../options.ts';
import { bodyOf, composed, header, startLine } from './testing.ts';

const target = 'udp:server.example:5080';

test('methods', () => {
  const methods: readonly (readonly [readonly string[], string])[] = [
    [[], 'OPTIONS'],
    [['-options'], 'OPTIONS'],
    [['-o'], 'OPTIONS'],
    [['-register'], 'REGISTER'],
    [['-r'], 'REGISTER'],
    [['-invite'], 'INVITE'],
    [['-i'], 'INVITE'],
    [['-message'], 'MESSAGE'],
    [['-m'], 'MESSAGE'],
    [['-info'], 'INFO'],
    [['-subscribe'], 'SUBSCRIBE'],
    [['-publish'], 'PUBLISH'],
    [['-notify'], 'NOTIFY'],
    [['-method', 'prack'], 'PRACK'],
    [['-mt=Refer'], 'REFER'],
    [['-fv', 'method:UPDATE'], 'UPDATE'],
    [['--call-self'], 'INVITE'],
    [['--call-user'], 'INVITE'],
    [['--subscribe-session'], 'SUBSCRIBE'],
    [['--listen'], 'REGISTER'],
  ];
  for (const [args, method] of methods) {
    const message = composed([...args, target]);
    assert.ok(startLine(message).startsWith(`${method} sip:`), args.join(' '));
    assert.ok(header(message, 'CSeq').endsWith(` ${method}`), args.join(' '));
  }
});

test('a request has what RFC 3261 wants of it', () => {
  const message = composed([target]);
  assert.equal(startLine(message), 'OPTIONS sip:server.example:5080 SIP/2.0');
  assert.match(
    header(message, 'Via'),
    /^SIP\/2\.0\/UDP 192\.0\.2\.1:5070;rport;branch=z9hG4bK[0-9a-f-]{36}$/,
  );
  assert.match(header(message, 'From'), /^<sip:alice@localhost>;tag=[0-9a-f-]{36}$/);
  assert.equal(header(message, 'To'), '<sip:bob@localhost>');
  assert.equal(header(message, 'Max-Forwards'), '70');
  assert.equal(header(message, 'User-Agent'), 'test');
  assert.equal(header(message, 'Content-Length'), '0');
  assert.ok(message.endsWith('\r\n\r\n'));
  assert.ok(!/[^\r]\n/.test(message), 'all lines end in CRLF');
});

test('From, To and the Request-URI', () => {
  const cases: readonly (readonly [readonly string[], string, string])[] = [
    [['-fu', 'carol'], 'From', '<sip:carol@localhost>'],
    [['-fuser', 'carol'], 'From', '<sip:carol@localhost>'],
    [['-from-user', 'carol'], 'From', '<sip:carol@localhost>'],
    [['-fd', 'a.example'], 'From', '<sip:alice@a.example>'],
    [['-fdomain', 'a.example'], 'From', '<sip:alice@a.example>'],
    [['-from-domain', 'a.example'], 'From', '<sip:alice@a.example>'],
    [['-from-uri', 'sip:x@y'], 'From', '<sip:x@y>'],
    [['-from-uri', '"X" <sip:x@y>'], 'From', '"X" <sip:x@y>'],
    [['-fu', 'no'], 'From', '<sip:localhost>'],
    [['-no-val', 'skip', '-fu', 'skip'], 'From', '<sip:localhost>'],
    [['-fv', 'fname:Alice A.'], 'From', '"Alice A." <sip:alice@localhost>'],
    [['-tu', 'dave'], 'To', '<sip:dave@localhost>'],
    [['-tuser', 'dave'], 'To', '<sip:dave@localhost>'],
    [['-to-user', 'dave'], 'To', '<sip:dave@localhost>'],
    [['-td', 'b.example'], 'To', '<sip:bob@b.example>'],
    [['-tdomain', 'b.example'], 'To', '<sip:bob@b.example>'],
    [['-to-domain', 'b.example'], 'To', '<sip:bob@b.example>'],
    [['-to-uri', 'tel:+123'], 'To', '<tel:+123>'],
    [['-sd'], 'From', '<sip:alice@server.example>'],
    [['-set-domains'], 'To', '<sip:bob@server.example>'],
    [['-sd', '-fd', 'a.example'], 'From', '<sip:alice@a.example>'],
  ];
  for (const [args, name, expected] of cases) {
    assert.equal(header(composed([...args, target]), name).replace(/;tag=.*/, ''), expected, args.join(' '));
  }
  const uris: readonly (readonly [readonly string[], string])[] = [
    [['-ruri', 'sip:x@y', target], 'sip:x@y'],
    [['-ru', 'sip:x@y', target], 'sip:x@y'],
    [['-ruser', 'dave', target], 'sip:dave@server.example:5080'],
    [['-rn', 'dave', target], 'sip:dave@server.example:5080'],
    [['-su', target], 'sip:bob@server.example:5080'],
    [['-set-user', '-tu', 'dave', target], 'sip:dave@server.example:5080'],
    [['-register', '-su', target], 'sip:server.example:5080'],
    [['sip:eve@server.example'], 'sip:eve@server.example'],
    [['tls:server.example'], 'sip:server.example;transport=tls'],
  ];
  for (const [args, uri] of uris) assert.equal(startLine(composed(args)).split(' ')[1], uri, args.join(' '));
});

test('headers', () => {
  const message = composed([
    ...[
      '-xh',
      'X-A:1',
      '-extra-header',
      'X-B: 2',
      '-header=X-C: 3',
      '-H',
      'x-a: 4',
      '-ex',
      '60',
      '-ua',
      'me',
    ],
    ...['-cu', 'sip:c@d', '-fv', 'subject:hi', '-fv', 'event:presence', target],
  ]);
  assert.equal(header(message, 'X-A'), '1');
  assert.match(message, /\r\nX-B: 2\r\nX-C: 3\r\nx-a: 4\r\n/);
  assert.equal(header(message, 'Expires'), '60');
  assert.equal(header(message, 'User-Agent'), 'me');
  assert.equal(header(message, 'Contact'), '<sip:c@d>');
  assert.equal(header(message, 'Subject'), 'hi');
  assert.equal(header(message, 'Event'), 'presence');
  const other = composed(['-expires', '5', '-user-agent', 'no', '-contact-uri', '<sip:c@d>;q=1', target]);
  assert.equal(header(other, 'Expires'), '5');
  assert.equal(header(other, 'User-Agent'), '');
  assert.equal(header(other, 'Contact'), '<sip:c@d>;q=1');
});

test('bodies', () => {
  const texts = { 'b.bin': 'a\nb\xff', 't.txt': 'to {{.tuser}}' };
  const cases: readonly (readonly [readonly string[], string, string])[] = [
    [['-message'], 'Hello from olelo send.', 'text/plain'],
    [['-message', '-mb', 'Hi'], 'Hi', 'text/plain'],
    [['-message', '-message-body', 'é'], '\xc3\xa9', 'text/plain'],
    [['-m', '-body', '{{.x}}', '-ct', 'text/html'], '{{.x}}', 'text/html'],
    [['-message', '-body-file', 'b.bin', '-content-type', 'a/b'], 'a\nb\xff', 'a/b'],
    [['-message', '-mbf', 'b.bin'], 'a\nb\xff', 'text/plain'],
    [['-message', '-tbf', 't.txt'], 'to bob', 'text/plain'],
    [['-message', '-template-body-file', 't.txt'], 'to bob', 'text/plain'],
    [['-message', '-no-body'], '', ''],
    [['-invite', '-late-offer'], '', ''],
    [['-invite', '-lo'], '', ''],
  ];
  for (const [args, body, type] of cases) {
    const message = composed([...args, target], texts);
    assert.equal(bodyOf(message), body, args.join(' '));
    assert.equal(header(message, 'Content-Type'), type, args.join(' '));
    assert.equal(header(message, 'Content-Length'), String(body.length), args.join(' '));
  }
});

test('the offer of an INVITE', () => {
  const message = composed(['-invite', target]);
  assert.equal(header(message, 'Content-Type'), 'application/sdp');
  const sdp = bodyOf(message);
  assert.match(sdp, /^v=0\r\no=olelo \d+ \d+ IN IP4 192\.0\.2\.1\r\n/);
  assert.match(sdp, /\r\nm=audio \d+ RTP\/AVP 0 8 101\r\na=rtpmap:0 PCMU\/8000\r\n/);
  assert.ok(sdp.endsWith('a=sendrecv\r\n'));
  const other = bodyOf(composed(['-i', '-codecs', 'opus,G722', '-sdp-direction', 'sendonly', target]));
  assert.match(
    other,
    /RTP\/AVP 111 9\r\na=rtpmap:111 opus\/48000\/2\r\na=rtpmap:9 G722\/8000\r\na=sendonly\r\n$/,
  );
});

test('templates and fields', () => {
  const texts = {
    'm.tpl':
      'INFO sip:{{.who}} SIP/2.0\nVia: SIP/2.0/{{.protoup}} {{.localaddr}};branch=z9hG4bK1\nCSeq: {{.seq}} INFO\nX: {{.env}}\nContent-Length: 99\n\n{{.who}}\n',
    'f.json': '{"who": "json", "seq": "$inc(n)", "env": "$env(WHO)"}',
  };
  const plain = composed(['-tf', 'm.tpl', '-ff', 'f.json', target], texts);
  assert.equal(header(plain, 'CSeq'), '$inc(n) INFO');
  const evaluated = composed(
    ['-template-file', 'm.tpl', '-fields-file', 'f.json', '-fe', '-fv', 'who:flag', target],
    texts,
  );
  assert.equal(startLine(evaluated), 'INFO sip:flag SIP/2.0');
  assert.equal(header(evaluated, 'CSeq'), '1 INFO');
  assert.equal(header(evaluated, 'X'), 'carol');
  assert.equal(header(evaluated, 'Via'), 'SIP/2.0/UDP 192.0.2.1:5070;branch=z9hG4bK1');
  assert.equal(bodyOf(evaluated), 'flag\n');
  assert.equal(header(evaluated, 'Content-Length'), '5');
  const counted = composed(['-tf', 'm.tpl', '-ff', 'f.json', '-fields-eval', '-iv', 'n:7', target], texts);
  assert.equal(header(counted, 'CSeq'), '8 INFO');
  assert.equal(
    header(composed(['-int-var', 'n:1', '-field', 'cseqnum:$inc(n)', target]), 'CSeq'),
    '2 OPTIONS',
  );
  assert.ok(!composed(['-no-crlf', target]).includes('\r'));
  assert.match(header(composed(['-field-unset', 'rport', target]), 'Via'), /:5070;branch/);
  assert.equal(header(composed(['-fvu', 'tuser', '-field-val', 'tuser:x', target]), 'To'), '<sip:localhost>');
});

test('line breaks in values are refused', () => {
  const cases: readonly (readonly string[])[] = [
    ['-xh', 'X-A: b\r\nEvil: 1'],
    ['-xh', 'X-A: b\nEvil: 1'],
    ['-fu', 'a\r\nEvil: 1'],
    ['-ua', 'a\nb'],
    ['-fv', 'tuser:a\rb'],
    ['-ct', 'a/b\r\nEvil: 1'],
    ['-ruri', 'sip:a\r\n@b'],
    ['-cu', 'sip:a>\r\nEvil: 1'],
  ];
  for (const args of cases) {
    assert.throws(
      () => composed([...args, target]),
      (error) => error instanceof ClientFailure && error.kind === 'unsendable' && error.exitCode === 9,
      args.join(' '),
    );
  }
});

test('options that make no sense are told', () => {
  const cases: readonly (readonly string[])[] = [
    ['-xh', 'nocolon'],
    ['-xh', 'bad name: x'],
    ['-fv', 'novalue'],
    ['-ff', 'nosuch.json'],
    ['-ff', 'bad.json'],
    ['-ff', 'list.json'],
    ['-codecs', 'MP3'],
    ['-sdp-direction', 'both'],
    ['-ex', '-5'],
    ['-ex', 'soon'],
  ];
  for (const args of cases) {
    assert.throws(
      () => composed([...args, target], { 'bad.json': '{', 'list.json': '[]' }),
      (error) => error instanceof UsageError || (error instanceof ClientFailure && error.kind === 'usage'),
      args.join(' '),
    );
  }
});

test('command lines that scripts of sipexer have', () => {
  const lines = [
    '127.0.0.1 5060',
    'udp 127.0.0.1 5060',
    '-ruri sip:alice@server.com udp:127.0.0.1:5060',
    '-laddr 127.0.0.1:55060 udp:127.0.0.1:5060',
    '-register -cb -ex 600 -au alice -ap test123 udp:127.0.0.1:5060',
    '-register -vl 3 -co -com -ex 60 -fuser alice -cb -ap abab -ha1 -sd -sw 20000 udp:127.0.0.1:5060',
    '-sd -fu carol -tu david -su udp:127.0.0.1:5060',
    '-sd -fv fuser:carol -fv tuser:david -su udp:127.0.0.1:5060',
    '-sd -xh X-My-Key:abcdefgh -xh P-Info:xyzw udp:127.0.0.1:5060',
    '-message -mb Hello! -sd -su wss://server.com:8443/sip',
    '-invite -vl 3 -co -com -fuser alice -tuser bob -cb -ap abab -ha1 -sw 10000 -sd -su udp:server.com:5060',
    '--call-self --ring-time 2000 --call-duration 10000 -fuser alice -ex 60 -cb -sd -su udp:server.com:5060',
    '--register-first --invite -fuser alice -tuser bob -cb -sd -su tcp:server.com:5060',
    '--call-user --ring-time 2000 --fuser alice --laddr 127.0.0.1:5062 --ua2-fuser bob --ua2-local-address 127.0.0.1:5064 -cb -sd -su udp:server.com:5060',
    '--call-user --fuser alice --ua2-fuser bob --ua2-laddr 127.0.0.1:5064 --ua2-target tcp:server2.com:5060 -cb udp:server.com:5060',
    '--subscribe-session --sessionwait 15000 -ex 60 -xh Event:presence --fuser alice -cb -sd -su tcp:server.com:5060',
    '-no-val skip -ua skip udp:server.com',
    '--field-val=domain:openrcs.com --field-unset rport --field-unset viabranch udp:server.com',
    '-i -vl 3 -co -com -sd -su -cb -sw 10000 192.0.2.1',
  ];
  for (const line of lines) assert.match(composed(line.split(' ')), / SIP\/2\.0\r\nVia: /, line);
  assert.equal(header(composed(['-no-val', 'skip', '-ua', 'skip', target]), 'User-Agent'), '');
});
