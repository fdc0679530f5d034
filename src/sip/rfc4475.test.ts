/**
 * The 49 messages of RFC 4475 with the verdict that the RFC gives. The same table makes docs/rfc4475.md:
 * OLELO_UPDATE=1 node --test dist/src/sip/rfc4475.test.js writes it, without it the test compares.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  leadsToBroadcast,
  type Refusal,
  refuseAccept,
  refuseAddressOfRecord,
  refuseContentType,
  refuseMaxForwards,
  refuseMethod,
  refuseOptionTags,
  refuseScheme,
} from './admission.ts';
import { parseAuthValue } from './authValue.ts';
import { unescapeText } from './escape.ts';
import { HeaderKind } from './headerKind.ts';
import { contactsOf, mediaTypeOf, nameAddrsOf, numberOf, viasOf } from './headerValues.ts';
import { isWireError, parseMessage, type SipMessage } from './message.ts';
import { parseMultipart } from './multipart.ts';
import { reasonPhraseOf } from './reasonPhrases.ts';
import { renderRequest, renderResponse } from './render.ts';
import { parseSdp } from './sdp.ts';
import { SipUri } from './uri.ts';
import { validateOnReceipt, validateStrictly } from './validate.ts';
import { hasTransactionId } from './via.ts';

/** The repository's root, seen from dist/src/sip. */
const root = new URL('../../../', import.meta.url);
const fixtures = new URL('test/fixtures/rfc4475/', root);

interface Row {
  readonly file: string;
  readonly section: string;
  readonly title: string;
  /** What the RFC asks for, in our words. */
  readonly asked: string;
  /** Ours: `valid`, or what refuses it, with the status (`discard` for responses). */
  readonly verdict: string;
  /** Who finds that out when the syntax is right. */
  readonly role?: (message: SipMessage) => Refusal | undefined;
  /** What must be true of the parsed message. */
  readonly facts?: (message: SipMessage) => void;
}

const methods = ['INVITE', 'ACK', 'BYE', 'CANCEL', 'OPTIONS', 'REGISTER', 'MESSAGE'];
const schemes = ['sip', 'sips', 'tel'];
const equal: typeof assert.equal = assert.equal;

