import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Value } from '../../lang/catalogue.ts';
import { contextOf, ModuleUnderTest } from '../../module/testing.ts';
import pv from './index.ts';

/** What Kamailio 5.6.3 printed for this request, received from 127.0.0.1:5099 on udp:127.0.0.1:5060. */
const invite = `INVITE sip:bob:pw@biloxi.example.com:5070;transport=tcp;user=phone?a=b SIP/2.0
Via: SIP/2.0/UDP 127.0.0.1:5099;branch=z9hG4bKnashds8;rport
Via: SIP/2.0/TCP 10.1.1.1;branch=z9hG4bKabc, SIP/2.0/TLS 10.1.1.2:5061;branch=z9hG4bKabd
Max-Forwards: 70
To: "Bob B" <sip:bob@biloxi.example.com:5080>;tag=totag1
From: Alice <sip:alice@atlanta.example.com>;tag=1928301774
Call-ID: a84b4c76e66710@pc33
CSeq: 314159 INVITE
Contact: <sip:alice@pc33.example.com:5090;transport=tcp>;expires=300, <sip:x@y>
Route: <sip:r1.example.com;lr>, <sip:r2.example.com;lr>
User-Agent: TestUA 1.0
Content-Type: application/sdp
Expires: 120
X-A: one
X-A: two
X-A: three
P-Asserted-Identity: "PAI" <sip:pai@example.com>
P-Preferred-Identity: "PPI Name" <sip:ppi@ppi.example.com>
Remote-Party-ID: "RPID" <sip:rpid@example.com>;party=calling
Diversion: <sip:div@example.com>;reason=user-busy;privacy=full;counter=2
Refer-To: <sip:refer@example.com>
Authorization: Digest username="alice@dom.com", realm="atlanta.com", nonce="abc", uri="sip:biloxi.example.com", response="66", algorithm=MD5
Content-Length: 6

v=0
a
`;

const flow = { address: '127.0.0.1', port: 5099 };

const facts: Readonly<Record<string, Value>> = {
  $ai: 'sip:pai@example.com',
  $adu: 'sip:biloxi.example.com',
  $aa: 'MD5',
  $ar: 'atlanta.com',
  $au: 'alice',
  $ad: 'dom.com',
  $aU: 'alice@dom.com',
  $Au: 'alice@atlanta.example.com',
  $AU: 'alice',
  $br: null,
  $bR: null,
  $bf: 0,
  $bF: '00000000',
  $bs: 8,
  $ci: 'a84b4c76e66710@pc33',
  $cl: 6,
  $conid: null,
  $cs: '314159',
  $csb: '314159 INVITE',
  $ct: '<sip:alice@pc33.example.com:5090;transport=tcp>;expires=300, <sip:x@y>',
  $cts: 0,
  $cT: 'application/sdp',
  $dd: null,
  $di: 'sip:div@example.com',
  $dip: 'full',
  $dir: 'user-busy',
  $dic: '2',
  $ds: null,
  $du: null,
  $fd: 'atlanta.example.com',
  $fn: 'Alice',
  $fs: null,
  $ft: '1928301774',
  $fu: 'sip:alice@atlanta.example.com',
  $fU: 'alice',
  $fUl: 5,
  $mf: 0,
  $mF: '00000000',
  $mi: 1,
  $mt: 1,
  $od: 'biloxi.example.com',
  $op: '5070',
  $oP: 'tcp',
  $oU: 'bob',
  $oUl: 3,
  $pd: 'ppi.example.com',
  $pn: '"PPI Name"',
  $pr: 'udp',
  $prid: 1,
  $pU: 'ppi',
  $pu: 'sip:ppi@ppi.example.com',
  $rb: 'v=0\r\na\r\n',
  $rd: 'biloxi.example.com',
  $re: 'sip:rpid@example.com',
  $rm: 'INVITE',
  $rmid: 1,
  $route_uri: 'sip:r1.example.com;lr',
  $rp: '5070',
  $rP: 'tcp',
  $rr: null,
  $rs: null,
  $rt: 'sip:refer@example.com',
  $ru: 'sip:bob:pw@biloxi.example.com:5070;transport=tcp;user=phone?a=b',
  $rU: 'bob',
  $rUl: 3,
  $rv: 'SIP/2.0',
  $rz: 'tel',
  $RAi: '127.0.0.1',
  $RAp: 5060,
  $Ri: '127.0.0.1',
  $Rp: 5060,
  $RAu: 'sip:127.0.0.1:5060',
  $Rut: 'sip:127.0.0.1:5060;transport=udp',
  $sas: 'udp:127.0.0.1:5099',
  $sF: '00000000',
  $si: '127.0.0.1',
  $sp: 5099,
  $su: 'sip:127.0.0.1:5099',
  $sut: 'sip:127.0.0.1:5099;transport=udp',
  $td: 'biloxi.example.com',
  $tn: '"Bob B"',
  $tt: 'totag1',
  $tU: 'bob',
  $ua: 'TestUA 1.0',
  '$expires(min)': 120,
  '$expires(max)': 300,
  '$hdr(X-A)': 'one',
  '$hdr(x-a)': 'one',
  '$(hdr(X-A)[1])': 'two',
  '$(hdr(X-A)[-1])': 'three',
  '$(hdr(X-A)[*])': 'one,two,three',
  '$(hdr(X-A)[7])': null,
  '$hdr(v)': 'SIP/2.0/UDP 127.0.0.1:5099;branch=z9hG4bKnashds8;rport',
  '$(hdr(*)[-1])': '6',
  '$hdrc(X-A)': 3,
  '$hdrc(Via)': 2,
  '$hflc(Via)': 3,
  '$hflc(X-A)': 3,
  '$(hfl(Via)[2])': 'SIP/2.0/TLS 10.1.1.2:5061;branch=z9hG4bKabd',
  '$(hfl(Route)[1])': '<sip:r2.example.com;lr>',
  '$var(a)': 0,
  '$vn(a)': null,
  '$shv(a)': 0,
  '$avp(x)': null,
  '$xavp(x=>y)': null,
  '$nh(U)': 'bob',
  '$nh(p)': '5070',
  '$rpl(duri)': null,
  '$msgbuf(0)': 'I',
  '$C(xx)': '\u001b[0;39;49m',
  '$C(bx)': '\u001b[0;34;49m',
  '$C(rg)': '\u001b[0;31;42m',
  '$K(IPv6)': 10,
  '$K(WSS)': 6,
  '$via0(host)': '127.0.0.1',
  '$via0(rport)': null,
  '$via1(port)': 5060,
  '$viaZ(branch)': 'z9hG4bKabd',
  '$sndto(ip)': null,
};

