import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Value } from '../../../lang/catalogue.ts';
import type { Transformation } from '../../../module/define.ts';
import { contextOf, ModuleUnderTest, requestText } from '../../../module/testing.ts';
import pv from '../index.ts';

const values: Readonly<Record<string, Value>> = {
  x: 'abcdefgh',
  n: -12345,
  p: 'a=1;b=22;c="q r";d',
  u: 'sip:alice:pw@server.com:5070;nat=yes;transport=tcp;line=xyz;lr;r2=on;maddr=1.2.3.4;ttl=5;method=INVITE;user=phone?h=1&k=2',
  q: '12,34,56',
  t: '  a b\tc \r\n ',
  na: '"Al B" <sip:al@ho.com:99;x=y>;tag=tt;z=1',
  l: 'l1\r\nline2\n\nl4',
  e: '',
  sp: 'a\'b"c\\d%e<f>g@h',
  su: 'sip:al@ho.com',
  none: null,
  s5: '5',
  b: '(bra)',
  sock: 'udp:127.0.0.1:5060',
  j: 'a"b\\c/d\te\r\n',
};

/** `[variable, transformations, what Kamailio 5.6.3 printed]`. */
const observed: readonly (readonly [string, string, string])[] = [
  ['x', '{s.len}', '8'],
  ['e', '{s.len}', '0'],
  ['n', '{s.len}', '6'],
  ['x', '{s.int}', ''],
  ['n', '{s.int}', '-12345'],
  ['s5', '{s.int}', '5'],
  ['none', '{s.int}', ''],
  ['x', '{s.md5}', 'e8dc4081b13434b45189a720b77b6818'],
  ['e', '{s.md5}', 'd41d8cd98f00b204e9800998ecf8427e'],
  ['none', '{s.md5}', ''],
  ['x', '{s.sha256}', '9c56cc51b374c3ba189210d5b6d4bf57790d351c96c47c02190ecf1e430635ab'],
  [
    'x',
    '{s.sha384}',
    '9000cd7cada59d1d2eb82912f7f24e5e69cc5517f68283b005fa27c285b61e05edf1ad1a8a9bded6fd29eb87d75ad806',
  ],
  [
    'x',
    '{s.sha512}',
    'a3a8c81bc97c2560010d7389bc88aac974a104e0e2381220c6e084c4dccd1d2d17d4f86db31c2a851dc80e6681d74733c55dcd03dd96f6062cdda12a291ae6ce',
  ],
  ['x', '{s.substr,1,0}', 'bcdefgh'],
  ['x', '{s.substr,-3,2}', 'fg'],
  ['x', '{s.substr,2,3}', 'cde'],
  ['x', '{s.substr,2,30}', 'cdefgh'],
  ['x', '{s.substr,8,0}', ''],
  ['x', '{s.substr,20,1}', ''],
  ['x', '{s.substr,-20,2}', ''],
  ['n', '{s.substr,0,3}', '-12'],
  ['q', '{s.select,1,,}', '34'],
  ['q', '{s.select,-2,,}', '34'],
  ['q', '{s.select,-1,,}', '56'],
  ['q', '{s.select,5,,}', ''],
  ['q', '{s.select,0,;}', '12,34,56'],
  ['q', '{s.select,-5,,}', ''],
  ['e', '{s.select,0,,}', ''],
  ['t', '{s.select,1, }', ''],
  ['x', '{s.encode.hexa}', '6162636465666768'],
  ['x', '{s.encode.hexa}{s.decode.hexa}', 'abcdefgh'],
  ['x', '{s.encode.base64}', 'YWJjZGVmZ2g='],
  ['su', '{s.encode.base64}', 'c2lwOmFsQGhvLmNvbQ=='],
  ['su', '{s.encode.base64t}', 'c2lwOmFsQGhvLmNvbQ'],
  ['su', '{s.encode.base64url}', 'c2lwOmFsQGhvLmNvbQ=='],
  ['su', '{s.encode.base64urlt}', 'c2lwOmFsQGhvLmNvbQ'],
  ['su', '{s.encode.base58}', 'AcYn2hiCb7tpX32rFN'],
  ['su', '{s.encode.base64}{s.decode.base64}', 'sip:al@ho.com'],
  ['su', '{s.encode.base64t}{s.decode.base64t}', 'sip:al@ho.com'],
  ['su', '{s.encode.base64url}{s.decode.base64url}', 'sip:al@ho.com'],
  ['su', '{s.encode.base64urlt}{s.decode.base64urlt}', 'sip:al@ho.com'],
  ['x', '{s.encode.7bit}{s.decode.7bit}', 'abcdefgh'],
  ['sp', '{s.escape.common}', 'a\\\'b\\"c\\\\d%e<f>g@h'],
  ['sp', '{s.escape.common}{s.unescape.common}', 'a\'b"c\\d%e<f>g@h'],
  ['sp', '{s.escape.user}', "a'b%22c%5cd%25e%3cf%3eg%40h"],
  ['sp', '{s.escape.user}{s.unescape.user}', 'a\'b"c\\d%e<f>g@h'],
  ['sp', '{s.escape.param}', "a'b%22c%5cd%25e%3cf%3eg%40h"],
  ['sp', '{s.escape.param}{s.unescape.param}', 'a\'b"c\\d%e<f>g@h'],
  ['sp', '{s.escape.csv}', '"a\'b""c\\d%e<f>g@h"'],
  ['n', '{s.numeric}', '12345'],
  ['u', '{s.numeric}', '507021234512'],
  ['sp', '{s.toupper}', 'A\'B"C\\D%E<F>G@H'],
  ['sp', '{s.tolower}', 'a\'b"c\\d%e<f>g@h'],
  ['x', '{s.strip,2}', 'cdefgh'],
  ['x', '{s.strip,20}', ''],
  ['x', '{s.striptail,2}', 'abcdef'],
  ['x', '{s.striptail,20}', ''],
  ['x', '{s.strip,0}', 'abcdefgh'],
  ['x', '{s.strip,-1}', 'abcdefgh'],
  ['q', '{s.prefixes}', '1,12,12,,12,3,12,34,12,34,,12,34,5,12,34,56'],
  ['q', '{s.prefixes,4}', '1,12,12,,12,3'],
  ['x', '{s.prefixes.quoted,3}', "'a','ab','abc'"],
  ['x', '{s.prefixes,0}', 'a,ab,abc,abcd,abcde,abcdef,abcdefg,abcdefgh'],
  ['x', '{s.replace,c,ZZ}', 'abZZdefgh'],
  ['x', '{s.replace,cd,}', 'abefgh'],
  ['x', '{s.rm,cd}', 'abefgh'],
  ['x', '{s.rm,zz}', 'abcdefgh'],
  ['t', '{s.trim}', 'a b\tc'],
  ['t', '{s.rtrim}', '  a b\tc'],
  ['t', '{s.ltrim}', 'a b\tc \r\n '],
  ['t', '{s.rmws}', 'abc'],
  ['x', '{s.corehash}', '3610933276'],
  ['x', '{s.corehash,8}', '4'],
  ['x', '{s.corehash,10}', '8'],
  ['e', '{s.corehash}', '0'],
  ['q', '{s.corehash,16}', '11'],
  ['na', '{s.unquote}', '"Al B" <sip:al@ho.com:99;x=y>;tag=tt;z=1'],
  ['sp', '{s.unquote}', 'a\'b"c\\d%e<f>g@h'],
  ['b', '{s.unbracket}', 'bra'],
  ['x', '{s.unbracket}', 'abcdefgh'],
  ['x', '{s.count,c}', '1'],
  ['q', '{s.count,,}', '2'],
  ['x', '{s.count,z}', '0'],
  ['x', '{s.after,c}', 'defgh'],
  ['x', '{s.after,z}', ''],
  ['x', '{s.before,c}', 'ab'],
  ['x', '{s.before,z}', 'abcdefgh'],
  ['sp', '{s.urlencode.param}', 'a%27b%22c%5cd%25e%3cf%3eg%40h'],
  ['sp', '{s.urlencode.param}{s.urldecode.param}', 'a\'b"c\\d%e<f>g@h'],
  ['t', '{s.urlencode.param}', '%20%20a%20b%09c%20%0d%0a%20'],
  ['su', '{s.urlencode.param}', 'sip%3aal%40ho.com'],
  ['u', '{uri.user}', 'alice'],
  ['u', '{uri.host}', 'server.com'],
  ['u', '{uri.domain}', 'server.com'],
  ['u', '{uri.passwd}', 'pw'],
  ['u', '{uri.port}', '5070'],
  [
    'u',
    '{uri.params}',
    'nat=yes;transport=tcp;line=xyz;lr;r2=on;maddr=1.2.3.4;ttl=5;method=INVITE;user=phone',
  ],
  ['u', '{uri.param,nat}', 'yes'],
  ['u', '{uri.param,lr}', ''],
  ['u', '{uri.param,nope}', ''],
  ['u', '{uri.headers}', 'h=1&k=2'],
  ['u', '{uri.transport}', 'tcp'],
  ['u', '{uri.ttl}', '5'],
  ['u', '{uri.uparam}', 'phone'],
  ['u', '{uri.maddr}', '1.2.3.4'],
  ['u', '{uri.method}', 'INVITE'],
  ['u', '{uri.lr}', ''],
  ['u', '{uri.r2}', 'on'],
  ['u', '{uri.scheme}', 'sip'],
  ['u', '{uri.tosocket}', 'tcp:server.com:5070'],
  ['su', '{uri.user}', 'al'],
  ['su', '{uri.port}', ''],
  ['su', '{uri.params}', ''],
  ['su', '{uri.tosocket}', ''],
  ['su', '{uri.transport}', ''],
  ['su', '{uri.lr}', ''],
  ['su', '{uri.scheme}', 'sip'],
  ['su', '{uri.passwd}', ''],
  ['x', '{uri.user}', ''],
  ['e', '{uri.user}', ''],
  ['none', '{uri.user}', ''],
  ['p', '{param.value,b}', '22'],
  ['p', '{param.value,c}', 'q r'],
  ['p', '{param.value,d}', ''],
  ['p', '{param.value,nope}', ''],
  ['p', '{param.valueat,1}', '22'],
  ['p', '{param.valueat,9}', ''],
  ['p', '{param.name,1}', 'b'],
  ['p', '{param.name,9}', ''],
  ['p', '{param.count}', '4'],
  ['p', '{param.in,b}', '1'],
  ['p', '{param.in,zz}', '0'],
  ['p', '{param.valueat,-1}', ''],
  ['p', '{param.name,-1}', 'd'],
  ['na', '{nameaddr.name}', '"Al B" '],
  ['na', '{nameaddr.uri}', 'sip:al@ho.com:99;x=y'],
  ['na', '{nameaddr.len}', '29'],
  ['su', '{nameaddr.name}', ''],
  ['su', '{nameaddr.uri}', 'sip:al@ho.com'],
  ['su', '{nameaddr.len}', '13'],
  ['na', '{tobody.uri}', 'sip:al@ho.com:99;x=y'],
  ['na', '{tobody.display}', '"Al B"'],
  ['na', '{tobody.tag}', 'tt'],
  ['na', '{tobody.user}', 'al'],
  ['na', '{tobody.host}', 'ho.com'],
  ['na', '{tobody.params}', 'tag=tt;z=1'],
  ['su', '{tobody.uri}', 'sip:al@ho.com'],
  ['su', '{tobody.tag}', ''],
  ['su', '{tobody.display}', ''],
  ['l', '{line.count}', '4'],
  ['l', '{line.at,0}', 'l1'],
  ['l', '{line.at,1}', 'line2'],
  ['l', '{line.at,2}', ''],
  ['l', '{line.at,-1}', 'l4'],
  ['l', '{line.at,9}', ''],
  ['l', '{line.sw,line}', 'line2'],
  ['l', '{line.sw,nope}', ''],
  ['e', '{line.count}', ''],
  ['sock', '{sock.host}', '127.0.0.1'],
  ['sock', '{sock.port}', '5060'],
  ['sock', '{sock.proto}', 'udp'],
  ['sock', '{sock.touri}', 'sip:127.0.0.1:5060;transport=udp'],
  ['su', '{urialias.encode}', 'ho.com~5060~1'],
  ['none', '{s.substr,0,1}', ''],
  ['none', '{s.trim}', ''],
  ['none', '{s.toupper}', ''],
];

