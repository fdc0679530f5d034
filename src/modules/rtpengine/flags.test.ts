import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FlagCache, parseFlags, resolveAuto } from './flags.ts';
import { similarFlag, unknownFlags } from './knownFlags.ts';

test('transport words add up; names of profiles replace', () => {
  const transport = (text: string) => parseFlags(text).transportProtocol;
  assert.equal(transport(''), undefined);
  assert.equal(transport('SRTP AVPF'), 'RTP/SAVPF');
  assert.equal(transport('DTLS AVPF'), 'UDP/TLS/RTP/SAVPF');
  assert.equal(transport('SRTP DTLS'), undefined);
  assert.equal(transport('RTP/SAVPF RTP/AVP'), 'RTP/AVP');
});

test('auto chooses by the kind of message', () => {
  assert.deepEqual(
    (['auto', 'auto-next', 'auto-extra', '2'] as const).map((which) => [
      resolveAuto(which, true),
      resolveAuto(which, false),
    ]),
    [
      ['1', '2'],
      ['next', '1'],
      ['extra', '1'],
      ['2', '2'],
    ],
  );
});

test('flags that come with the stock configuration and with WebRTC are known', () => {
  for (const text of [
    'SIP-source-address replace-origin replace-session-connection',
    'trust-address ICE=force RTP/SAVPF rtcp-mux-offer generate-mid SDES-off DTLS=passive',
    'rtcp-mux-demux ICE=remove RTP/AVP codec-mask=all codec-transcode=PCMU transcode-opus',
    'record-call=on metadata=a:b label=x via-branch=auto T.38=decode direction=a direction=b internal external',
    'to-tag=x from-tag=y call-id=z delete-delay=0 TOS=184 address-family=IP6 media-address=1.2.3.4',
  ])
    assert.deepEqual(unknownFlags(parseFlags(text)), [], text);
  assert.deepEqual(unknownFlags(parseFlags('replace-orign rtcp-mux-accpt xyz key=1')), [
    'xyz',
    'key',
    'replace-orign',
    'rtcp-mux-accpt',
  ]);
  assert.equal(similarFlag('Trust_Address'), 'trust-address');
  assert.equal(similarFlag('nothing-like-it'), undefined);
});

test('any text is flags, and never an exception; the cache is bounded and gives the same', () => {
  const cache = new FlagCache();
  fc.assert(
    fc.property(fc.string(), (text) => {
      assert.deepEqual(cache.get(text), parseFlags(text));
      assert.equal(cache.get(text), cache.get(text));
    }),
  );
  for (let i = 0; i < 2500; i++) cache.get(`label=${i}`);
});