const rows: readonly Row[] = [
  {
    file: 'wsinv',
    section: '3.1.1.1',
    title: 'A short tortuous INVITE',
    asked: 'well-formed; unknown headers pass unchanged',
    verdict: 'valid',
    facts: (message) => {
      equal(message.toTag, '1918181833n');
      equal(message.from?.displayName, '"J Rosenberg \\\\\\""');
      equal(message.fromTag, '98asjd8');
      equal(numberOf(message, HeaderKind.maxForwards), 68);
      assert.deepEqual(message.cseq, { number: 9, method: 'INVITE' });
      equal(message.value(HeaderKind.subject), '');
      equal(message.headerValue(message.findName('unknownheaderwithunusualvalue')), ';;,,;;,;');
      assert.deepEqual(
        viasOf(message)?.map((via) => [via.transport, via.host, via.branch]),
        [
          ['UDP', '192.0.2.2', '390skdjuw'],
          ['TCP', 'spindle.example.com', 'z9hG4bK9ikj8'],
          ['UDP', '192.168.255.111', 'z9hG4bK30239'],
        ],
      );
      const contact = contactsOf(message)?.list[0];
      equal(contact?.params.get('newparam'), 'newvalue');
      equal(contact?.params.get('secondparam'), '');
      equal(contact?.params.get('q'), '0.33');
      equal(nameAddrsOf(message, HeaderKind.route)?.[0]?.parsedUri?.params.get('unknown-no-value'), '');
      equal(parseSdp(message.body)?.media.length, 2);
    },
  },
  {
    file: 'intmeth',
    section: '3.1.1.2',
    title: 'Wide range of valid characters',
    asked: 'well-formed',
    verdict: 'valid',
    facts: (message) => {
      equal(message.method, "!interesting-Method0123456789_*+`.%indeed'~");
      const uri = SipUri.parse(message.requestUri);
      equal(uri?.user, "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*");
      equal(uri?.password, "&it+has=1,weird!*pas$wo~d_too.(doesn't-it)");
      equal(uri?.host, 'example.com');
      equal(message.to?.displayName, '"BEL:\\\x07 NUL:\\\x00 DEL:\\\x7f"');
      equal(message.from?.displayName, "token1~` token2'+_ token3*%!.-");
      equal(message.fromTag, "_token~1'+`*%!-.");
      equal(message.callId, 'intmeth.word%ZK-!.*_+\'@word`~)(><:\\/"][?}{');
      equal(numberOf(message, HeaderKind.maxForwards), 255);
    },
  },
  {
    file: 'esc01',
    section: '3.1.1.3',
    title: 'Valid use of the % escaping mechanism',
    asked: 'well-formed; escapes are resolved once',
    verdict: 'valid',
    facts: (message) => {
      equal(unescapeText(SipUri.parse(message.requestUri)?.user ?? ''), 'sips:user@example.com');
      equal(unescapeText(message.to?.parsedUri?.user ?? ''), 'user');
      equal(unescapeText(message.from?.parsedUri?.user ?? ''), 'I have spaces');
      const params = contactsOf(message)?.list[0]?.parsedUri?.params.list ?? [];
      assert.deepEqual(
        params.map(({ name, value }) => [unescapeText(name), unescapeText(value ?? '')]),
        [
          ['lr', ''],
          ['name', 'value%41'],
        ],
      );
    },
  },
  {
    file: 'escnull',
    section: '3.1.1.4',
    title: 'Escaped nulls in URIs',
    asked: 'well-formed; two different contacts, no user name cut short',
    verdict: 'valid',
    facts: (message) => {
      equal(message.to?.parsedUri?.user, 'null-%00-null');
      assert.deepEqual(
        contactsOf(message)?.list.map((contact) => contact.parsedUri?.user),
        ['%00', '%00%00'],
      );
    },
  },
  {
    file: 'esc02',
    section: '3.1.1.5',
    title: 'Use of % when it is not an escape',
    asked: 'well-formed; an endpoint answers 501',
    verdict: '501 Not Implemented',
    role: (message) => refuseMethod(message, methods, methods),
    facts: (message) => {
      equal(message.method, 'RE%47IST%45R');
      equal(message.to?.displayName, '"%Z%45"');
      equal(contactsOf(message)?.list.length, 2);
    },
  },
  {
    file: 'lwsdisp',
    section: '3.1.1.6',
    title: 'Message with no LWS between display name and <',
    asked: 'accept as well-formed',
    verdict: 'valid',
    facts: (message) => {
      equal(message.from?.displayName, 'caller');
      equal(message.from?.uri, 'sip:caller@example.com');
    },
  },
  {
    file: 'longreq',
    section: '3.1.1.7',
    title: 'Long values in header fields',
    asked: 'well-formed',
    verdict: 'valid',
    facts: (message) => {
      equal(viasOf(message)?.length, 34);
      equal(message.to?.parsedUri?.params.get('unknownparam1')?.length, 89);
      equal(message.fromTag.length, 155);
      equal(viasOf(message)?.[33]?.params.get('received'), '192.0.2.5');
    },
  },
  {
    file: 'dblreq',
    section: '3.1.1.8',
    title: 'Extra trailing octets in a UDP datagram',
    asked: 'one REGISTER; what follows is ignored',
    verdict: 'valid',
    facts: (message) => {
      equal(message.method, 'REGISTER');
      equal(message.body, '');
      assert.ok(message.text.includes('INVITE'));
      assert.ok(!renderRequest(message, {}).includes('INVITE'));
    },
  },
  {
    file: 'semiuri',
    section: '3.1.1.9',
    title: 'Semicolon-separated parameters in URI user part',
    asked: 'well-formed; the user part includes the parameters',
    verdict: 'valid',
    facts: (message) => equal(SipUri.parse(message.requestUri)?.user, 'user;par=u%40example.net'),
  },
  {
    file: 'transports',
    section: '3.1.1.10',
    title: 'Varied and unknown transport types',
    asked: 'well-formed',
    verdict: 'valid',
    facts: (message) =>
      assert.deepEqual(
        viasOf(message)?.map((via) => via.transport),
        ['UDP', 'SCTP', 'TLS', 'UNKNOWN', 'TCP'],
      ),
  },
  {
    file: 'mpart01',
    section: '3.1.1.11',
    title: 'Multipart MIME message',
    asked: 'well-formed; binary parts',
    verdict: 'valid',
    facts: (message) => {
      equal(mediaTypeOf(message), 'multipart/mixed');
      const parts = parseMultipart(message.body, message.value(HeaderKind.contentType) ?? '');
      equal(parts?.length, 2);
      equal(parts?.[0]?.body, 'Hello');
      equal(parts?.[1]?.mediaType, 'application/octet-stream');
      assert.ok(parts?.[1]?.body.startsWith('0\x82\x01R\x06\t*\x86H'));
    },
  },
  {
    file: 'unreason',
    section: '3.1.1.12',
    title: 'Unusual reason phrase',
    asked: 'well-formed; the phrase is kept',
    verdict: 'valid',
    facts: (message) => {
      const phrase = Buffer.from(message.reasonPhrase, 'latin1').toString('utf8');
      equal(phrase, '= 2**3 * 5**2 но сто девяносто девять - простое');
      assert.ok(renderResponse(message, {}).startsWith(`SIP/2.0 200 ${message.reasonPhrase}\r\n`));
    },
  },
  {
    file: 'noreason',
    section: '3.1.1.13',
    title: 'Empty reason phrase',
    asked: 'well-formed',
    verdict: 'valid',
    facts: (message) => {
      equal(message.statusCode, 100);
      equal(message.reasonPhrase, '');
    },
  },
  {
    file: 'badinv01',
    section: '3.1.2.1',
    title: 'Extraneous header field separators',
    asked: '400',
    verdict: '400 malformed Via',
  },
  {
    file: 'clerr',
    section: '3.1.2.2',
    title: 'Content length larger than message',
    asked: '400 over UDP; over TCP the rest is waited for',
    verdict: '400 body shorter than Content-Length',
  },
  {
    file: 'ncl',
    section: '3.1.2.3',
    title: 'Negative Content-Length',
    asked: '400; over TCP the connection is closed',
    verdict: '400 malformed Content-Length',
  },
  {
    file: 'scalar02',
    section: '3.1.2.4',
    title: 'Request scalar fields with overlarge values',
    asked: '400 for the CSeq',
    verdict: '400 malformed CSeq',
    facts: (message) => {
      equal(numberOf(message, HeaderKind.maxForwards, 255), undefined);
      equal(numberOf(message, HeaderKind.expires), undefined);
    },
  },
  {
    file: 'scalarlg',
    section: '3.1.2.5',
    title: 'Response scalar fields with overlarge values',
    asked: 'discard',
    verdict: 'discard: malformed CSeq',
    facts: (message) => equal(numberOf(message, HeaderKind.retryAfter), undefined),
  },
  {
    file: 'quotbal',
    section: '3.1.2.6',
    title: 'Unterminated quoted string in display name',
    asked: '400',
    verdict: '400 malformed To',
  },
  {
    file: 'ltgtruri',
    section: '3.1.2.7',
    title: '<> enclosing Request-URI',
    asked: '400, or be liberal',
    verdict: '400 malformed Request-URI',
  },
  {
    file: 'lwsruri',
    section: '3.1.2.8',
    title: 'Malformed SIP Request-URI (embedded LWS)',
    asked: '400',
    verdict: '400 white space in the Request-URI',
  },
  {
    file: 'lwsstart',
    section: '3.1.2.9',
    title: 'Multiple SP separating Request-Line elements',
    asked: '400, or ignore the extra SP and send none on',
    verdict: '400 white space in the Request-URI',
  },
  {
    file: 'trws',
    section: '3.1.2.10',
    title: 'SP characters at end of Request-Line',
    asked: '400, or ignore the extra SP and send none on',
    verdict: 'valid',
    facts: (message) => {
      equal(message.version, 'SIP/2.0');
      assert.ok(
        renderRequest(message, {}).startsWith('OPTIONS sip:remote-target@example.com SIP/2.0\r\nVia'),
      );
      assert.ok(
        renderRequest(message, { requestUri: 'sip:x@y' }).startsWith('OPTIONS sip:x@y SIP/2.0\r\nVia'),
      );
    },
  },
  {
    file: 'escruri',
    section: '3.1.2.11',
    title: 'Escaped headers in SIP Request-URI',
    asked: '400, or ignore the headers and send none on',
    verdict: '400 headers in the Request-URI',
  },
  {
    file: 'baddate',
    section: '3.1.2.12',
    title: 'Invalid time zone in Date header field',
    asked: '400, or ignore the Date',
    verdict: '400 malformed Date',
  },
  {
    file: 'regbadct',
    section: '3.1.2.13',
    title: 'Failure to enclose name-addr URI in <>',
    asked: '400, or infer the <>',
    verdict: '400 malformed Contact',
  },
  {
    file: 'badaspec',
    section: '3.1.2.14',
    title: 'Spaces within addr-spec',
    asked: '400, or be liberal',
    verdict: '400 malformed To',
  },
  {
    file: 'baddn',
    section: '3.1.2.15',
    title: 'Non-token characters in display name',
    asked: '400, or be liberal',
    verdict: '400 malformed From',
  },
  {
    file: 'badvers',
    section: '3.1.2.16',
    title: 'Unknown protocol version',
    asked: '505',
    verdict: '505 unknown SIP version',
  },
  {
    file: 'mismatch01',
    section: '3.1.2.17',
    title: 'Start line and CSeq method mismatch',
    asked: '400',
    verdict: '400 another method in CSeq',
  },
  {
    file: 'mismatch02',
    section: '3.1.2.18',
    title: 'Unknown method with CSeq method mismatch',
    asked: '501, or 400',
    verdict: '400 another method in CSeq',
    facts: (message) => equal(refuseMethod(message, methods, methods)?.status, 501),
  },
  {
    file: 'bigcode',
    section: '3.1.2.19',
    title: 'Overlarge response code',
    asked: 'discard',
    verdict: 'discard: malformed status code',
  },
  {
    file: 'badbranch',
    section: '3.2.1',
    title: 'Missing transaction identifier',
    asked: '400, or the matching rules of RFC 2543',
    verdict: 'valid',
    facts: (message) => {
      equal(message.topmostVia?.branch, 'z9hG4bK');
      assert.ok(message.topmostVia !== undefined && !hasTransactionId(message.topmostVia));
    },
  },
  {
    file: 'insuf',
    section: '3.3.1',
    title: 'Missing required header fields',
    asked: '400',
    verdict: '400 no From',
  },
  {
    file: 'unkscm',
    section: '3.3.2',
    title: 'Request-URI with unknown scheme',
    asked: '416',
    verdict: '416 Unsupported URI Scheme',
    role: (message) => refuseScheme(message, schemes),
    facts: (message) => {
      equal(message.requestUri, 'nobodyKnowsThisScheme:totallyopaquecontent');
      equal(SipUri.parse(message.requestUri), undefined);
    },
  },
  {
    file: 'novelsc',
    section: '3.3.3',
    title: 'Request-URI with known but atypical scheme',
    asked: '416',
    verdict: '416 Unsupported URI Scheme',
    role: (message) => refuseScheme(message, schemes),
  },
  {
    file: 'unksm2',
    section: '3.3.4',
    title: 'Unknown URI schemes in header fields',
    asked: 'syntax is right; a registrar answers 400',
    verdict: '400 Bad Request',
    role: refuseAddressOfRecord,
    facts: (message) => {
      equal(message.to?.uri, 'isbn:2983792873');
      equal(message.from?.uri, 'http://www.example.com');
      equal(contactsOf(message)?.list[0]?.uri, 'name:John_Smith');
    },
  },
  {
    file: 'bext01',
    section: '3.3.5',
    title: 'Proxy-Require and Require',
    asked: '420 with Unsupported, by a proxy for Proxy-Require, by an endpoint for Require',
    verdict: '420 Bad Extension',
    role: (message) => refuseOptionTags(message, HeaderKind.proxyRequire, ['path']),
    facts: (message) => {
      equal(
        refuseOptionTags(message, HeaderKind.proxyRequire, ['noproxiessupportthis'])?.headers,
        'Unsupported: norDoAnyProxiesSupportThis\r\n',
      );
      equal(
        refuseOptionTags(message, HeaderKind.require, [])?.headers,
        'Unsupported: nothingSupportsThis, nothingSupportsThisEither\r\n',
      );
    },
  },
  {
    file: 'invut',
    section: '3.3.6',
    title: 'Unknown Content-Type',
    asked: '415 with Accept by an endpoint; a proxy does not care',
    verdict: '415 Unsupported Media Type',
    role: (message) => refuseContentType(message, ['application/sdp']),
  },
  {
    file: 'regaut01',
    section: '3.3.7',
    title: 'Unknown authorization scheme',
    asked: 'well-formed; the registrar takes it for no credentials',
    verdict: 'valid',
    facts: (message) => {
      const auth = parseAuthValue(message.value(HeaderKind.authorization) ?? '');
      equal(auth?.scheme, 'NoOneKnowsThisScheme');
      equal(auth?.isDigest, false);
    },
  },
  {
    file: 'multi01',
    section: '3.3.8',
    title: 'Multiple values in single value required fields',
    asked: '400',
    verdict: '400 more than one CSeq',
  },
  {
    file: 'mcl01',
    section: '3.3.9',
    title: 'Multiple Content-Length values',
    asked: '400',
    verdict: '400 more than one Content-Length',
  },
  {
    file: 'bcast',
    section: '3.3.10',
    title: '200 OK response with broadcast Via header field value',
    asked: 'well-formed; nobody sends it on to the broadcast address',
    verdict: 'discard: leads to a broadcast address',
    facts: (message) => equal(viasOf(message)?.[1]?.host, '255.255.255.255'),
  },
  {
    file: 'zeromf',
    section: '3.3.11',
    title: 'Max-Forwards of zero',
    asked: '483 by a proxy, or an answer to the OPTIONS',
    verdict: '483 Too Many Hops',
    role: refuseMaxForwards,
  },
  {
    file: 'cparam01',
    section: '3.3.12',
    title: 'REGISTER with a Contact header parameter',
    asked: 'unknownparam belongs to the header',
    verdict: 'valid',
    facts: (message) => {
      const contact = contactsOf(message)?.list[0];
      equal(contact?.uri, 'sip:+19725552222@gw1.example.net');
      equal(contact?.params.get('unknownparam'), '');
    },
  },
  {
    file: 'cparam02',
    section: '3.3.13',
    title: 'REGISTER with a URL parameter',
    asked: 'unknownparam belongs to the URI',
    verdict: 'valid',
    facts: (message) => {
      const contact = contactsOf(message)?.list[0];
      equal(contact?.uri, 'sip:+19725552222@gw1.example.net;unknownparam');
      equal(contact?.params.size, 0);
    },
  },
  {
    file: 'regescrt',
    section: '3.3.14',
    title: 'REGISTER with a URL escaped header',
    asked: 'well-formed; the Route belongs to the Contact URI',
    verdict: 'valid',
    facts: (message) => {
      equal(contactsOf(message)?.list[0]?.parsedUri?.headers, 'Route=%3Csip:sip.example.com%3E');
      assert.ok(!message.has(HeaderKind.route));
    },
  },
  {
    file: 'sdp01',
    section: '3.3.15',
    title: 'Unacceptable Accept offering',
    asked: '406 by an endpoint',
    verdict: '406 Not Acceptable',
    role: (message) => refuseAccept(message, ['application/sdp']),
  },
  {
    file: 'inv2543',
    section: '3.4.1',
    title: 'INVITE with RFC 2543 syntax',
    asked: 'accept',
    verdict: 'valid',
    facts: (message) => {
      equal(message.topmostVia?.branch, '');
      equal(message.fromTag, '');
      equal(message.to?.uri, 'sip:+16505552222@ss1.example.net');
    },
  },
];

