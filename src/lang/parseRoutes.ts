import type { RouteBlock } from './ast.ts';
import type { RouteKind } from './catalogue.ts';
import { parseBlock } from './parseStatements.ts';
import type { Span } from './source.ts';
import type { TokenReader } from './tokenReader.ts';

const routeKinds: ReadonlyMap<string, RouteKind> = new Map([
  ['request_route', 'request'],
  ['route', 'route'],
  ['branch_route', 'branch'],
  ['failure_route', 'failure'],
  ['onreply_route', 'onreply'],
  ['reply_route', 'reply'],
  ['onsend_route', 'onsend'],
  ['event_route', 'event'],
]);

const BRANCH_FAILURE = 'tm:branch-failure:';

export function isRouteWord(word: string): boolean {
  return routeKinds.has(word);
}

/** `word [name] { ... }`; without a name, or with `0`, `route` is the main one, `onreply_route` the core's. */
export function parseRoute(reader: TokenReader): RouteBlock {
  const word = reader.next();
  const written = routeKinds.get(word.text)!;
  const { name, span } = parseRouteName(reader, word.span);
  const { routeKind, routeName } = classify(written, name);
  if (routeKind === 'event' && name === '') {
    reader.diagnostics.error('OL0201', span, 'event_route needs a name', {
      expected: 'event_route[group:event]',
    });
  }
  const body = parseBlock(reader, `${word.text}${name === '' ? '' : `[${name}]`}`);
  return {
    kind: 'route',
    routeKind,
    name: routeName,
    nameSpan: span,
    body,
    span: reader.spanFrom(word.span),
  };
}

function classify(kind: RouteKind, name: string): { routeKind: RouteKind; routeName: string } {
  const main = name === '' || name === '0';
  if (kind === 'route' && main) return { routeKind: 'request', routeName: '' };
  if (kind === 'onreply' && main) return { routeKind: 'reply', routeName: '' };
  if (kind === 'event' && name.startsWith(BRANCH_FAILURE)) {
    return { routeKind: 'branch_failure', routeName: name.slice(BRANCH_FAILURE.length) };
  }
  if (kind === 'branch' || kind === 'failure') return { routeKind: kind, routeName: main ? '0' : name };
  return { routeKind: kind, routeName: main ? '' : name };
}

function parseRouteName(reader: TokenReader, word: Span): { name: string; span: Span } {
  if (!reader.takeSymbol('[')) return { name: '', span: word };
  const start = reader.peek();
  let name = '';
  while (!reader.isSymbol(']')) {
    if (reader.atEnd || reader.isSymbol('{') || reader.isSymbol('}'))
      reader.failExpecting("']' after the route's name");
    name += reader.next().text;
  }
  const span = name === '' ? word : reader.spanFrom(start.span);
  reader.next();
  return { name, span };
}