test('variables of a request have the values that Kamailio gives', () => {
  const under = new ModuleUnderTest(pv);
  const context = contextOf(invite, { flow });
  for (const [text, value] of Object.entries(facts)) assert.equal(under.read(text, context), value, text);
});

test('variables of a telephone number and a bare request', () => {
  const under = new ModuleUnderTest(pv);
  const tel = contextOf(
    'OPTIONS tel:+1-201;phone-context=x SIP/2.0\nFrom: <sips:[2001:db8::1]:5066>;tag=a\nTo: <tel:+123>\n',
  );
  const expected: Readonly<Record<string, Value>> = {
    $rU: '+1-201',
    $rUl: 6,
    $rd: null,
    $rp: '5060',
    $rP: 'UDP',
    $rz: 'tel',
    $fd: '[2001:db8::1]',
    $fU: null,
    $fUl: 0,
    $td: null,
    $tU: '+123',
    $Au: '@[2001:db8::1]',
    $AU: '',
    $rmid: 512,
    $cl: null,
    $ua: null,
  };
  for (const [text, value] of Object.entries(expected)) assert.equal(under.read(text, tel), value, text);
});

test('variables of a response', () => {
  const under = new ModuleUnderTest(pv);
  const reply = contextOf(
    'SIP/2.0 180 Ringing Now\nVia: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK1\nVia: SIP/2.0/TCP 10.1.1.1;branch=z9hG4bK2\n' +
      'From: <sip:1.2.3.4>;tag=a\nTo: <sip:b@c>\nCSeq: 1 OPTIONS\n',
  );
  const expected: Readonly<Record<string, Value>> = {
    $rs: 180,
    $rr: 'Ringing Now',
    $ru: null,
    $rU: null,
    $rp: null,
    $ou: null,
    $rm: 'OPTIONS',
    $mt: 2,
    '$rpl(duri)': 'sip:10.1.1.1:5060;transport=tcp',
    '$rpl(dport)': 5060,
    '$rpl(dprotoid)': 2,
    '$rpl(cntvia)': 2,
  };
  for (const [text, value] of Object.entries(expected)) assert.equal(under.read(text, reply), value, text);
});