function received(file: string): SipMessage | string {
  const message = parseMessage(readFileSync(new URL(`${file}.dat`, fixtures), 'latin1'));
  return isWireError(message) ? describe(message.status, message.reason) : message;
}

function describe(status: number, reason: string): string {
  return status === 0 ? `discard: ${reason}` : `${status} ${reason}`;
}

function verdictOf(row: Row, message: SipMessage): string {
  const fault = validateStrictly(message);
  if (fault !== undefined) return describe(fault.status, fault.reason);
  const refusal = row.role?.(message);
  if (refusal !== undefined) return describe(refusal.status, reasonPhraseOf(refusal.status));
  return !message.isRequest && leadsToBroadcast(message)
    ? describe(0, 'leads to a broadcast address')
    : 'valid';
}

test('the table names every file of the archive once', () => {
  const files = readdirSync(fixtures).map((name) => name.replace('.dat', ''));
  assert.equal(files.length, 49);
  assert.deepEqual(rows.map((row) => row.file).sort(), files.sort());
});

for (const row of rows) {
  test(`RFC 4475 §${row.section} ${row.file}: ${row.verdict}`, () => {
    const message = received(row.file);
    assert.equal(typeof message === 'string' ? message : verdictOf(row, message), row.verdict);
    if (row.facts === undefined) return;
    assert.ok(typeof message !== 'string');
    row.facts(message);
  });
}

