import { HeaderKind } from '../../sip/headerKind.ts';
import { type HeaderValue, valuesOf } from '../../sip/headerValues.ts';
import type { SipMessage } from '../../sip/message.ts';
import { type NameAddr, parseNameAddr } from '../../sip/nameAddr.ts';

/** A Route value; undefined when it is malformed. Brackets are required (RFC 3261 §25.1 route-param). */
export function routeAt(message: SipMessage, value: HeaderValue): NameAddr | undefined {
  const nameAddr = parseNameAddr(message.text, value.start, value.end);
  return nameAddr !== undefined && message.text[nameAddr.uriStart - 1] === '<' ? nameAddr : undefined;
}

/** The topmost Route; undefined when there is none or a value of its line is malformed. */
export function firstRoute(message: SipMessage): NameAddr | undefined {
  const routes = routesOf(message);
  return routes === undefined || routes.length === 0 ? undefined : routes[0];
}

/** All Route values; undefined when one of the first line is malformed, cut before a malformed one of a later line. */
export function routesOf(message: SipMessage): NameAddr[] | undefined {
  const routes: NameAddr[] = [];
  const values = valuesOf(message, HeaderKind.route);
  for (const value of values) {
    const route = routeAt(message, value);
    if (route === undefined) return value.header === values[0]?.header ? undefined : routes;
    routes.push(route);
  }
  return routes;
}

/** Takes the first `count` Route values out, whole lines where nothing is left of them. */
export function removeFirstRoutes(message: SipMessage, count: number): void {
  if (count === 0) return;
  const values = valuesOf(message, HeaderKind.route);
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
export function removeLastRoute(message: SipMessage): void {
  const values = valuesOf(message, HeaderKind.route);
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
