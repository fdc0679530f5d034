import { HeaderKind } from '../../sip/headerKind.ts';
import { type HeaderValue, valuesOf } from '../../sip/headerValues.ts';
import type { SipMessage } from '../../sip/message.ts';
import { parseNameAddr } from '../../sip/nameAddr.ts';

export function routeValues(message: SipMessage): readonly HeaderValue[] {
  return valuesOf(message, HeaderKind.route);
}

/** URI of a Route value, as written; undefined when it is malformed. Brackets are required (RFC 3261 §25.1). */
export function routeUri(message: SipMessage, value: HeaderValue | undefined): string | undefined {
  if (value === undefined) return undefined;
  const route = parseNameAddr(message.text, value.start, value.end);
  return route?.isBracketed === true ? route.uri : undefined;
}

/** URI of the topmost Route; undefined when there is none or it is malformed. */
export function topmostRouteUri(message: SipMessage): string | undefined {
  return message.has(HeaderKind.route) ? routeUri(message, routeValues(message)[0]) : undefined;
}

/** Takes the first `count` Route values out, whole lines where nothing is left of them. */
export function removeFirstRoutes(message: SipMessage, values: readonly HeaderValue[], count: number): void {
  let at = 0;
  while (at < count && at < values.length) {
    const first = values[at] as HeaderValue;
    let next = at;
    while (next < count && values[next]?.header === first.header) next++;
    const kept = values[next];
    if (kept?.header === first.header) message.edits.remove(first.start, kept.start);
    else message.edits.remove(message.headerStart(first.header), message.headerEnd(first.header));
    at = next;
  }
}

/** Takes the last Route value out. */
export function removeLastRoute(message: SipMessage, values: readonly HeaderValue[]): void {
  const last = values[values.length - 1];
  if (last === undefined) return;
  const previous = values[values.length - 2];
  if (previous?.header === last.header) message.edits.remove(previous.end, last.end);
  else message.edits.remove(message.headerStart(last.header), message.headerEnd(last.header));
}

/** Adds a Route line behind all headers, and so behind the last Route. */
export function appendRoute(message: SipMessage, uri: string): void {
  message.appendHeader(`Route: <${uri}>\r\n`);
}
