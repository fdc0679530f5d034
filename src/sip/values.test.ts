/** Params, name-addr, Via and its stamp, edits, dates. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EditList } from './editList.ts';
import { type NameAddr, parseNameAddr, parseNameAddrList, splitValues } from './nameAddr.ts';
import { Params, parseParams } from './params.ts';
import { equalsIgnoreCase, isToken, parseUint } from './scan.ts';
import { formatSipDate, parseSipDate } from './sipDate.ts';
import { hasTransactionId, parseVia, type Via } from './via.ts';
import { stampOfVia } from './viaStamp.ts';

const params = (text: string) => parseParams(text, 0, text.length);

test('parameters: white space, quotes, order, letter case', () => {
  const parsed = params(' ; a = 1 ;B="x;\\"y" ;c;d=');
  assert.equal(parsed?.toString(), ';a=1;B="x;\\"y";c;d=');
  assert.equal(parsed?.get('b'), '"x;\\"y"');
  assert.equal(parsed?.get('c'), '');
  assert.equal(parsed?.get('e'), undefined);
  assert.equal(params('')?.size, 0);
  assert.equal(params(';;a;')?.size, 1);
});

test('malformed parameters', () => {
  for (const text of ['a', ';=1', ';a="x', ';a=b c', ';a,b', ';a b'])
    assert.equal(params(text), undefined, text);
  assert.equal(params(';a'.repeat(128))?.size, 128);
  assert.equal(params(';a'.repeat(129)), undefined);
});

test('parameters are changed in place', () => {
  const list = new Params();
  list.set('a', '1');
  list.set('b');
  list.set('A', '2');
  assert.equal(list.toString(), ';A=2;b');
  const copy = list.clone();
  assert.ok(copy.delete('a') && !copy.delete('a'));
  assert.equal(list.size, 2);
});

function address(text: string): NameAddr {
  const parsed = parseNameAddr(text, 0, text.length);
  assert.ok(parsed !== undefined, text);
  return parsed;
}

test('§20.10: name-addr and addr-spec', () => {
  const quoted = address('"A \\" <B>" <sip:a@b;x>;tag=t;y="z"');
  assert.equal(quoted.displayName, '"A \\" <B>"');
  assert.equal(quoted.uri, 'sip:a@b;x');
  assert.equal(quoted.tag, 't');
  assert.equal(quoted.params.get('y'), '"z"');
  assert.ok(quoted.isBracketed);
  const bare = address(' sip:a@b ;tag=t');
  assert.equal(bare.uri, 'sip:a@b');
  assert.equal(bare.parsedUri?.params.size, 0);
  assert.equal(bare.tag, 't');
  assert.ok(!bare.isBracketed);
  assert.equal(address('Mr. Watson\r\n <sip:w@b>').displayName, 'Mr. Watson');
  assert.equal(address('<sip:a@b>;TAG=x').tag, 'x');
  assert.equal(address('<sip:a@b>;tag').tag, '');
});

test('malformed addresses', () => {
  for (const text of ['', '<>', '"a <sip:b@c>', '<sip:a@b', '"x"', '"x" sip:a@b', '<sip:a@b> x', ';tag=1'])
    assert.equal(parseNameAddr(text, 0, text.length), undefined, text);
});

test('lists of addresses', () => {
  const text = '"a, b" <sip:c,d>, sip:e;q=1 , <sip:f>';
  assert.deepEqual(
    parseNameAddrList(text, 0, text.length)?.map((each) => each.uri),
    ['sip:c,d', 'sip:e', 'sip:f'],
  );
  assert.equal(parseNameAddrList('<sip:a>,,<sip:b>', 0, 15), undefined);
  assert.deepEqual(splitValues('a,b', 0, 3), [
    [0, 1],
    [2, 3],
  ]);
  assert.deepEqual(splitValues('', 0, 0), [[0, 0]]);
});

function via(text: string): Via {
  const parsed = parseVia(text, 0, text.length);
  assert.ok(parsed !== undefined, text);
  return parsed;
}

test('§20.42: Via', () => {
  const text = 'SIP/2.0/UDP 10.0.0.1:5061;Branch=z9hG4bK1;rport, SIP/2.0/TCP x';
  const plain = via(text);
  assert.deepEqual(
    [plain.protocol, plain.transport, plain.host, plain.port, plain.branch, plain.more],
    ['SIP/2.0', 'UDP', '10.0.0.1', 5061, 'z9hG4bK1', true],
  );
  assert.equal(plain.end, text.indexOf(','));
  assert.equal(plain.sentByEnd, text.indexOf(';'));
  assert.equal(plain.params.get('rport'), '');
  const spaced = via(' SIP / 2.0 / WSS\r\n [2001:db8::1] : 5060 ; branch = x ');
  assert.deepEqual(
    [spaced.protocol, spaced.transport, spaced.host, spaced.port],
    ['SIP/2.0', 'WSS', '[2001:db8::1]', 5060],
  );
  assert.equal(spaced.branch, 'x');
  assert.equal(via('SIP/7.0/UDP h').protocol, 'SIP/7.0');
  assert.ok(hasTransactionId(plain) && !hasTransactionId(spaced));
});

test('malformed Via', () => {
  for (const text of [
    '',
    'SIP/2.0/UDP',
    'SIP/2.0/UDP ',
    'SIP/2.0 UDP h',
    'SIP//UDP h',
    'SIP/2.0/UDP h:65536',
    'SIP/2.0/UDP h:',
    'SIP/2.0/UDP h x',
    'SIP/2.0/UDP [::1',
    'SIP/2.0/UDP h;branch="x',
    'SIP/2.0/UDP ;branch=x',
  ])
    assert.equal(parseVia(text, 0, text.length), undefined, text);
});

function stamped(text: string, force = false): string {
  const edits = new EditList();
  for (const edit of stampOfVia(via(text), { address: '10.0.0.9', port: 99 }, force))
    edits.replace(edit.start, edit.end, edit.text);
  return edits.render(text, 0, text.length);
}

test('§18.2.1: received when sent-by is another address or a name', () => {
  assert.equal(stamped('SIP/2.0/UDP 10.0.0.9:5060;branch=b'), 'SIP/2.0/UDP 10.0.0.9:5060;branch=b');
  assert.equal(stamped('SIP/2.0/UDP 10.0.0.1;branch=b'), 'SIP/2.0/UDP 10.0.0.1;received=10.0.0.9;branch=b');
  assert.equal(stamped('SIP/2.0/UDP name'), 'SIP/2.0/UDP name;received=10.0.0.9');
  assert.equal(stamped('SIP/2.0/UDP h;a;Received=1.2.3.4;b'), 'SIP/2.0/UDP h;received=10.0.0.9;a;b');
  const v6 = via('SIP/2.0/UDP [2001:DB8::1]');
  assert.deepEqual(stampOfVia(v6, { address: '2001:db8::1', port: 1 }, false), []);
});

test('RFC 3581 §4: rport is filled in where it stands', () => {
  assert.equal(
    stamped('SIP/2.0/UDP 10.0.0.9;rport;branch=b'),
    'SIP/2.0/UDP 10.0.0.9;received=10.0.0.9;rport=99;branch=b',
  );
  assert.equal(stamped('SIP/2.0/UDP h;x;rport=1'), 'SIP/2.0/UDP h;received=10.0.0.9;x;rport=99');
  assert.equal(stamped('SIP/2.0/UDP 10.0.0.9;branch=b', true), 'SIP/2.0/UDP 10.0.0.9;rport=99;branch=b');
  assert.equal(stamped('SIP/2.0/UDP h;rport', true), 'SIP/2.0/UDP h;received=10.0.0.9;rport=99');
});

test('edits: place, rank, order of asking, overlaps', () => {
  const edits = new EditList();
  edits.insert(5, 'late', 1);
  edits.insert(5, 'a');
  edits.insert(5, 'b');
  edits.insert(5, 'early', -1);
  edits.remove(2, 4);
  const whole = edits.remove(3, 7);
  assert.equal(edits.render('0123456789', 0, 10), '01earlyablate789');
  assert.ok(edits.covers(4, 6) && !edits.covers(6, 8));
  assert.ok(edits.reaches(6) && !edits.reaches(7));
  const copy = edits.clone();
  assert.ok(edits.revoke(whole) && !edits.revoke(whole));
  assert.equal(edits.render('0123456789', 0, 10), '014earlyablate56789');
  assert.equal(copy.size, 6);
  assert.equal(edits.render('0123456789', 5, 6), 'earlyablate5');
  assert.equal(edits.render('0123456789', 3, 5), '4earlyablate');
  edits.clear();
  assert.equal(edits.render('0123456789', 1, 3), '12');
  edits.assign(copy);
  assert.equal(edits.size, 6);
});

test('edits are merged with those of one rendering, behind those at the same place', () => {
  const edits = new EditList();
  edits.insert(2, 'own');
  edits.insert(6, 'end');
  const overlay = [
    { start: 2, end: 3, text: 'other', rank: 0 },
    { start: 4, end: 5, text: '', rank: 0 },
  ];
  assert.equal(edits.renderWith('0123456', 0, 6, overlay), '01ownother35');
});

test('§20.17: dates are in GMT', () => {
  const text = 'Sat, 13 Nov 2010 23:29:00 GMT';
  assert.equal(parseSipDate(text), Date.UTC(2010, 10, 13, 23, 29, 0));
  assert.equal(formatSipDate(Date.UTC(2010, 10, 13, 23, 29, 0)), text);
  for (const bad of [
    '',
    'Fri, 01 Jan 2010 16:00:00 EST',
    'Sat, 31 Nov 2010 23:29:00 GMT',
    'Sat, 13 Nov 2010 24:00:00 GMT',
    'Xxx, 13 Nov 2010 23:29:00 GMT',
  ])
    assert.equal(parseSipDate(bad), undefined, bad);
});

test('scanning', () => {
  assert.equal(parseUint('x0012y', 1, 5, 12), 12);
  for (const [text, max] of [
    ['', 9],
    ['13', 12],
    ['1a', 99],
    ['-1', 99],
    ['99999999999999999999', 255],
  ] as const)
    assert.equal(parseUint(text, 0, text.length, max), -1);
  assert.ok(equalsIgnoreCase('aB-1', 'Ab-1') && !equalsIgnoreCase('@', '`') && !equalsIgnoreCase('a', 'ab'));
  assert.ok(isToken("!a.1-_%*+`'~") && !isToken('') && !isToken('a b') && !isToken('\xe4'));
});
