import assert from 'node:assert/strict';
import { test } from 'node:test';
import { breakDown, strftime } from '../../base/strftime.ts';
import type { Value } from '../../lang/catalogue.ts';
import { contextOf, fakeHost, ModuleUnderTest, requestText } from '../../module/testing.ts';
import { setIncoming, setOutgoing } from '../../module/wire.ts';
import pv from './index.ts';

function setup(options: Parameters<typeof fakeHost>[0] = {}) {
  const host = fakeHost(options);
  const under = new ModuleUnderTest(pv, host);
  const context = contextOf(requestText());
  const check = (facts: Readonly<Record<string, Value>>) => {
    for (const [text, value] of Object.entries(facts)) assert.equal(under.read(text, context), value, text);
  };
  return { host, under, context, check };
}

test('strftime prints as the C library does', () => {
  const time = breakDown(1_700_000_000, true); // Tue 14 Nov 2023 22:13:20
  const facts: Readonly<Record<string, string>> = {
    '%Y-%m-%d %H:%M:%S': '2023-11-14 22:13:20',
    '%c': 'Tue Nov 14 22:13:20 2023',
    '%a %A %b %B %h': 'Tue Tuesday Nov November Nov',
    '%C %y %D %F %R %T': '20 23 11/14/23 2023-11-14 22:13 22:13:20',
    '%e|%d|%j|%u|%w': '14|14|318|2|2',
    '%I %l %k %p %P %r': '10 10 22 PM pm 10:13:20 PM',
    '%U %V %W %G %g': '46 46 46 2023 23',
    '%s %z %Z %%': '1700000000 +0000 GMT %',
    '%x %X%n%t|': '11/14/23 22:13:20\n\t|',
    '%Q %': '%Q %',
  };
  for (const [format, printed] of Object.entries(facts))
    assert.equal(strftime(format, time), printed, format);
  const newYear = breakDown(Date.UTC(2027, 0, 1) / 1000, true); // a Friday
  assert.equal(strftime('%j %U %W %V %G', newYear), '001 00 00 53 2026');
});

test('times of the message and of now', () => {
  const { host, check } = setup();
  const wallMs = host.clock.wallMs();
  const nowSec = Math.floor(wallMs / 1000);
  const now = breakDown(nowSec, true);
  check({
    $Tb: 1_700_000_000,
    $Ts: 1_700_000_000,
    $TS: nowSec,
    $Tf: strftime('%c', breakDown(1_700_000_000, false)),
    $TF: strftime('%c', breakDown(nowSec, false)),
    '$TV(s)': 1_700_000_000,
    '$TV(u)': 0,
    '$TV(Sm)': '1700000000.000000',
    '$TV(sn)': nowSec,
    '$TV(un)': Math.floor((wallMs % 1000) * 1000),
    '$utime(year)': now.year,
    '$utime(wday)': now.weekday + 1,
    '$utime(yday)': now.yearday,
    '$utime(isdst)': 0,
    '$time(min)': breakDown(nowSec, false).minute,
    '$utimef(%Y-%m-%d)': strftime('%Y-%m-%d', now),
    '$timef(%H)': strftime('%H', breakDown(nowSec, false)),
  });
});

test('variables of the server, and parts of the message', () => {
  const { host, under, context, check } = setup({ machine: { pid: 4711 } as never });
  host.globals.set('server_id', 9);
  check({
    $pp: 4711,
    $sid: 9,
    $siz: '127.0.0.2',
    $src_ip: '127.0.0.2',
    $ruid: null,
    $tUl: 3,
    $tts: 0,
    $ctu: null,
    $RAut: 'sip:127.0.0.1:5060;transport=udp',
    '$msg(fline)': 'INVITE sip:bob@example.com SIP/2.0',
    '$msg(body)': '',
    '$msg(len)': context.message.text.length,
    '$rcv(buf)': null,
    '$snd(ip)': null,
  });
  assert.notEqual(under.read('$sruid', context), under.read('$sruid', context));
  context.target.ruid = 'u-1';
  assert.equal(under.read('$ruid', context), 'u-1');
  host.statistics.register('sl', 'sent_replies', () => 3);
  check({ '$stat(sent_replies)': 3, '$stat(sl:sent_replies)': 3, '$stat(nope)': null });
});

test('bytes on the wire', () => {
  const { context, check } = setup();
  const { flow } = context;
  setIncoming(context, { text: 'abc', flow });
  setOutgoing(context, {
    text: 'defg',
    socket: flow.socket,
    destination: { proto: 'tcp', address: '::1', port: 99, socket: undefined, connectionId: 0, host: '' },
  });
  check({
    '$rcv(buf)': 'abc',
    '$rcv(len)': 3,
    '$rcv(srcip)': '127.0.0.2',
    '$rcv(srcport)': 5070,
    '$rcv(rcvip)': '127.0.0.1',
    '$rcv(rcvport)': 5060,
    '$rcv(proto)': 1,
    '$rcv(sproto)': 'udp',
    '$rcv(af)': 2,
    '$snd(ip)': '127.0.0.1',
    '$sndfrom(port)': 5060,
    '$snd(buf)': 'defg',
    '$sndto(ip)': '::1',
    '$sndto(af)': 10,
    '$sndto(port)': 99,
    '$sndto(proto)': 2,
    '$sndto(sproto)': 'tcp',
    '$sndto(len)': 4,
  });
});

test('pv_xavu_print and pv_xavi_print log what is there', () => {
  const { host, under, context } = setup();
  under.assign('$xavu(u)', context, 5);
  under.assign('$xavi(N=>M)', context, 'v');
  assert.equal(under.call('pv_xavu_print', context), 1);
  assert.equal(under.call('pv_xavi_print', context), 1);
  assert.deepEqual(host.log.lines, ['xavu: u = 5', 'xavi: n =>', 'xavi:   m = v']);
});
