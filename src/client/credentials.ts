import type { Entropy } from '../base/ports.ts';
import { answerDigestChallenge, chooseDigestChallenge, type DigestIdentity } from '../sip/digestClient.ts';
import { HeaderKind } from '../sip/headerKind.ts';
import { isWireError, parseMessage, type SipMessage } from '../sip/message.ts';
import { renderRequest } from '../sip/render.ts';
import { ClientFailure } from './failure.ts';
import { messageLimits } from './limits.ts';

/** Who answers challenges; without password and HA1 nobody does. */
export type Credentials = DigestIdentity;

/** How often one request answers challenges at most: one of the proxy, one of the server, and a stale nonce each. */
export const maxChallenges = 4;

/**
 * The request again, with an answer to the challenge of a 401 or 407, the next CSeq and a branch of its own (RFC 3261 §22.2).
 * Throws an `unauthorized` failure when there is nothing to answer with, or the same realm refused us before.
 */
export function authorize(
  request: SipMessage,
  response: SipMessage,
  credentials: Credentials | undefined,
  entropy: Entropy,
): SipMessage {
  const isProxy = response.statusCode === 407;
  const challenges = challengesOf(response, isProxy);
  const what = `${response.statusCode} ${response.reasonPhrase}`;
  if (challenges.length === 0) {
    throw new ClientFailure('malformed', `${what} without a challenge`);
  }
  if (credentials?.password === undefined && credentials?.ha1 === undefined) {
    throw new ClientFailure('unauthorized', `${what}: a password is needed (--auth-user, --auth-password)`);
  }
  const challenge = chooseDigestChallenge(challenges);
  if (challenge === undefined) {
    throw new ClientFailure('unauthorized', `${what}: no challenge that can be answered: ${challenges[0]}`);
  }
  const name = isProxy ? 'Proxy-Authorization' : 'Authorization';
  if (!challenge.stale && answersRealm(request, name, challenge.realm)) {
    throw new ClientFailure(
      'unauthorized',
      `${what}: user "${credentials.username}" and password were not accepted in realm "${challenge.realm}"`,
    );
  }
  const value = answerDigestChallenge(challenge, credentials, {
    method: request.method,
    uri: request.requestUri,
    body: request.body,
    nonceCount: 1,
    cnonce: Buffer.from(entropy.bytes(8)).toString('hex'),
  });
  return withAuthorization(request, name, challenge.realm, value, entropy);
}

function challengesOf(response: SipMessage, isProxy: boolean): string[] {
  const kind = isProxy ? HeaderKind.proxyAuthenticate : HeaderKind.wwwAuthenticate;
  const values: string[] = [];
  for (let i = response.find(kind); i >= 0; i = response.find(kind, i + 1))
    values.push(response.headerValue(i));
  return values;
}

function answersRealm(request: SipMessage, name: string, realm: string): boolean {
  return indexOfAnswer(request, name, realm) >= 0;
}

function indexOfAnswer(request: SipMessage, name: string, realm: string): number {
  for (let i = request.findName(name); i >= 0; i = request.findName(name, i + 1)) {
    if (request.headerValue(i).includes(`realm="${realm}"`)) return i;
  }
  return -1;
}

function withAuthorization(
  request: SipMessage,
  name: string,
  realm: string,
  value: string,
  entropy: Entropy,
): SipMessage {
  const before = indexOfAnswer(request, name, realm);
  if (before >= 0) request.removeHeader(before);
  request.appendHeader(`${name}: ${value}\r\n`);
  const number = (request.cseq?.number ?? 0) + 1;
  const cseq = request.find(HeaderKind.cseq);
  request.edits.replace(
    request.headerValueStart(cseq),
    request.headerValueEnd(cseq),
    `${number} ${request.method}`,
  );
  const via = request.topmostVia;
  if (via !== undefined) {
    const at = request.text.indexOf(via.branch, via.start);
    request.edits.replace(at, at + via.branch.length, newBranch(entropy));
  }
  const again = parseMessage(renderRequest(request, {}), messageLimits);
  if (isWireError(again))
    throw new ClientFailure('usage', `the request cannot be sent again: ${again.reason}`);
  return again;
}

export function newBranch(entropy: Entropy): string {
  return `z9hG4bK${Buffer.from(entropy.bytes(10)).toString('hex')}`;
}
