/** Properties over generated input; seeded, so that a failure comes again. Long runs: test/fuzz/sip.ts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { framesOf, sameFramesForAnyChunking } from '../../test/fuzz/exerciseFramer.ts';
import { exerciseSip } from '../../test/fuzz/exerciseSip.ts';
import { mutate, tortureCorpus } from '../../test/fuzz/mutate.ts';
import { Random } from '../../test/fuzz/random.ts';
import { quote, unquote } from './authValue.ts';
import { comparableText, escapeParam, escapeUser, unescapeText } from './escape.ts';
import { canonicalIpv6, parseIpv6 } from './host.ts';
import { isWireError, parseMessage } from './message.ts';
import { renderRequest } from './render.ts';
import { SipUri } from './uri.ts';
import { sipUriEquals } from './uriCompare.ts';

const seeded = { seed: 20261120, numRuns: 300 };
const corpus = tortureCorpus(new URL('../../../', import.meta.url));

test('any bytes: nothing throws', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
      const text = Buffer.from(bytes).toString('latin1');
      exerciseSip(text);
      exerciseSip(`INVITE sip:a SIP/2.0\r\n${text}\r\n\r\n`);
      framesOf(text);
    }),
    seeded,
  );
});

test('mutated torture messages: nothing throws, what we send can be parsed', () => {
  for (let seed = 1; seed <= 3000; seed++) {
    const text = mutate(corpus, new Random(seed));
    try {
      exerciseSip(text);
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error });
    }
  }
});

test('the framer gives the same for any chunking', () => {
  for (let seed = 1; seed <= 500; seed++) {
    const random = new Random(seed);
    const parts = Array.from({ length: 3 }, () =>
      random.below(3) === 0 ? '\r\n\r\n' : mutate(corpus, random),
    );
    const whole = Array.from({ length: 2 }, () => streamable(random.pick(corpus)));
    sameFramesForAnyChunking([...whole, ...parts].join(''), random);
  }
});

/** The message with the Content-Length that its body has. */
function streamable(text: string): string {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const body = rest.join('\r\n\r\n');
  const lines = head.split('\r\n').filter((line) => line !== '' && !/^(content-length|l)\s*:/i.test(line));
  return `${lines.join('\r\n')}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

test('every torture message with a right Content-Length comes out of a stream as it went in', () => {
  const messages = corpus.map(streamable).filter((text) => /^\S+ [^\r]* SIP\/|^SIP\//.test(text));
  assert.ok(messages.length > 40);
  const frames = framesOf(
    messages.join('\r\n'),
    Array.from({ length: 100_000 }, () => 1),
  );
  assert.deepEqual(
    frames.map((frame) => (frame.kind === 'message' ? frame.text : frame.kind)),
    messages,
  );
});

const token = fc.stringMatching(/^[A-Za-z0-9!%*_+.~-]{1,12}$/);
const headerText = fc.stringMatching(/^[ -~\x80-\xff]{0,40}$/);
const folded = fc.tuple(headerText, headerText).map(([a, b]) => `${a}x\r\n\ty${b}`);

const message = fc
  .record({
    uri: fc.stringMatching(/^sip:[a-z0-9@.;=]{1,20}$/),
    headers: fc.array(fc.tuple(token, fc.oneof(headerText, folded)), { minLength: 1, maxLength: 20 }),
    space: fc.constantFrom(':', ': ', ' : ', '\t:\t'),
    body: fc.stringMatching(/^[\x00-\xff]{0,60}$/),
  })
  .map(({ uri, headers, space, body }) => {
    const lines = headers
      .filter(([name]) => !/^(content-length|l)$/i.test(name))
      .map(([name, value]) => `${name}${space}${value}\r\n`);
    return `INVITE ${uri} SIP/2.0\r\n${lines.join('')}Content-Length: ${body.length}\r\n\r\n${body}`;
  });

test('render(parse(x)) is x', () => {
  fc.assert(
    fc.property(message, (text) => {
      const parsed = parseMessage(text);
      assert.ok(!isWireError(parsed));
      assert.equal(renderRequest(parsed, {}), text);
    }),
    seeded,
  );
});

test('an edit changes its place and nothing else', () => {
  fc.assert(
    fc.property(message, fc.nat(), headerText, (text, position, added) => {
      const parsed = parseMessage(text);
      assert.ok(!isWireError(parsed));
      const i = position % parsed.headerCount;
      const line = parsed.text.slice(parsed.headerStart(i), parsed.headerEnd(i));
      parsed.edits.insert(parsed.headerEnd(i), `X-Added: ${added}\r\n`);
      const out = renderRequest(parsed, {});
      assert.equal(
        out.replace(`${line}X-Added: ${added}\r\n`, () => line),
        text,
      );
    }),
    seeded,
  );
});

const userText = fc.stringMatching(/^[A-Za-z0-9_.!~*'()&=+$,;?/-]{1,10}$/);
const hostText = fc.oneof(
  fc.stringMatching(/^[a-z0-9]{1,8}(\.[a-z]{1,5}){0,2}$/),
  fc.ipV4(),
  fc.ipV6().map((address) => `[${address}]`),
);
const uriText = fc
  .record({
    scheme: fc.constantFrom('sip', 'sips'),
    user: fc.option(userText, { nil: '' }),
    password: fc.option(fc.stringMatching(/^[A-Za-z0-9&=+$,-]{0,6}$/), { nil: undefined }),
    host: hostText,
    port: fc.option(fc.integer({ min: 1, max: 65535 }), { nil: 0 }),
    params: fc.array(fc.tuple(fc.stringMatching(/^[a-z]{1,6}$/), fc.option(token, { nil: undefined })), {
      maxLength: 4,
    }),
    headers: fc.option(fc.stringMatching(/^[a-z]{1,4}=[a-z%20]{0,5}$/), { nil: '' }),
  })
  .map(({ scheme, user, password, host, port, params, headers }) => {
    const userinfo = user === '' ? '' : `${user}${password === undefined ? '' : `:${password}`}@`;
    const tail = params
      .map(([name, value]) => (value === undefined ? `;${name}` : `;${name}=${value}`))
      .join('');
    return `${scheme}:${userinfo}${host}${port === 0 ? '' : `:${port}`}${tail}${headers === '' ? '' : `?${headers}`}`;
  });

test('URIs: parse and write back', () => {
  fc.assert(
    fc.property(uriText, (text) => {
      const uri = SipUri.parse(text);
      assert.ok(uri !== undefined, text);
      assert.equal(uri.toString(), text);
      assert.ok(sipUriEquals(uri, uri));
    }),
    seeded,
  );
});

test('URI comparison is symmetric and blind to letter case outside the user part', () => {
  fc.assert(
    fc.property(uriText, uriText, (a, b) => {
      const [x, y] = [SipUri.parse(a), SipUri.parse(b)];
      assert.ok(x !== undefined && y !== undefined);
      assert.equal(sipUriEquals(x, y), sipUriEquals(y, x));
      const upper = SipUri.parse(a);
      assert.ok(upper !== undefined);
      upper.host = upper.host.toUpperCase();
      assert.ok(sipUriEquals(x, upper));
    }),
    seeded,
  );
});

test('escapes and quotes are undone', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[ -~]{0,30}$/), (text) => {
      assert.equal(unescapeText(escapeUser(text) as string), text);
      assert.equal(unescapeText(escapeParam(text) as string), text);
      assert.equal(unquote(quote(text)), text);
      assert.equal(comparableText(comparableText(text)), comparableText(text));
    }),
    seeded,
  );
});

test('IPv6: the canonical form is the same address', () => {
  fc.assert(
    fc.property(fc.ipV6(), (text) => {
      const canonical = canonicalIpv6(text);
      assert.ok(canonical !== undefined, text);
      assert.deepEqual(parseIpv6(canonical), parseIpv6(text));
      assert.equal(canonicalIpv6(canonical), canonical);
    }),
    seeded,
  );
});

/** Inputs that grow in one way; work on them must grow no faster. */
const growing: Readonly<Record<string, (times: number) => string>> = {
  'Via parameters': (n) => request(`Via: SIP/2.0/UDP h${';a=b'.repeat(n)}`),
  'Via values': (n) => request(`Via: ${'SIP/2.0/UDP h,'.repeat(n)}`),
  'empty values': (n) => request(`Contact: ${','.repeat(4 * n)}`),
  quotes: (n) => request(`From: ${'""'.repeat(2 * n)}`),
  'escaped quotes': (n) => request(`From: "${'\\"'.repeat(2 * n)}`),
  'open brackets': (n) => request(`Contact: ${'<'.repeat(4 * n)}`),
  'open quotes in a list': (n) => request(`Route: ${'<sip:a>,"'.repeat(n)}`),
  folds: (n) => request(`Subject: ${'\r\n '.repeat(n)}x`),
  'URI escapes': (n) => request(`To: <sip:${'%61'.repeat(n)}@b?${'&a'.repeat(n)}>`),
  'digest parameters': (n) => request(`Authorization: Digest ${'a="b",'.repeat(n)}`),
  'white space': (n) => request(`Content-Disposition: ;${' '.repeat(4 * n)}handling=x`),
  'SDP lines': (n) => request(`Content-Type: application/sdp\r\n\r\nv=0\r\n${'m=a 1 b c\r\n'.repeat(n)}`),
  'part delimiters': (n) => request(`Content-Type: multipart/x;boundary=b\r\n\r\n${'--b\r\n'.repeat(n)}`),
  dashes: (n) => request(`Content-Type: multipart/x;boundary=${'-'.repeat(60)}\r\n\r\n${'-'.repeat(4 * n)}`),
};

