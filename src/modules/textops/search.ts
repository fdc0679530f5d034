import { matchBudget } from '../../base/posixMatcher.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { SipMessage } from '../../sip/message.ts';
import { headersNamed } from './headers.ts';
import { emptyMatch, type Replacement, type Substitution } from './substitution.ts';
import type { TextOps } from './textops.ts';

/** A part of a message's text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Header lines and body; the start line is never edited by these functions. */
export function behindStartLine(message: SipMessage): Span {
  return { start: message.headersStart, end: message.bodyEnd };
}

export function headersOf(message: SipMessage): Span {
  return { start: message.headersStart, end: message.headersEnd };
}

export function bodyOf(message: SipMessage): Span {
  return { start: message.bodyStart, end: message.bodyEnd };
}

function matchesIn(self: TextOps, message: SipMessage, regex: RegExp, span: Span, all: boolean): Span[] {
  const matcher = self.matcherOf(regex);
  const text = message.text.slice(span.start, span.end);
  const found: Span[] = [];
  const budget = matchBudget();
  let match = matcher.exec(text, 0, budget);
  while (match !== null) {
    const end = match.index + match[0].length;
    if (match[0] !== '') found.push({ start: span.start + match.index, end: span.start + end });
    if (found.length > 0 && !all) break;
    match = matcher.exec(text, match[0] === '' ? end + 1 : end, budget);
  }
  return found;
}

/** Does the received text match? */
export function search(message: SipMessage, regex: RegExp): number {
  const whole = message.bodyEnd === message.text.length;
  return regex.test(whole ? message.text : message.text.slice(0, message.bodyEnd)) ? 1 : -1;
}

export function searchBody(message: SipMessage, regex: RegExp): number {
  return message.bodyEnd > message.bodyStart && regex.test(message.body) ? 1 : -1;
}

/** Adds text behind the first match. */
export function searchAppend(
  self: TextOps,
  message: SipMessage,
  regex: RegExp,
  span: Span,
  text: string,
): number {
  const [match] = matchesIn(self, message, regex, span, false);
  if (match === undefined) return -1;
  message.edits.insert(match.end, text);
  return 1;
}

export function replaceMatches(
  self: TextOps,
  message: SipMessage,
  regex: RegExp,
  span: Span,
  replacement: { readonly text: string; readonly all: boolean },
): number {
  const found = matchesIn(self, message, regex, span, replacement.all);
  message.edits.replaceAll(found.map(({ start, end }) => ({ start, end, text: replacement.text })));
  return found.length > 0 ? 1 : -1;
}

/** Replaces a plain string; `mode` `f` means the first place only. True also when it is nowhere. */
export function replaceString(
  message: SipMessage,
  span: Span,
  wanted: string,
  replacement: string,
  mode: string,
): number {
  if (wanted === '') return -1;
  const found: Replacement[] = [];
  let at = message.text.indexOf(wanted, span.start);
  while (at >= 0 && at + wanted.length <= span.end) {
    found.push({ start: at, end: at + wanted.length, text: replacement });
    if (mode.startsWith('f')) break;
    at = message.text.indexOf(wanted, at + wanted.length);
  }
  message.edits.replaceAll(found);
  return 1;
}

/** The bodies of headers by name: all, the first or the last (`a`, `f`, `l`). */
export function headerBodies(message: SipMessage, name: string, which: string): Span[] {
  const headers = headersNamed(message, name);
  const chosen = which === 'f' ? headers.slice(0, 1) : which === 'l' ? headers.slice(-1) : headers;
  return chosen.map((i) => ({ start: message.headerValueStart(i), end: message.headerValueEnd(i) }));
}

export function searchHeader(message: SipMessage, name: string, regex: RegExp, which: string): number {
  const found = headerBodies(message, name, which).some(({ start, end }) =>
    regex.test(message.text.slice(start, end)),
  );
  return found ? 1 : -1;
}

/** Runs a substitution over a part of the message. */
export function substitute(
  self: TextOps,
  context: ScriptContext,
  substitution: Substitution,
  span: Span,
): number {
  const { message } = context;
  const found = substitution.run(message.text.slice(span.start, span.end), context);
  return edited(self, message, found, span.start);
}

export function substituteHeader(
  self: TextOps,
  context: ScriptContext,
  name: string,
  substitution: Substitution,
  which: string,
): number {
  const { message } = context;
  let result = -1;
  for (const { start, end } of headerBodies(message, name, which)) {
    const body = message.text.slice(start, end);
    const found = substitution.run(body, context);
    if (edited(self, message, found, start) > 0) result = 1;
  }
  return result;
}

function edited(
  self: TextOps,
  message: SipMessage,
  found: readonly Replacement[] | typeof emptyMatch,
  offset: number,
): number {
  if (found === emptyMatch) {
    self.host.log.error('a substitution matched an empty text');
    return -1;
  }
  message.edits.replaceAll(
    found.map(({ start, end, text }) => ({ start: offset + start, end: offset + end, text })),
  );
  return found.length > 0 ? 1 : -1;
}
