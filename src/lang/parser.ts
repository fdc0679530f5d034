import type { Config, TopLevel } from './ast.ts';
import type { DiagnosticList } from './diagnostics.ts';
import { parseAlias, parseFlags, parseGlobal, parseListen } from './parseGlobals.ts';
import { parseLoadModule, parseLoadPath, parseModParam } from './parseModules.ts';
import { isRouteWord, parseRoute } from './parseRoutes.ts';
import type { Token } from './token.ts';
import { SyntaxFailure, TokenReader } from './tokenReader.ts';

/** Reads a whole config. Mistakes are told, and parsing goes on behind them. */
export function parseConfig(tokens: readonly Token[], diagnostics: DiagnosticList): Config {
  const reader = new TokenReader(tokens, diagnostics);
  const items: TopLevel[] = [];
  while (!reader.atEnd && !diagnostics.full) {
    const before = reader.position;
    try {
      items.push(...parseTopLevel(reader));
    } catch (failure) {
      if (!(failure instanceof SyntaxFailure)) throw failure;
      reader.skipTopLevel();
    }
    if (reader.position === before) reader.next();
  }
  return { items };
}

function parseTopLevel(reader: TokenReader): readonly TopLevel[] {
  if (reader.takeSymbol(';')) return [];
  const token = reader.peek();
  if (reader.isSymbol('}')) return strayBrace(reader);
  if (token.kind !== 'word') reader.failExpecting('a global parameter, a module or a route');
  switch (token.text) {
    case 'loadmodule':
    case 'loadmodulex':
      return [parseLoadModule(reader)];
    case 'modparam':
    case 'modparamx':
      return [parseModParam(reader)];
    case 'loadpath':
    case 'mpath':
      return [parseLoadPath(reader)];
    case 'listen':
    case 'socket':
      return parseListen(reader);
    case 'alias':
    case 'domain':
      return [parseAlias(reader)];
    case 'flags':
    case 'avpflags':
      return [parseFlags(reader)];
    default:
      return isRouteWord(token.text) ? [parseRoute(reader)] : [parseParameter(reader)];
  }
}

function parseParameter(reader: TokenReader): TopLevel {
  const word = reader.peek();
  if (reader.isSymbol('(', 1) || word.text === 'if') {
    reader.diagnostics.error('OL0203', word.span, `'${word.text}' stands outside of every route`, {
      expected: 'a global parameter, a module or a route',
    });
    throw new SyntaxFailure();
  }
  return parseGlobal(reader);
}

function strayBrace(reader: TokenReader): readonly TopLevel[] {
  reader.diagnostics.error('OL0201', reader.peek().span, "'}' closes nothing");
  reader.next();
  return [];
}