function request(rest: string): string {
  return `INVITE sip:a@b SIP/2.0\r\n${rest}\r\n\r\n`;
}

/** How many characters are looked at one by one, plus a sixteenth of those that native searches pass over. */
function charactersRead(run: () => void): number {
  const { charCodeAt, indexOf } = String.prototype;
  let count = 0;
  const counted = {
    charCodeAt(this: string, at: number): number {
      count++;
      return charCodeAt.call(this, at);
    },
    indexOf(this: string, text: string, from = 0): number {
      const found = indexOf.call(this, text, from);
      count += 1 + ((found < 0 ? this.length : found) - from) / 16;
      return found;
    },
  };
  Object.assign(String.prototype, counted);
  try {
    run();
  } finally {
    Object.assign(String.prototype, { charCodeAt, indexOf });
  }
  return count;
}

for (const [name, make] of Object.entries(growing)) {
  test(`work grows no faster than the input: ${name}`, () => {
    const small = make(400);
    const large = make(400 * 8);
    assert.ok(large.length < 65_000);
    const work = charactersRead(() => exerciseSip(small));
    const ratio = charactersRead(() => exerciseSip(large)) / work;
    assert.ok(work > small.length / 20, 'the counter counts');
    assert.ok(ratio < 10, `8 times the input took ${ratio.toFixed(1)} times the work`);
  });
}

test('a stream of single bytes: each byte is looked at a bounded number of times', () => {
  const searched = (bytes: number): number => {
    const text = `INVITE sip:a SIP/2.0\r\n${'X: y\r\n'.repeat(bytes / 6)}`;
    const { indexOf } = Buffer.prototype;
    let count = 0;
    Object.assign(Buffer.prototype, {
      indexOf(this: Buffer, value: number, from = 0): number {
        const found = indexOf.call(this, value, from);
        count += 1 + (found < 0 ? this.length : found) - from;
        return found;
      },
    });
    try {
      framesOf(
        text,
        Array.from({ length: text.length }, () => 1),
      );
    } finally {
      Object.assign(Buffer.prototype, { indexOf });
    }
    return count;
  };
  assert.ok(searched(48_000) / searched(6000) < 10);
});
