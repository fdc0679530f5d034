import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { VariableRef } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import { contextOf, fakeHost, ModuleUnderTest, rendered, requestText } from '../../module/testing.ts';
import siputils from './index.ts';

const replies: string[] = [];
const rpid: { value: string | null } = { value: null };
const host = fakeHost({
  formats: {
    text: (format) => () => format,
    variable: (text) => variable(text, () => rpid.value),
  },
});
host.apis.set('sl', {
  reply: (_context: ScriptContext, status: number, reason: string, options: { headers: string }) =>
    replies.push(`${status} ${reason}\r\n${options.headers}`) > 0,
});
host.apis.set('auth', { authorizedUser: (context: ScriptContext) => context.message.value(18) });
const module = new ModuleUnderTest(siputils, host);
siputils.start?.(module.loaded.instance);

function variable(
  text: string,
  get: () => string | null,
  set: (value: string) => void = () => {},
): VariableRef {
  return { text, writable: true, get, set: (_context, value) => set(String(value)) };
}

function box(initial = ''): { value: string; ref: VariableRef } {
  const made = { value: initial, ref: undefined as unknown as VariableRef };
  made.ref = variable(
    '$var(x)',
    () => made.value,
    (value) => {
      made.value = value;
    },
  );
  return made;
}

const plain = contextOf(requestText('Supported: timer, path'));

test('texts', () => {
  const cases: [string, unknown[], number][] = [
    ['is_e164', ['+123456'], 1],
    ['is_e164', ['123456'], -1],
    ['is_e164', ['+1'], -1],
    ['is_e164', ['+12'], 1],
    ['is_e164', ['+123456789012345'], 1],
    ['is_e164', ['+1234567890123456'], -1],
    ['is_uri_user_e164', ['sip:+12345@x'], 1],
    ['is_uri_user_e164', ['tel:+12345'], -1],
    ['is_uri', ['sip:a@b'], 1],
    ['is_uri', ['foo'], -1],
    ['is_uri', ['tel:123'], 1],
    ['is_tel_number', ['+123'], 1],
    ['is_tel_number', ['123a'], -2],
    ['is_tel_number', ['+'], -2],
    ['is_numeric', ['123'], 1],
    ['is_numeric', [''], -2],
    ['is_alphanum', ['1a'], 1],
    ['is_alphanum', ['1_'], -3],
    ['is_alphanum', [''], -2],
    ['is_alphanumex', ['1_', '_'], 1],
    ['is_alphanumex', ['1-', '_'], -3],
    ['cmp_uri', ['sip:a@B;x=1', 'sip:a@b'], 1],
    ['cmp_uri', ['sip:a@b', 'sip:c@b'], -1],
    ['cmp_uri', ['sip:a@b', 'foo'], -2],
    ['cmp_aor', ['sip:a@B;x=1', 'sip:a@b:5060'], 1],
    ['cmp_aor', ['sip:a@b:5070', 'sip:a@b'], -1],
    ['cmp_aor', ['sip:A@b', 'sip:a@b'], -1],
    ['cmp_aor', ['sips:a@b', 'sip:a@b'], 1],
    ['cmp_hdr_name', ['f', 'From'], 1],
    ['cmp_hdr_name', ['X-A', 'x-a'], 1],
    ['cmp_hdr_name', ['X-A', 'x-b'], -2],
    ['is_request', [], 1],
    ['is_reply', [], -1],
    ['has_totag', [], -1],
    ['is_gruu', ['sip:a@b;gr=x'], 1],
    ['is_gruu', ['sip:a@b;gr'], 2],
    ['is_gruu', ['sip:a@b'], -1],
    ['is_gruu', [], -1],
    ['is_supported', ['path'], 1],
    ['is_supported', ['100rel'], -1],
    ['is_first_hop', [], 1],
    ['hdr_date_check', [10], -1],
  ];
  for (const [name, args, code] of cases)
    assert.equal(module.call(name, plain, ...args), code, `${name}(${args.join()})`);
});

test('has_totag and is_reply on a response of a dialog', () => {
  const response = contextOf(
    'SIP/2.0 200 OK\nVia: SIP/2.0/UDP a;branch=1\nTo: <sip:a@b>;tag=1\nCall-ID: 1\nCSeq: 1 INVITE\n',
  );
  assert.equal(module.call('has_totag', response), 1);
  assert.equal(module.call('is_reply', response), 1);
});

