import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type Bencode,
  decode,
  decodeDictionary,
  dictionaryOf,
  encode,
  listOf,
  numberOf,
  textOf,
} from './bencode.ts';

const anyValue = fc.letrec<{ value: Bencode }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)) }),
    fc.maxSafeInteger(),
    fc.array(tie('value'), { maxLength: 4 }),
    fc
      .array(fc.tuple(fc.string({ maxLength: 5 }), tie('value')), { maxLength: 4 })
      .map((entries) => new Map(entries)),
  ),
})).value;

test('what is encoded is decoded again', () => {
  fc.assert(
    fc.property(anyValue, (value) => {
      assert.deepEqual(decode(encode(value)), value);
    }),
  );
});

test('the ng protocol as it is on the wire', () => {
  assert.equal(encode(new Map([['command', 'ping']])), 'd7:command4:pinge');
  const reply = decodeDictionary('cookie d6:result2:ok4:listl1:ai-3ee4:dictd1:ai1eee', 7);
  assert.equal(textOf(reply, 'result'), 'ok');
  assert.deepEqual(listOf(reply, 'list'), ['a', -3]);
  assert.equal(numberOf(dictionaryOf(reply, 'dict'), 'a'), 1);
  assert.equal(textOf(reply, 'list'), undefined);
  assert.equal(numberOf(reply, 'result'), undefined);
});

test('malformed input is no value, and never an exception', () => {
  for (const text of [
    '',
    'i',
    'ie',
    'i1',
    'i1.5e',
    '3:ab',
    '-1:a',
    'd',
    'd1:a',
    'di1ei2ee',
    'l',
    'x',
    '1:ab',
    'i1ei2e',
  ])
    assert.equal(decode(text), undefined, text);
  assert.equal(decode('l'.repeat(40) + 'e'.repeat(40)), undefined, 'too deep');
  assert.equal(decode(`l${'0:'.repeat(30_000)}e`), undefined, 'too many');
  assert.equal(decodeDictionary('le'), undefined);
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('d', 'l', 'i', 'e', ':', '1', '2', 'a') }), (text) => {
      const value = decode(text);
      if (value !== undefined) assert.ok(encode(value).length <= text.length);
    }),
  );
});