/** As the 6.1 documentation says; 5.6.3 lacks these or fails at them. */
const documented: readonly (readonly [string, string, Value])[] = [
  ['x', '{s.sha1}', '425af12a0743502b322e93a015bcf868e324d56a'],
  ['u', '{uri.duri}', 'sip:server.com:5070;transport=tcp'],
  ['u', '{uri.saor}', 'sip:alice@server.com'],
  ['u', '{uri.suri}', 'sip:alice@server.com:5070;transport=tcp'],
  ['su', '{uri.duri}', 'sip:ho.com'],
  ['u', '{uri.rmparam,nat}{s.substr,0,47}', 'sip:alice:pw@server.com:5070;transport=tcp;line'],
  ['x', '{s.rafter,c}', 'defgh'],
  ['q', '{s.rafter,,}', '56'],
  ['q', '{s.rbefore,,}', '12,34'],
  ['x', '{s.rafter,z}', ''],
  ['x', '{s.rbefore,z}', 'abcdefgh'],
  ['x', '{s.fmtlines,4,2}', 'abcd\r\n  efgh'],
  ['x', '{s.fmtlinet,3,1}', 'abc\r\n\tdef\r\n\tgh'],
  ['l', '{s.rmhlws}', 'l1\r\nline2\n\nl4'],
  ['j', '{val.json}', 'a\\"b\\\\c/d\\te\\r\\n'],
  ['j', '{val.jsonqe}', '"a\\"b\\\\c/d\\te\\r\\n"'],
  ['n', '{val.jsonqe}', -12345],
  ['none', '{val.jsonqe}', '""'],
  ['none', '{val.n0}', 0],
  ['none', '{val.ne}', ''],
  ['n', '{num.fdigit}', 1],
  ['n', '{num.ldigit}', 5],
  ['x', '{num.ldigit}', 0],
  ['x', '{s.encode.7bit}', '61F1985C369FD1'],
];

