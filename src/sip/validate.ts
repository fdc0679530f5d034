/**
 * What RFC 3261 lets a UAS or proxy demand of a message before it works on it (§8.2, §16.3 step 1). Parsing is
 * forgiving and judges no values; these checks do. All give undefined, or the fault with the response that it
 * deserves (0 for a response message: it is discarded).
 */
import { checkAddress, checkContacts, checkRequestUri, checkRoutes } from './addressChecks.ts';
import { HeaderKind, headerNames } from './headerKind.ts';
import { mediaTypeOf, viasOf } from './headerValues.ts';
import { hostKind } from './host.ts';
import type { SipMessage } from './message.ts';
import { fault, headerFault } from './messageFault.ts';
import { equalsIgnoreCase, isToken, parseUint } from './scan.ts';
import { isSipDate } from './sipDate.ts';
import type { WireError } from './wireError.ts';

export interface MessageCheck {
  readonly name: string;
  /** Where the demand stands. */
  readonly clause: string;
  /**
   * `receipt`: without it the message cannot be handled at all. `strict`: the RFC demands it, but senders in use
   * get it wrong; for those who ask.
   */
  readonly level: 'receipt' | 'strict';
  readonly test: (message: SipMessage) => WireError | undefined;
}

/** In the order in which they are made. */
export const messageChecks: readonly MessageCheck[] = [
  { name: 'version', clause: 'RFC 3261 §7.1, §21.5.6', level: 'receipt', test: checkVersion },
  { name: 'single-headers', clause: 'RFC 3261 §7.3.1', level: 'receipt', test: checkSingleHeaders },
  { name: 'mandatory-headers', clause: 'RFC 3261 §8.1.1', level: 'receipt', test: checkMandatoryHeaders },
  { name: 'via', clause: 'RFC 3261 §20.42', level: 'receipt', test: checkTopmostVia },
  { name: 'cseq', clause: 'RFC 3261 §20.16', level: 'receipt', test: checkCSeqWords },
  { name: 'content-length', clause: 'RFC 3261 §20.14', level: 'receipt', test: checkContentLength },
  { name: 'cseq-number', clause: 'RFC 3261 §8.1.1.5', level: 'strict', test: checkCSeqNumber },
  { name: 'method', clause: 'RFC 3261 §7.1', level: 'strict', test: checkMethod },
  { name: 'request-uri', clause: 'RFC 3261 §8.1.1.1, §19.1.1', level: 'strict', test: checkRequestUri },
  { name: 'header-names', clause: 'RFC 3261 §7.3.1', level: 'strict', test: checkHeaderNames },
  { name: 'all-vias', clause: 'RFC 3261 §20.42', level: 'strict', test: checkAllVias },
  { name: 'cseq-method', clause: 'RFC 3261 §8.1.1.5', level: 'strict', test: checkCSeqMethod },
  { name: 'call-id', clause: 'RFC 3261 §20.8', level: 'strict', test: checkCallId },
  {
    name: 'from',
    clause: 'RFC 3261 §20.20',
    level: 'strict',
    test: (m) => checkAddress(m, HeaderKind.from, m.from),
  },
  {
    name: 'to',
    clause: 'RFC 3261 §20.39',
    level: 'strict',
    test: (m) => checkAddress(m, HeaderKind.to, m.to),
  },
  { name: 'contact', clause: 'RFC 3261 §20.10', level: 'strict', test: checkContacts },
  { name: 'routes', clause: 'RFC 3261 §20.30, §20.34', level: 'strict', test: checkRoutes },
  { name: 'max-forwards', clause: 'RFC 3261 §20.22', level: 'strict', test: checkMaxForwards },
  { name: 'content-type', clause: 'RFC 3261 §20.15', level: 'strict', test: checkContentType },
  { name: 'date', clause: 'RFC 3261 §20.17', level: 'strict', test: checkDate },
  { name: 'body-length', clause: 'RFC 3261 §18.3', level: 'strict', test: checkBodyLength },
];

const receiptChecks = messageChecks.filter((check) => check.level === 'receipt');

/** The checks without which nothing works: for every message on receipt. */
export function validateOnReceipt(message: SipMessage): WireError | undefined {
  return isSound(message) ? undefined : firstFault(message, receiptChecks);
}

/** All checks. */
export function validateStrictly(message: SipMessage): WireError | undefined {
  return firstFault(message, messageChecks);
}

