import { isProblem, type Problem, type PvInfo, type PvSyntax, type VariableRef } from './catalogue.ts';
import type { CheckScope } from './checkScope.ts';
import { coreKeywords } from './coreKeywords.ts';
import type { IrExpression, IrFormatPart, IrGet } from './ir.ts';
import { parseFormat, parsePv } from './pvSyntax.ts';
import type { Span } from './source.ts';

export function nullAt(span: Span): IrExpression {
  return { kind: 'constant', value: null, span };
}

/** Resolves a variable as written; complaints are made here. */
export function resolveVariable(scope: CheckScope, text: string, span: Span): PvInfo | undefined {
  const syntax = parsePv(text);
  if ('message' in syntax) {
    scope.diagnostics.error('OL0605', span, syntax.message);
    return undefined;
  }
  return accept(scope, scope.catalogue.resolvePv(syntax, scope.site(span)), `$${syntax.name}`, span);
}

function accept(scope: CheckScope, found: PvInfo | Problem, name: string, span: Span): PvInfo | undefined {
  if (!isProblem(found)) return found;
  if (found.unknown && scope.explainByAbsence(name, span)) return undefined;
  const { message, suggestion } = found;
  const load = suggestion?.startsWith('loadmodule') ?? false;
  scope.diagnostics.error('OL0605', span, message, load ? { expected: suggestion } : { suggestion });
  return undefined;
}

export function readVariable(scope: CheckScope, text: string, span: Span): IrExpression {
  if (text === '$null') return nullAt(span);
  const info = resolveVariable(scope, text, span);
  return info ? readInfo(info, span) : nullAt(span);
}

function readInfo(info: PvInfo, span: Span): IrExpression {
  if (info.constant !== undefined) return { kind: 'constant', value: info.constant, span };
  return getOf(info, span);
}

function getOf(info: PvInfo, span: Span): IrGet {
  // even a variable of a known type can be null: of an absent header, of a missing part
  return { kind: 'get', id: info.id, type: 'any', span };
}

export function readSelect(scope: CheckScope, path: string, span: Span): IrExpression {
  const info = accept(scope, scope.catalogue.resolveSelect(path, scope.site(span)), `@${path}`, span);
  return info ? readInfo(info, span) : nullAt(span);
}

/** A core keyword like `method`; undefined when the word is none. */
export function readKeyword(scope: CheckScope, name: string, span: Span): IrExpression | undefined {
  const keyword = coreKeywords.get(name);
  if (!keyword) return undefined;
  const found = scope.catalogue.resolveKeyword?.(name, scope.site(span));
  if (found === undefined) return readVariable(scope, keyword.pv, span);
  const info = accept(scope, found, name, span);
  return info ? readInfo(info, span) : nullAt(span);
}

/** A string with variables in it, as functions take it; undefined after a complaint. */
export function readFormat(scope: CheckScope, text: string, span: Span): readonly IrFormatPart[] | undefined {
  const parts = parseFormat(text);
  if ('message' in parts) {
    scope.diagnostics.error('OL0605', span, parts.message);
    return undefined;
  }
  const read = parts.map((part) => (typeof part === 'string' ? part : readPart(scope, part, span)));
  return mergeLiterals(read.filter((part) => part !== undefined));
}

function readPart(scope: CheckScope, syntax: PvSyntax, span: Span): IrFormatPart | undefined {
  const info = accept(scope, scope.catalogue.resolvePv(syntax, scope.site(span)), `$${syntax.name}`, span);
  if (!info) return undefined;
  if (info.constant === undefined) return getOf(info, span);
  return info.constant === null ? '<null>' : String(info.constant);
}

function mergeLiterals(parts: readonly IrFormatPart[]): IrFormatPart[] {
  const merged: IrFormatPart[] = [];
  for (const part of parts) {
    const last = merged.at(-1);
    if (typeof part === 'string' && typeof last === 'string') merged[merged.length - 1] = last + part;
    else merged.push(part);
  }
  return merged;
}

/** A variable by reference, written plainly or as a string that is nothing but the variable. */
export function referTo(scope: CheckScope, text: string, span: Span): VariableRef['text'] | undefined {
  return resolveVariable(scope, text, span)?.id;
}