test('is_first_hop for responses', () => {
  const response = (route: string, address: string): ScriptContext =>
    contextOf(`SIP/2.0 200 OK\nVia: SIP/2.0/UDP a;branch=1\nRecord-Route: ${route}\nCall-ID: 1\n`, {
      flow: { address, port: 5060 },
    });
  assert.equal(module.call('is_first_hop', response('<sip:127.0.0.1;lr>', '10.0.0.1')), 1);
  assert.equal(module.call('is_first_hop', response('<sip:10.0.0.1;lr>,<sip:127.0.0.1;lr>', '10.0.0.1')), -1);
  assert.equal(module.call('is_first_hop', response('<sip:127.0.0.1;lr>', '127.0.0.1')), -1);
  assert.equal(module.call('is_first_hop', response('<sip:127.0.0.1;lr>', '127.0.0.1'), 1), 1);
});

test('Date', () => {
  const dated = (date: string): ScriptContext => contextOf(requestText(`Date: ${date}`));
  assert.equal(module.call('hdr_date_check', dated('Tue, 14 Nov 2023 22:13:15 GMT'), 10), 1);
  assert.equal(module.call('hdr_date_check', dated('Tue, 14 Nov 2023 22:13:05 GMT'), 10), -4);
  assert.equal(module.call('hdr_date_check', dated('yesterday'), 10), -1);
});

test('parameters of the Request-URI', () => {
  const context = contextOf(requestText('', { uri: 'sip:u@h;p1;p2=v2' }));
  const results = [
    module.call('uri_param', context, 'p1'),
    module.call('uri_param', context, 'p2'),
    module.call('uri_param', context, 'p2', 'v2'),
    module.call('uri_param', context, 'p2', 'V2'),
    module.call('uri_param_any', context, 'P1'),
    module.call('uri_param_any', context, 'zz'),
    module.call('add_uri_param', context, 'nat=yes'),
  ];
  assert.deepEqual(results, [1, -1, 1, -1, 1, -1, 1]);
  assert.equal(context.target.requestUri, 'sip:u@h;p1;p2=v2;nat=yes');
  const value = box('o');
  assert.equal(module.call('get_uri_param', context, 'nat', value.ref), 1);
  assert.equal(value.value, 'yes');
  assert.equal(module.call('get_uri_param', context, 'none', value.ref), -1);
  assert.equal(module.call('uri_param_rm', context, 'p1'), 1);
  assert.equal(context.target.requestUri, 'sip:u@h;p2=v2;nat=yes');
  assert.equal(module.call('uri_param_rm', context, 'none'), 1);
  const only = contextOf(requestText('', { uri: 'sip:u@h;a?H=1' }));
  module.call('uri_param_rm', only, 'a');
  assert.equal(only.target.requestUri, 'sip:u@h?H=1');
});

test('URIs in variables', () => {
  const uri = box('sip:a@b;x=1');
  assert.equal(module.call('set_uri_user', plain, uri.ref, 'new'), 1);
  assert.equal(module.call('set_uri_host', plain, uri.ref, 'new'), 1);
  assert.equal(uri.value, 'sip:new@new;x=1');
  assert.equal(module.call('set_uri_user', plain, uri.ref, ''), 1);
  assert.equal(uri.value, 'sip:new;x=1');
  assert.equal(module.call('set_uri_host', plain, uri.ref, ''), -1);
  const result = box();
  assert.equal(
    module.call('tel2sip', plain, 'tel:+12-(34)-56-78;Ext=200;ISUB=+123-456', 'foo.com', result.ref),
    1,
  );
  assert.equal(result.value, 'sip:+12345678;ext=200;isub=+123-456@foo.com;user=phone');
  assert.equal(module.call('tel2sip', plain, 'sip:a@b', 'foo.com', result.ref), 2);
});

const contacts =
  'Contact: <sip:alice:pw@10.0.0.1:5066;transport=tcp;a=1>;q=0.5, "B" <sip:10.0.0.2>, sip:x@10.0.0.3;a';

function contactOf(context: ScriptContext): string | undefined {
  return /Contact: (.*)\r/.exec(rendered(context))?.[1];
}

test('encode_contact and back', () => {
  const context = contextOf(requestText(contacts));
  assert.equal(module.call('encode_contact', context, 'nat', '1.2.3.4'), 1);
  assert.equal(
    contactOf(context),
    '<sip:nat*alice*pw*10.0.0.1*5066*tcp@1.2.3.4>;q=0.5, "B" <sip:nat***10.0.0.2**@1.2.3.4>, ' +
      'sip:nat*x**10.0.0.3**@1.2.3.4;a',
  );
  const back = contextOf(
    requestText('Contact: <sip:nat*alice*pw*10.0.0.1*5066*tcp@1.2.3.4>;q=1', {
      uri: 'sip:nat*x**10.0.0.3**@1.2.3.4',
    }),
  );
  assert.equal(module.call('decode_contact', back), 1);
  assert.equal(back.target.requestUri, 'sip:x@10.0.0.3');
  assert.equal(module.call('decode_contact', back), -26);
  assert.equal(module.call('decode_contact_header', back), 1);
  assert.equal(contactOf(back), '<sip:alice:pw@10.0.0.1:5066;transport=tcp>;q=1');
  assert.equal(module.call('decode_contact_header', contextOf(requestText(contacts))), -26);
  assert.equal(module.call('encode_contact', contextOf(requestText()), 'nat', '1.2.3.4'), -1);
});