function firstFault(message: SipMessage, checks: readonly MessageCheck[]): WireError | undefined {
  for (const check of checks) {
    const found = check.test(message);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What nearly every message is: nothing for the receipt checks to find. One pass over the header lines. */
function isSound(message: SipMessage): boolean {
  const kinds = kindsOnce(message);
  return (
    (kinds & mandatoryMask) === mandatoryMask &&
    message.version === 'SIP/2.0' &&
    message.cseq !== undefined &&
    message.callId !== '' &&
    message.topmostVia !== undefined &&
    message.to !== undefined &&
    ((kinds & bit(HeaderKind.contentLength)) === 0 || message.contentLength !== undefined)
  );
}

/** The kinds below 31 that there are, as bits; 0 when one that there can be once is repeated. */
function kindsOnce(message: SipMessage): number {
  let seen = 0;
  for (let i = 0; i < message.headerCount; i++) {
    const kind = message.headerKind(i);
    if (kind >= 31) continue;
    const mask = bit(kind);
    if ((seen & mask & singleKinds) !== 0) return 0;
    seen |= mask;
  }
  return seen;
}

function checkVersion(message: SipMessage): WireError | undefined {
  if (message.version === 'SIP/2.0' || equalsIgnoreCase(message.version, 'SIP/2.0')) return undefined;
  const status = /^SIP\/\d+\.\d+$/i.test(message.version) ? 505 : 400;
  return fault(message, 'unknown SIP version', 0, status);
}

function bit(kind: HeaderKind): number {
  return 1 << kind;
}

/** Kinds below 32 of which there can be one only. */
const singleKinds =
  bit(HeaderKind.from) |
  bit(HeaderKind.to) |
  bit(HeaderKind.callId) |
  bit(HeaderKind.cseq) |
  bit(HeaderKind.maxForwards) |
  bit(HeaderKind.contentLength);

function checkSingleHeaders(message: SipMessage): WireError | undefined {
  for (let i = 0; i < message.headerCount; i++) {
    const kind = message.headerKind(i);
    const isSingle = kind < 31 && (bit(kind) & singleKinds) !== 0;
    if (isSingle && message.find(kind) < i)
      return fault(message, `more than one ${headerNames[kind]}`, message.headerStart(i));
  }
  return undefined;
}

const mandatoryKinds = [
  HeaderKind.via,
  HeaderKind.from,
  HeaderKind.to,
  HeaderKind.callId,
  HeaderKind.cseq,
] as const;
const mandatoryMask = mandatoryKinds.reduce((mask, kind) => mask | bit(kind), 0);

/** To is looked into because every response needs it; a malformed From is for scripts to refuse, as in Kamailio. */
function checkMandatoryHeaders(message: SipMessage): WireError | undefined {
  for (const kind of mandatoryKinds) {
    if (!message.has(kind)) return headerFault(message, kind, 'no');
  }
  if (message.callId === '') return headerFault(message, HeaderKind.callId, 'empty');
  return message.to === undefined ? headerFault(message, HeaderKind.to, 'malformed') : undefined;
}

function checkTopmostVia(message: SipMessage): WireError | undefined {
  return message.topmostVia === undefined ? headerFault(message, HeaderKind.via, 'malformed') : undefined;
}

/** Two words; a number out of range is for scripts to refuse. */
function checkCSeqWords(message: SipMessage): WireError | undefined {
  if (message.cseq !== undefined || /\S\s+\S/.test(message.value(HeaderKind.cseq) ?? '')) return undefined;
  return headerFault(message, HeaderKind.cseq, 'malformed');
}

function checkCSeqNumber(message: SipMessage): WireError | undefined {
  return message.cseq === undefined ? headerFault(message, HeaderKind.cseq, 'malformed') : undefined;
}

function checkContentLength(message: SipMessage): WireError | undefined {
  return message.contentLength === undefined && message.has(HeaderKind.contentLength)
    ? headerFault(message, HeaderKind.contentLength, 'malformed')
    : undefined;
}

function checkMethod(message: SipMessage): WireError | undefined {
  return isToken(message.method) ? undefined : fault(message, 'malformed method', 0);
}

function checkHeaderNames(message: SipMessage): WireError | undefined {
  for (let i = 0; i < message.headerCount; i++) {
    if (message.headerKind(i) === HeaderKind.other && !isToken(message.headerName(i)))
      return fault(message, 'malformed header name', message.headerStart(i));
  }
  return undefined;
}

function checkAllVias(message: SipMessage): WireError | undefined {
  const vias = viasOf(message);
  if (vias?.every((via) => hostKind(via.host) !== undefined)) return undefined;
  return headerFault(message, HeaderKind.via, 'malformed');
}

function checkCSeqMethod(message: SipMessage): WireError | undefined {
  return message.isRequest && message.cseq?.method !== message.method
    ? headerFault(message, HeaderKind.cseq, 'another method in')
    : undefined;
}

/** callid = word ["@" word]: no white space, no controls. */
function checkCallId(message: SipMessage): WireError | undefined {
  return /^[!-~]+$/.test(message.callId) ? undefined : headerFault(message, HeaderKind.callId, 'malformed');
}

function checkMaxForwards(message: SipMessage): WireError | undefined {
  const i = message.isRequest ? message.find(HeaderKind.maxForwards) : -1;
  if (i < 0) return undefined;
  return parseUint(message.text, message.headerValueStart(i), message.headerValueEnd(i), 255) < 0
    ? headerFault(message, HeaderKind.maxForwards, 'malformed')
    : undefined;
}

function checkContentType(message: SipMessage): WireError | undefined {
  const i = message.find(HeaderKind.contentType);
  if (i < 0) return undefined;
  if (message.find(HeaderKind.contentType, i + 1) >= 0)
    return headerFault(message, HeaderKind.contentType, 'more than one');
  return mediaTypeOf(message) === undefined
    ? headerFault(message, HeaderKind.contentType, 'malformed')
    : undefined;
}

function checkDate(message: SipMessage): WireError | undefined {
  const date = message.value(HeaderKind.date);
  return date === undefined || isSipDate(date)
    ? undefined
    : headerFault(message, HeaderKind.date, 'malformed');
}

/** A datagram that ends before its body does. */
function checkBodyLength(message: SipMessage): WireError | undefined {
  const length = message.contentLength ?? 0;
  return message.bodyStart + length > message.text.length
    ? headerFault(message, HeaderKind.contentLength, 'body shorter than')
    : undefined;
}