const under = new ModuleUnderTest(pv);
const context = contextOf(requestText());

function transformation(written: string): Transformation {
  const [name = '', ...rest] = written.split(',');
  const declaration = pv.transformations?.[name];
  assert.ok(declaration, `no {${name}}`);
  const args = declaration.maxArgs < rest.length ? joinRest(rest, declaration.maxArgs) : rest;
  const bound = declaration.bind(
    under.loaded.instance,
    args.map((text) => ({ text, of: () => text })),
  );
  assert.equal(typeof bound, 'function', written);
  return bound as Transformation;
}

/** The last argument keeps its commas. */
function joinRest(parts: readonly string[], count: number): string[] {
  return [...parts.slice(0, count - 1), parts.slice(count - 1).join(',')];
}

function apply(name: string, chain: string): Value {
  let value = values[name] ?? null;
  for (const step of chain.slice(1, -1).split('}{')) value = transformation(step)(value, context);
  return value;
}

test('transformations print what Kamailio prints', () => {
  for (const [name, chain, printed] of observed)
    assert.equal(String(apply(name, chain)), printed, `${name}${chain}`);
});

test('transformations that only the documentation tells about', () => {
  for (const [name, chain, value] of documented) assert.equal(apply(name, chain), value, `${name}${chain}`);
});

test('a constant argument that is no number is refused at load', () => {
  const declaration = pv.transformations?.['s.substr'];
  const bound = declaration?.bind(
    under.loaded.instance,
    ['a', '1'].map((text) => ({ text, of: () => text })),
  );
  assert.ok(bound !== undefined && 'message' in bound);
});

test('URI aliases go there and back', () => {
  const step = (name: string) =>
    pv.transformations?.[name]?.bind(under.loaded.instance, []) as Transformation;
  const encode = step('urialias.encode');
  const decode = step('urialias.decode');
  assert.equal(encode('sip:127.0.0.1:5060;transport=tcp', context), '127.0.0.1~5060~2');
  assert.equal(decode('127.0.0.1~5060~2', context), 'sip:127.0.0.1:5060;transport=tcp');
  assert.equal(decode('127.0.0.1~5060~1', context), 'sip:127.0.0.1:5060');
});