test('contact_param_encode and back', () => {
  const context = contextOf(requestText(contacts));
  assert.equal(module.call('contact_param_encode', context, 'ksu', 'sip:1.2.3.4:5060;transport=tcp'), 1);
  assert.equal(
    contactOf(context),
    '<sip:1.2.3.4:5060;transport=tcp;ksu=c2lwOmFsaWNlOnB3QDEwLjAuMC4xOjUwNjY7dHJhbnNwb3J0PXRjcDthPTE>;q=0.5, ' +
      '"B" <sip:1.2.3.4:5060;transport=tcp;ksu=c2lwOjEwLjAuMC4y>, ' +
      '<sip:1.2.3.4:5060;transport=tcp;ksu=c2lwOnhAMTAuMC4wLjM>;a',
  );
  const back = contextOf(
    requestText('Contact: <sip:1.2.3.4;ksu=c2lwOjEwLjAuMC4y>, <sip:plain@x>', {
      uri: 'sip:1.2.3.4;ksu=c2lwOnhAMTAuMC4wLjM',
    }),
  );
  assert.equal(module.call('contact_param_decode', back, 'ksu'), 1);
  assert.equal(contactOf(back), '<sip:10.0.0.2>, <sip:plain@x>');
  assert.equal(module.call('contact_param_decode_ruri', back, 'ksu'), 1);
  assert.equal(back.target.requestUri, 'sip:x@10.0.0.3');
  const removed = contextOf(requestText(contacts));
  assert.equal(module.call('contact_param_rm', removed, 'a'), 1);
  assert.match(contactOf(removed) ?? '', /^<sip:alice:pw@10.0.0.1:5066;transport=tcp>;q=0.5, .*;a$/);
});

test('options_reply answers only OPTIONS to us', () => {
  const options = contextOf(requestText('', { method: 'OPTIONS', uri: 'sip:127.0.0.1' }));
  assert.equal(module.call('options_reply', options), 1);
  assert.deepEqual(replies, [
    '200 OK\r\nAccept: */*\r\nAccept-Encoding: \r\nAccept-Language: en\r\nSupported: \r\n',
  ]);
  assert.equal(module.call('options_reply', plain), -1);
  assert.equal(module.call('options_reply', contextOf(requestText('', { method: 'OPTIONS' }))), -1);
});

test('P-Charging-Vector', () => {
  const part = (context: ScriptContext, name: string) => module.bind(`$pcv(${name})`).get(context);
  const context = contextOf(
    requestText('P-Charging-Vector: icid-value="a.1";icid-generated-at=1.1.1.1;orig-ioi=o'),
  );
  assert.deepEqual(
    ['value', 'genaddr', 'orig', 'term'].map((name) => part(context, name)),
    ['"a.1"', '1.1.1.1', 'o', null],
  );
  module.call('sip_p_charging_vector', context, 'g');
  assert.equal(context.message.edits.size, 0);
  module.call('sip_p_charging_vector', context, 'f');
  assert.match(String(part(context, 'value')), /^[0-9A-F]{32}$/);
  assert.equal(rendered(context).match(/P-Charging-Vector/g)?.length, 1);
  module.call('sip_p_charging_vector', context, 'r');
  assert.equal(part(context, 'all'), null);
  assert.ok(!rendered(context).includes('P-Charging-Vector'));
  assert.equal(module.call('sip_p_charging_vector', context, 'x'), -1);
});

test('Remote-Party-ID and is_user', () => {
  const context = contextOf(requestText('Authorization: bob'));
  assert.equal(module.call('append_rpid_hf', context), -1);
  assert.equal(module.call('is_rpid_user_e164', context), -1);
  rpid.value = 'sip:+123@x';
  assert.equal(module.call('append_rpid_hf', context), 1);
  assert.equal(module.call('append_rpid_hf', context, 'P<', '>S'), 1);
  assert.equal(module.call('is_rpid_user_e164', context), 1);
  assert.deepEqual(rendered(context).match(/Remote-Party-ID.*/g), [
    'Remote-Party-ID: sip:+123@x;party=calling;id-type=subscriber;screen=yes',
    'Remote-Party-ID: P<sip:+123@x>S',
  ]);
  assert.equal(module.call('is_user', context, 'bob'), 1);
  assert.equal(module.call('is_user', context, 'eve'), -1);
  assert.equal(module.call('is_user', plain, 'bob'), -1);
});
