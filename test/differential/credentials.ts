/** The step `authenticate`: what a peer answers to the challenge it has got. */
import { parseAuthValue, quote } from '../../src/sip/authValue.ts';
import { answerDigestChallenge, chooseDigestChallenge } from '../../src/sip/digestClient.ts';
import { headerValues, kindOf, type SipText } from '../support/sipText.ts';

export interface AuthenticateOrder {
  readonly username: string;
  readonly password: string;
  /** `nc=2`, default 1. */
  readonly nonceCount: number;
  /** `uri=sip:x`: the digest-uri, instead of the Request-URI. */
  readonly uri: string | undefined;
  /** `method=X`: computes with another method. */
  readonly method: string | undefined;
  /** `qop=auth-int`: prefers it where it is offered. */
  readonly preferIntegrity: boolean;
  /** `body=x`: computes with another body. */
  readonly body: string | undefined;
  /** `set.nonce=x`: written into the credentials after computing; an empty value takes the parameter out. */
  readonly written: ReadonlyMap<string, string>;
  /** `challenge.realm=x`: computes as if the challenge had said so. */
  readonly challenge: Readonly<Record<string, string>>;
}

/** `alice secret nc=2 ...` */
export function authenticateOrder(words: readonly string[]): AuthenticateOrder {
  const [username = '', password = '', ...rest] = words;
  const options = new Map(
    rest.map((word) => [word.split('=')[0]!, word.slice(word.indexOf('=') + 1)] as const),
  );
  for (const key of options.keys()) {
    if (!/^(nc|uri|method|qop|body|set\.\w+|challenge\.\w+)$/.test(key))
      throw new Error(`unknown word ${key}`);
  }
  const under = (prefix: string): [string, string][] =>
    [...options]
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [key.slice(prefix.length), value]);
  return {
    username,
    password,
    nonceCount: Number(options.get('nc') ?? 1),
    uri: options.get('uri'),
    method: options.get('method'),
    preferIntegrity: options.get('qop') === 'auth-int',
    body: options.get('body'),
    written: new Map(under('set.')),
    challenge: Object.fromEntries(under('challenge.')),
  };
}

/** The header line that answers a 401 or 407. */
export function credentialsLine(
  order: AuthenticateOrder,
  challenged: SipText,
  request: SipText,
): [name: string, value: string] {
  const isProxy = kindOf(challenged) === '407';
  const values = headerValues(challenged, isProxy ? 'Proxy-Authenticate' : 'WWW-Authenticate');
  const challenge = chooseDigestChallenge(values);
  if (challenge === undefined) throw new Error(`no challenge in ${values.join(' and ') || 'the response'}`);
  const [method = '', uri = ''] = request.startLine.split(' ');
  const value = answerDigestChallenge({ ...challenge, ...order.challenge }, order, {
    method: order.method ?? method,
    uri: order.uri ?? uri,
    body: order.body ?? request.body,
    nonceCount: order.nonceCount,
    cnonce: 'x-cnonce',
    preferIntegrity: order.preferIntegrity,
  });
  return [isProxy ? 'Proxy-Authorization' : 'Authorization', rewritten(value, order.written)];
}

function rewritten(value: string, written: ReadonlyMap<string, string>): string {
  if (written.size === 0) return value;
  const params = parseAuthValue(value)?.params ?? [];
  const kept = params.filter(({ name }) => written.get(name) !== '');
  const parts = kept.map(({ name, value: old, quoted }) => {
    const text = written.get(name) ?? old;
    return `${name}=${quoted ? quote(text) : text}`;
  });
  const added = [...written].filter(([name, text]) => text !== '' && !params.some((p) => p.name === name));
  return `Digest ${[...parts, ...added.map(([name, text]) => `${name}=${text}`)].join(', ')}`;
}
