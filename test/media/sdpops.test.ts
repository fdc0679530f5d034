/** `$sdp(...)`, and edits that add up. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contextOf, ModuleUnderTest, rendered, requestText } from '../../src/module/testing.ts';
import sdpops from '../../src/modules/sdpops/index.ts';

const sdp = `v=0
o=- 1 99999999999999999999 IN IP4 10.0.0.1
s=-
t=0 0
m=audio 4000 RTP/AVP 0 8 97
c=IN IP6 2001:db8::1
b=AS:64
b=RR:800
b=RS:200
a=rtcp:5000
a=rtpmap:97 opus/48000/2
m=video 4002 RTP/AVP 99
`;

function scene(body = sdp) {
  const context = contextOf(requestText('Content-Type: application/sdp', { body }));
  return { context, module: new ModuleUnderTest(sdpops) };
}

test('all parts of $sdp', () => {
  const { context, module } = scene();
  const read = (part: string) => module.read(`$sdp(${part})`, context);
  assert.equal(read('body'), sdp.replaceAll('\n', '\r\n'));
  assert.equal(read('raw'), read('body'));
  assert.equal(read('sess_version'), '99999999999999999999');
  assert.deepEqual(
    [read('c:ip'), read('c:af'), read('o:ip'), read('o:af')],
    ['2001:db8::1', 'IP6', '10.0.0.1', 'IP4'],
  );
  assert.deepEqual([read('m0:rtp:port'), read('m0:rtcp:port')], [4000, 5000]);
  assert.deepEqual([read('m0:b:AS'), read('m0:b:RR'), read('m0:b:RS')], ['64', '800', '200']);
  assert.match(String(read('m0:raw')), /^m=audio 4000[\s\S]*opus\/48000\/2\r\n$/);
  assert.throws(() => read('nonsense'));
});

test('the session version is set, and counted up', () => {
  const { context, module } = scene();
  module.assign('$sdp(sess_version)', context, 5);
  assert.match(rendered(context), /o=- 1 5 IN/);
  module.assign('$sdp(sess_version)', context, -1);
  assert.match(rendered(context), /o=- 1 100000000000000000000 IN/);
  module.assign('$sdp(sess_version)', context, 'x');
  assert.match(rendered(context), /o=- 1 100000000000000000000 IN/);
});

test('RTCP is on the next port, or with rtcp-mux on the same', () => {
  const plain = scene(sdp.replace('a=rtcp:5000\n', ''));
  assert.equal(plain.module.read('$sdp(m0:rtcp:port)', plain.context), 4001);
  const mux = scene(sdp.replace('a=rtcp:5000', 'a=rtcp-mux'));
  assert.equal(mux.module.read('$sdp(m0:rtcp:port)', mux.context), 4000);
});

test('edits add up, also of the same codec twice', () => {
  const { context, module } = scene();
  for (const list of ['0', '8', '8,0'])
    assert.equal(module.call('sdp_remove_codecs_by_id', context, list), 1);
  assert.equal(module.call('sdp_remove_media', context, 'video'), 1);
  const text = rendered(context);
  assert.match(text, /m=audio 4000 RTP\/AVP 97\r\n/);
  assert.doesNotMatch(text, /m=video/);
  assert.equal(module.call('sdp_print', context, 3), 1);
  assert.match(module.host.log.lines.join('\n'), /audio port 4000 RTP\/AVP formats 0 8 97/);
});