test('what is valid passes the checks on receipt too, and leaves as it came', () => {
  for (const row of rows) {
    const message = received(row.file);
    if (typeof message === 'string' || validateStrictly(message) !== undefined) continue;
    assert.equal(validateOnReceipt(message), undefined, row.file);
    const out = message.isRequest ? renderRequest(message, {}) : renderResponse(message, {});
    if (row.file !== 'trws') assert.equal(out, message.text.slice(0, message.bodyEnd), row.file);
  }
});

function page(): string {
  const lines = rows.map(
    (row) => `| ${row.section} | ${row.title} | \`${row.file}\` | ${row.asked} | ${row.verdict} |`,
  );
  return [
    '# RFC 4475: the torture tests',
    '',
    'All 49 messages of RFC 4475, what the RFC asks for, and the verdict of `olelo/sip` (strict validation, then the',
    'checks of the role that the RFC names). Generated from `src/sip/rfc4475.test.ts`, which checks every row.',
    '',
    '| section | title | file | asked | verdict |',
    '|---|---|---|---|---|',
    ...lines,
    '',
  ].join('\n');
}

test('docs/rfc4475.md is this table', () => {
  const path = new URL('docs/rfc4475.md', root);
  if (process.env.OLELO_UPDATE === '1') writeFileSync(path, page());
  assert.equal(readFileSync(path, 'utf8'), page());
});