test('AVPs stack; an index changes nothing about assignment, * replaces all', () => {
  const under = new ModuleUnderTest(pv);
  const context = contextOf(invite);
  for (const value of ['a', 'b', 3]) under.assign('$avp(x)', context, value);
  assert.equal(under.read('$(avp(x)[*])', context), '3, b, a');
  assert.equal(under.read('$(avp(x)[2])', context), 'a');
  under.assign('$(avp(x)[1])', context, 'B1');
  assert.equal(under.read('$(avp(x)[*])', context), 'B1, 3, b, a');
  under.assign('$avp(x)', context, null);
  assert.equal(under.read('$(avp(x)[*])', context), '3, b, a');
  under.assign('$(avp(x)[*])', context, 'all');
  assert.equal(under.read('$(avp(x)[*])', context), 'all');
  assert.equal(under.read('$avp(s:x)', context), 'all');
  under.assign('$avp(i:5)', context, 6);
  assert.equal(under.read('$avp(5)', context), null);
  assert.equal(under.read('$avp(i:5)', context), 6);
});

test('XAVPs: without an index a value is added, with one it replaces', () => {
  const under = new ModuleUnderTest(pv);
  const context = contextOf(invite);
  const set = (text: string, value: Value) => under.assign(text, context, value);
  const get = (text: string) => under.read(text, context);
  set('$xavp(a=>x)', '1x');
  set('$xavp(a[0]=>y)', 2);
  set('$xavp(a=>x)', '3x');
  assert.deepEqual(
    ['$xavp(a=>x)', '$xavp(a[1]=>x)', '$xavp(a[1]=>y)', '$xavp(a[0]=>y)', '$xavp(a[-1]=>x)'].map(get),
    ['3x', '1x', 2, null, '1x'],
  );
  set('$xavp(a[0]=>x)', '3y');
  assert.deepEqual([get('$xavp(a[0]=>x[0])'), get('$xavp(a[0]=>x[1])')], ['3y', '3x']);
  set('$xavp(a[0]=>x[0])', '3z');
  assert.deepEqual([get('$xavp(a[0]=>x[0])'), get('$xavp(a[0]=>x[1])')], ['3z', '3x']);
  set('$xavp(a[0]=>x)', null);
  assert.equal(get('$xavp(a[0]=>x)'), '3x');
  set('$xavp(new[0]=>x)', 'n');
  assert.equal(get('$xavp(new[0]=>x)'), null);
  set('$xavp(a[0])', null);
  assert.equal(get('$xavp(a[0]=>x)'), '1x');
  set('$xavi(WhatEver=>FoO)', 1);
  assert.equal(get('$xavi(whatever=>foo)'), 1);
  set('$xavu(r=>x)', 'rx');
  set('$xavu(r=>x)', 'rx2');
  set('$xavu(r=>y)', 7);
  assert.deepEqual([get('$xavu(r=>x)'), get('$xavu(r=>y)'), get('$xavu(nope)')], ['rx2', 7, null]);
  assert.deepEqual([get('$cnt(xavp(a))'), get('$cnt(xavp(a[*]=>x))'), get('$cnt(xavp(a[5]))')], [1, 1, 0]);
});

test('the Request-URI: parts are rewritten, the received one stays', () => {
  const under = new ModuleUnderTest(pv);
  const context = contextOf(invite);
  const after = (text: string, value: Value) => {
    under.assign(text, context, value);
    return context.target.requestUri;
  };
  assert.equal(after('$ru', 'sip:new@host:5090;transport=tls'), 'sip:new@host:5090;transport=tls');
  assert.equal(after('$rU', 'nu'), 'sip:nu@host:5090;transport=tls');
  assert.equal(after('$rU', null), 'sip:host:5090;transport=tls');
  assert.equal(after('$rU', 'x'), 'sip:x@host:5090;transport=tls');
  assert.equal(after('$rd', 'hh'), 'sip:x@hh:5090;transport=tls');
  assert.equal(after('$rp', 6000), 'sip:x@hh:6000;transport=tls');
  assert.equal(after('$rp', null), 'sip:x@hh;transport=tls');
  assert.equal(after('$ru', 'not a uri'), 'not a uri');
  assert.deepEqual([under.read('$ru', context), under.read('$rU', context)], [null, null]);
  assert.ok(String(under.read('$ou', context)).startsWith('sip:bob:pw@'));
  assert.equal(context.uriChanged, true);
});

test('From and To are edited in the message that leaves, not in the variable', () => {
  const under = new ModuleUnderTest(pv);
  const context = contextOf(invite);
  under.assign('$fu', context, 'sip:new@new.com');
  under.assign('$tn', context, '"Robert"');
  under.assign('$td', context, 'elsewhere.com');
  assert.equal(under.read('$fu', context), 'sip:alice@atlanta.example.com');
  const sent = String(under.read('$mbu', context));
  assert.match(sent, /From: Alice <sip:new@new.com>;tag=1928301774/);
  assert.match(sent, /To: "Robert" <sip:bob@elsewhere.com:5080>;tag=totag1/);
});

