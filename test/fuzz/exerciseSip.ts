import assert from 'node:assert/strict';
import {
  addressOfRecordKey,
  buildAck,
  buildCancel,
  buildResponse,
  contactsOf,
  digestCredentials,
  eventPackageOf,
  HeaderKind,
  isWireError,
  mediaTypeOf,
  nameAddrsOf,
  numberOf,
  parseAuthValue,
  parseMessage,
  parseMultipart,
  parseSdp,
  removalOf,
  renderRequest,
  renderResponse,
  type SipMessage,
  SipUri,
  sipUriEquals,
  tokensOf,
  validateOnReceipt,
  validateStrictly,
  valuesOf,
  viasOf,
} from '../../src/sip/index.ts';

const source = { address: '192.0.2.9', port: 5062 };
const via = 'Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKfuzz\r\n';

/** Does to a text all that the server may do to it, and asserts what must hold for any input. */
export function exerciseSip(text: string): void {
  const message = parseMessage(text);
  if (isWireError(message)) {
    assert.ok(message.offset >= 0 && message.offset <= text.length);
    return;
  }
  readAll(message);
  const receipt = validateOnReceipt(message);
  if (receipt !== undefined) assert.ok(validateStrictly(message) !== undefined);
  writeAll(message);
}

function readAll(message: SipMessage): void {
  for (let i = 0; i < message.headerCount; i++) {
    assert.ok(message.headerStart(i) <= message.headerValueStart(i));
    assert.ok(message.headerValueStart(i) <= message.headerValueEnd(i));
    assert.ok(message.headerValueEnd(i) < message.headerEnd(i));
    readAuthorization(message.headerValue(i));
  }
  for (const kind of [
    HeaderKind.route,
    HeaderKind.recordRoute,
    HeaderKind.path,
    HeaderKind.pAssertedIdentity,
  ]) {
    nameAddrsOf(message, kind);
    const values = valuesOf(message, kind);
    if (values.length > 0) removalOf(message, values, values.length - 1);
  }
  viasOf(message);
  tokensOf(message, HeaderKind.supported);
  numberOf(message, HeaderKind.expires);
  eventPackageOf(message);
  readUris(message);
  readBody(message);
}

function readAuthorization(value: string): void {
  const auth = parseAuthValue(value);
  if (auth !== undefined) digestCredentials(auth);
}

function readUris(message: SipMessage): void {
  const contacts = contactsOf(message)?.list ?? [];
  const texts = [
    message.requestUri,
    message.from?.uri,
    message.to?.uri,
    ...contacts.map((contact) => contact.uri),
  ];
  for (const text of texts) {
    const uri = text === undefined ? undefined : SipUri.parse(text);
    if (uri === undefined) continue;
    addressOfRecordKey(uri);
    const again = SipUri.parse(uri.toString());
    assert.ok(again !== undefined && sipUriEquals(uri, again), uri.toString());
  }
}

function readBody(message: SipMessage): void {
  parseSdp(message.text, message.bodyStart, message.bodyEnd);
  mediaTypeOf(message);
  parseMultipart(
    message.text,
    message.value(HeaderKind.contentType) ?? '',
    message.bodyStart,
    message.bodyEnd,
  );
}

function writeAll(message: SipMessage): void {
  const plain = message.isRequest ? renderRequest(message, {}) : renderResponse(message, {});
  const again = parseMessage(plain);
  assert.ok(!isWireError(again), 'what we send can be parsed');
  assert.equal(again.body, message.body);
  assert.equal(again.headerCount, message.headerCount);
  renderResponse(message, { removeTopmostVia: true });
  if (!message.isRequest) return;
  renderRequest(message, { requestUri: 'sip:x@y', via, source, body: 'v=0\r\n' });
  const response = parseMessage(buildResponse(message, 400, 'Bad Request', { toTag: 't', source }));
  assert.ok(!isWireError(response) && response.statusCode === 400);
  buildCancel(message);
  buildAck(message, response);
}
