import { parseAuthValue } from '../../sip/authValue.ts';
import { digestCredentials } from '../../sip/digest.ts';
import { HeaderKind } from '../../sip/headerKind.ts';
import { contactsOf, numberOf, tokensOf } from '../../sip/headerValues.ts';
import type { SipMessage } from '../../sip/message.ts';
import type { NameAddr } from '../../sip/nameAddr.ts';
import { equalsIgnoreCase } from '../../sip/scan.ts';
import { splitUri } from '../../sip/uriParts.ts';

/** What a check has found, as the response says it. */
export interface Finding {
  readonly status: number;
  readonly reason: string;
  /** Further header lines of the response. */
  readonly headers: string;
}

/** What the checks need to know besides the message. */
export interface CheckOptions {
  /** URIs to parse: 1 Request-URI, 2 From, 4 To, 8 Contact. */
  readonly uris: number;
  /** Extensions that Proxy-Require may list, in lower case. */
  readonly extensions: readonly string[];
}

export interface SanityCheck {
  /** Its number in the sum that a config gives. */
  readonly bit: number;
  readonly test: (message: SipMessage, options: CheckOptions) => Finding | undefined;
}

function bad(reason: string, status = 400, headers = ''): Finding {
  return { status, reason, headers };
}

/** In the order in which they are made. 8 and 16 (Via version and protocol) check nothing, as in Kamailio. */
export const checks: readonly SanityCheck[] = [
  { bit: 1, test: checkVersion },
  { bit: 2, test: checkScheme },
  { bit: 4, test: checkRequiredHeaders },
  { bit: 16384, test: checkVia },
  { bit: 32, test: checkCSeqMethod },
  { bit: 64, test: checkCSeqNumber },
  { bit: 128, test: checkContentLength },
  { bit: 256, test: checkExpires },
  { bit: 512, test: checkProxyRequire },
  { bit: 1024, test: checkUris },
  { bit: 2048, test: checkDigests },
  { bit: 4096, test: checkTags },
  { bit: 8192, test: checkAuthorization },
];

function checkVersion(message: SipMessage): Finding | undefined {
  return equalsIgnoreCase(message.version, 'SIP/2.0') ? undefined : bad('Version Not Supported', 505);
}

function isUri(text: string): boolean {
  return splitUri(text) !== undefined;
}

function checkScheme(message: SipMessage): Finding | undefined {
  return !message.isRequest || isUri(message.requestUri) ? undefined : bad('Bad Request URI');
}

function checkRequiredHeaders(message: SipMessage): Finding | undefined {
  const complete =
    message.has(HeaderKind.to) &&
    message.has(HeaderKind.from) &&
    message.has(HeaderKind.cseq) &&
    message.has(HeaderKind.callId) &&
    message.has(HeaderKind.via);
  return complete ? undefined : bad('Missing Required Header in Request');
}

function checkVia(message: SipMessage): Finding | undefined {
  const via = message.topmostVia;
  return via !== undefined && via.host !== '' ? undefined : bad('Invalid Via Header');
}

function checkCSeqMethod(message: SipMessage): Finding | undefined {
  const cseq = message.cseq;
  if (cseq === undefined) return checkCSeqNumber(message);
  return !message.isRequest || cseq.method === message.method
    ? undefined
    : bad('CSeq method does not match request method');
}

function checkCSeqNumber(message: SipMessage): Finding | undefined {
  return message.cseq === undefined ? bad('CSeq number is illegal') : undefined;
}

function checkContentLength(message: SipMessage): Finding | undefined {
  if (!message.has(HeaderKind.contentLength)) return undefined;
  return message.contentLength === message.text.length - message.bodyStart
    ? undefined
    : bad('Content-Length mis-match');
}

function checkExpires(message: SipMessage): Finding | undefined {
  if (!message.has(HeaderKind.expires)) return undefined;
  return numberOf(message, HeaderKind.expires) === undefined ? bad('Expires value is illegal') : undefined;
}

function checkProxyRequire(message: SipMessage, { extensions }: CheckOptions): Finding | undefined {
  if (!message.has(HeaderKind.proxyRequire)) return undefined;
  const unknown = tokensOf(message, HeaderKind.proxyRequire).filter(
    (token) => !extensions.includes(token.toLowerCase()),
  );
  if (unknown.length === 0) return undefined;
  return bad('Bad Proxy Require Extension', 420, `Unsupported: ${unknown.join(', ')}\r\n`);
}

function checkUris(message: SipMessage, { uris }: CheckOptions): Finding | undefined {
  if ((uris & 1) !== 0 && message.isRequest && !isUri(message.requestUri)) return bad('Bad Request URI');
  if ((uris & 2) !== 0 && !isAddress(message.from)) return bad('Invalid From Header');
  if ((uris & 4) !== 0 && !isAddress(message.to)) return bad('Invalid To Header');
  if ((uris & 8) === 0 || !message.has(HeaderKind.contact)) return undefined;
  const contacts = contactsOf(message);
  return contacts?.list.every(isAddress) === true ? undefined : bad('Bad Contact URI');
}

function isAddress(address: NameAddr | undefined): boolean {
  return address !== undefined && isUri(address.uri);
}

function checkDigests(message: SipMessage): Finding | undefined {
  return (
    checkCredentials(message, HeaderKind.authorization, false) ??
    checkCredentials(message, HeaderKind.proxyAuthorization, false)
  );
}

function checkAuthorization(message: SipMessage): Finding | undefined {
  return checkCredentials(message, HeaderKind.authorization, true);
}

/** All headers of a kind; schemes besides Digest only where `othersToo`. */
function checkCredentials(message: SipMessage, kind: HeaderKind, othersToo: boolean): Finding | undefined {
  for (let i = message.find(kind); i >= 0; i = message.find(kind, i + 1)) {
    const value = parseAuthValue(message.headerValue(i));
    if (value === undefined) return bad('Bad Auth Header');
    if (!value.isDigest) {
      if (othersToo) continue;
      return bad('Bad Auth Credentials');
    }
    if (digestCredentials(value) === undefined) return bad('Bad Auth Credentials');
  }
  return undefined;
}

function checkTags(message: SipMessage): Finding | undefined {
  if (tagCount(message.from) > 1) return bad('Many From Tag Params');
  if (tagCount(message.to) > 1) return bad('Many To Tag Params');
  return undefined;
}

function tagCount(address: NameAddr | undefined): number {
  if (address === undefined) return 0;
  return address.params.list.filter((param) => equalsIgnoreCase(param.name, 'tag')).length;
}