test('a user is put in, replaced, or taken away with its @', () => {
  const under = new ModuleUnderTest(pv);
  const fromWith = (from: string, value: Value): string => {
    const context = contextOf(`OPTIONS sip:a@b SIP/2.0\nFrom: ${from};tag=1\nTo: <sip:b@c>\n`);
    under.assign('$fU', context, value);
    return /From: (.*);tag/.exec(String(under.read('$mbu', context)))?.[1] ?? '';
  };
  assert.equal(fromWith('<sip:u:p@h>', 'x'), '<sip:x:p@h>');
  assert.equal(fromWith('<sip:u:p@h>', null), '<sip:h>');
  assert.equal(fromWith('<sip:h:5070>', 'x'), '<sip:x@h:5070>');
  assert.equal(fromWith('<sip:h>', null), '<sip:h>');
  assert.equal(fromWith('<tel:+1;x=y>', '+2'), '<tel:+2;x=y>');
});

test('branches: added, changed, dropped; $ds and $bR show them', () => {
  const under = new ModuleUnderTest(pv);
  const context = contextOf(invite);
  under.assign('$ru', context, 'sip:new@zz');
  under.assign('$br', context, 'sip:b1@br.com');
  under.assign('$br', context, 'sip:b2@br.com');
  under.assign('$(branch(q)[1])', context, 500);
  assert.equal(under.read('$branch(count)', context), 2);
  assert.equal(under.read('$(branch(uri)[-1])', context), 'sip:b2@br.com');
  assert.equal(under.read('$bR', context), 'sip:b1@br.com, <sip:b2@br.com>;q=0.5');
  assert.equal(under.read('$ds', context), 'Contact: <sip:new@zz>, <sip:b1@br.com>, <sip:b2@br.com>;q=0.5');
  under.assign('$branch(uri)', context, null);
  assert.equal(under.read('$branch(uri)', context), 'sip:b2@br.com');
});

test('a forced socket is one of ours', () => {
  const under = new ModuleUnderTest(pv);
  const context = contextOf(invite);
  under.assign('$fs', context, 'udp:127.0.0.1:1');
  assert.equal(under.read('$fs', context), null);
  under.assign('$fs', context, 'tcp:127.0.0.1:5060');
  assert.equal(under.read('$fs', context), 'tcp:127.0.0.1:5060');
  under.assign('$fs', context, null);
  assert.equal(under.read('$fs', context), null);
});

test('initial values and shared variables', () => {
  const under = new ModuleUnderTest(pv, undefined, { shvset: 'debug=i:1', varset: 'gw=s:sip:1.2.3.4' });
  const first = contextOf(invite);
  assert.deepEqual([under.read('$shv(debug)', first), under.read('$var(gw)', first)], [1, 'sip:1.2.3.4']);
  under.assign('$shv(debug)', first, 'on');
  under.assign('$var(gw)', first, null);
  assert.deepEqual([under.read('$shv(debug)', contextOf(invite)), under.read('$var(gw)', first)], ['on', 0]);
});

/** What Kamailio 5.6.3 printed for odd values. */
const odd: Readonly<Record<string, Value>> = {
  $rU: '%61lice%40x;par=1',
  $rp: '5061',
  '$nh(p)': '5060',
  $rz: 'sips',
  $fn: '"A. B"',
  $ft: 'x-1',
  $tn: '"Q\\"uoted, name"',
  $tt: 't1',
  $td: '[2001:db8::9:1]',
  $ua: '',
  $aU: 'bob',
  $ad: '',
  $aa: '',
  $cs: '7',
  '$expires(min)': 5,
  '$expires(max)': 60,
  $dir: 'no-answer',
  '$hdr(X-Fold)': 'a,\r\n  b',
};

test('folded, quoted, escaped and empty values', () => {
  const under = new ModuleUnderTest(pv);
  const context = contextOf(
    'OPTIONS sips:%61lice%40x;par=1:se%63@EXAMPLE.com;Transport=TLS SIP/2.0\n' +
      't:   "Q\\"uoted, name" <sip:[2001:db8::9:1]:5080;x>  ;tag=t1 ; p = "v;1"\n' +
      'f: "A. B" <sip:a@b;c?d=e>;tag=x-1;epid=3\ni: 1@2\nCSeq:   7   OPTIONS\n' +
      'm: <sip:m@h>;q=0.5;expires="60", <sip:n@h>\nUser-Agent:\nX-Fold: a,\n  b\nExpires: 5x\n' +
      'Diversion: <sip:d@x>;reason="no-answer"\nAuthorization: Digest username=bob, realm = "r"\n',
  );
  for (const [text, value] of Object.entries(odd)) assert.equal(under.read(text, context), value, text);
});
