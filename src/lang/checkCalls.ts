import { compileRegexArgument } from '../base/posixRegex.ts';
import type { CallExpression, Expression } from './ast.ts';
import type { ArgumentInfo, FunctionInfo, SignatureInfo, Value } from './catalogue.ts';
import type { CheckScope } from './checkScope.ts';
import { nullAt, readFormat, resolveVariable } from './checkVariables.ts';
import type { IrArgument, IrExpression } from './ir.ts';
import { integerOf } from './lexemes.ts';
import type { Span } from './source.ts';
import { suggest } from './suggest.ts';

/** Arguments of a call that could not be checked are left out; the code is not run then anyway. */
const noValue = (span: Span): IrArgument => ({ kind: 'value', value: nullAt(span), as: 'any' });

export function checkCall(scope: CheckScope, call: CallExpression): IrExpression {
  const info = scope.catalogue.findFunction(call.name);
  if (!info) {
    complainOfUnknown(scope, call);
    return nullAt(call.span);
  }
  if (info.routes) {
    const { routeKind: fromKind, routeName: fromName } = scope;
    scope.restrictedUses.push({ info, span: call.nameSpan, fromKind, fromName });
  }
  const signature = info.signatures.find((candidate) => fits(candidate, call.args.length));
  if (!signature) {
    complainOfCount(scope, call, info);
    return nullAt(call.span);
  }
  const args = call.args.map((arg, i) => checkArgument(scope, arg, signature.args[i]!, call.name));
  return { kind: 'call', name: call.name, id: signature.id, waits: signature.waits, args, span: call.span };
}

function complainOfUnknown(scope: CheckScope, call: CallExpression): void {
  const { catalogue, diagnostics } = scope;
  const owner = catalogue.moduleOfFunction(call.name);
  if (owner !== undefined && !catalogue.isLoaded(owner)) {
    diagnostics.error('OL0302', call.nameSpan, `function '${call.name}' belongs to module '${owner}'`, {
      expected: `loadmodule "${owner}.so"`,
    });
    return;
  }
  if (scope.explainByAbsence(`${call.name}()`, call.nameSpan)) return;
  diagnostics.error('OL0601', call.nameSpan, `unknown function '${call.name}'`, {
    suggestion: suggest(call.name, catalogue.functionNames()),
  });
}

function fits(signature: SignatureInfo, count: number): boolean {
  const required = signature.args.filter((arg) => !arg.optional).length;
  return count >= required && count <= signature.args.length;
}

function complainOfCount(scope: CheckScope, call: CallExpression, info: FunctionInfo): void {
  const forms = info.signatures.map(
    (signature) => `${call.name}(${signature.args.map(describe).join(', ')})`,
  );
  const count = call.args.length === 1 ? '1 argument' : `${call.args.length} arguments`;
  scope.diagnostics.error('OL0602', call.span, `'${call.name}' does not take ${count}`, {
    expected: forms.join(' or '),
  });
}

function describe(arg: ArgumentInfo): string {
  return arg.optional ? `[${arg.name}]` : arg.name;
}

/** One argument, by the kind that the function declares. */
function checkArgument(scope: CheckScope, arg: Expression, info: ArgumentInfo, name: string): IrArgument {
  switch (info.kind) {
    case 'variable':
      return variableArgument(scope, arg, info, name);
    case 'constant':
      return constantArgument(scope, arg, info, name);
    case 'flags':
      return flagsArgument(scope, arg, info);
    case 'regex':
      return regexArgument(scope, arg, info);
    case 'route':
      return routeArgument(scope, arg, info);
    default:
      return plainArgument(scope, arg, info, name);
  }
}

function refuse(
  scope: CheckScope,
  arg: Expression,
  info: ArgumentInfo,
  name: string,
  expected: string,
): IrArgument {
  scope.diagnostics.error('OL0603', arg.span, `argument '${info.name}' of '${name}' is wrong`, { expected });
  return noValue(arg.span);
}

function constant(scope: CheckScope, value: Value, info: ArgumentInfo, span: Span): IrArgument {
  const problem = info.check?.(value);
  if (problem !== undefined) scope.diagnostics.error('OL0603', span, `argument '${info.name}': ${problem}`);
  return { kind: 'value', value: { kind: 'constant', value, span }, as: 'any' };
}

function variableArgument(scope: CheckScope, arg: Expression, info: ArgumentInfo, name: string): IrArgument {
  const text = arg.kind === 'variable' ? arg.text : arg.kind === 'string' ? arg.value : '';
  if (!text.startsWith('$')) return refuse(scope, arg, info, name, 'a variable, e.g. $var(x)');
  const found = resolveVariable(scope, text, arg.span);
  return found ? { kind: 'variable', id: found.id } : noValue(arg.span);
}

/** The text of an argument that is known at load, variables untouched; undefined for other expressions. */
function literalText(arg: Expression): string | undefined {
  switch (arg.kind) {
    case 'string':
      return arg.value;
    case 'number':
      return String(arg.value);
    case 'variable':
    case 'socket':
      return arg.text;
    case 'word':
      return arg.name;
    case 'address':
      return arg.mask === undefined ? arg.address : `${arg.address}/${arg.mask}`;
    default:
      return undefined;
  }
}

function constantArgument(scope: CheckScope, arg: Expression, info: ArgumentInfo, name: string): IrArgument {
  const text = literalText(foldStrings(arg));
  if (text === undefined) return refuse(scope, arg, info, name, 'a constant');
  return constant(scope, text, info, arg.span);
}

function flagsArgument(scope: CheckScope, arg: Expression, info: ArgumentInfo): IrArgument {
  if (arg.kind === 'number') return constant(scope, arg.value, info, arg.span);
  if (arg.kind === 'word') return flagName(scope, arg.name, info, arg.span);
  if (arg.kind === 'string' && !arg.value.includes('$')) return constant(scope, arg.value, info, arg.span);
  if (arg.kind === 'string') return formatArgument(scope, arg.value, arg.span, 'string');
  return { kind: 'value', value: scope.check(arg), as: 'any' };
}

/** A flag declared by `flags`; any other word is handed over as a string. */
function flagName(scope: CheckScope, name: string, info: ArgumentInfo, span: Span): IrArgument {
  const position = scope.flags.get(name);
  if (position !== undefined) return constant(scope, position, info, span);
  const problem = info.check?.(name);
  if (problem !== undefined) {
    scope.diagnostics.error('OL0614', span, `flag '${name}' is not declared`, {
      expected: problem,
      suggestion: suggest(name, [...scope.flags.keys(), ...scope.defines.names()]),
    });
  }
  return { kind: 'value', value: { kind: 'constant', value: name, span }, as: 'any' };
}

function regexArgument(scope: CheckScope, arg: Expression, info: ArgumentInfo): IrArgument {
  const folded = foldStrings(arg);
  if (folded.kind !== 'string') {
    return { kind: 'regex', pattern: { kind: 'value', value: scope.check(arg), as: 'string' } };
  }
  const pattern = patternParts(scope, folded.value, arg.span);
  if (typeof pattern !== 'string') return { kind: 'regex', pattern };
  const compiled = compileRegexArgument(pattern);
  if ('error' in compiled) {
    scope.diagnostics.error(
      'OL0609',
      arg.span,
      `argument '${info.name}': bad regular expression: ${compiled.error}`,
    );
  }
  return { kind: 'regex', pattern };
}

/** A `$` in a pattern is mostly an anchor: only where a variable can be read it is one. */
function patternParts(scope: CheckScope, text: string, span: Span): IrArgument | string {
  if (!/\$[\w(]/.test(text)) return text;
  return formatArgument(scope, text, span, 'string');
}

function routeArgument(scope: CheckScope, arg: Expression, info: ArgumentInfo): IrArgument {
  const text = arg.kind === 'variable' ? undefined : literalText(foldStrings(arg));
  if (text === undefined || text.includes('$')) {
    if (arg.kind === 'string') return formatArgument(scope, arg.value, arg.span, 'string');
    return { kind: 'value', value: scope.check(arg), as: 'string' };
  }
  const kind = info.routeKind;
  const unset = text === '' || text === '0';
  if (kind !== undefined && !unset && !scope.hasRoute(kind, text)) {
    scope.diagnostics.error('OL0502', arg.span, `${kind}_route '${text}' is not defined`, {
      suggestion: suggest(text, scope.routeNames(kind)),
    });
  }
  return constant(scope, text, info, arg.span);
}

function plainArgument(scope: CheckScope, arg: Expression, info: ArgumentInfo, name: string): IrArgument {
  const conversion = info.kind === 'int' ? 'int' : info.kind === 'any' ? 'any' : 'string';
  const folded = foldStrings(arg);
  switch (folded.kind) {
    case 'string':
      return stringArgument(scope, folded.value, arg, info, name);
    case 'number':
      return constant(scope, conversion === 'string' ? String(folded.value) : folded.value, info, arg.span);
    case 'word': {
      const flag = conversion === 'int' ? scope.flags.get(folded.name) : undefined;
      if (flag !== undefined) return constant(scope, flag, info, arg.span);
      if (conversion === 'int') return refuse(scope, arg, info, name, 'a number');
      return constant(scope, folded.name, info, arg.span);
    }
    case 'address':
    case 'socket':
      return constant(scope, literalText(folded)!, info, arg.span);
    default:
      return { kind: 'value', value: scope.check(arg), as: conversion };
  }
}

function stringArgument(
  scope: CheckScope,
  text: string,
  arg: Expression,
  info: ArgumentInfo,
  name: string,
): IrArgument {
  if (text.includes('$')) {
    const format = formatArgument(scope, text, arg.span, info.kind === 'int' ? 'int' : 'string');
    return info.kind === 'any' ? loneValue(format) : format;
  }
  if (info.kind !== 'int') return constant(scope, text, info, arg.span);
  const digits = text.trim().replace(/^[+-]/, '');
  const number = /^\d+$/.test(digits) ? Number(digits) : integerOf(digits);
  if (number === undefined) return refuse(scope, arg, info, name, 'a number');
  return constant(scope, text.trim().startsWith('-') ? -number : number, info, arg.span);
}

/** A string that is nothing but a variable hands its value over: `$null` must not become a text. */
function loneValue(argument: IrArgument): IrArgument {
  if (argument.kind !== 'format' || argument.parts.length !== 1) return argument;
  const part = argument.parts[0];
  return typeof part === 'object' ? { kind: 'value', value: part, as: 'any' } : argument;
}

function formatArgument(scope: CheckScope, text: string, span: Span, as: 'int' | 'string'): IrArgument {
  const parts = readFormat(scope, text, span);
  if (!parts) return noValue(span);
  if (parts.length > 1 || typeof parts[0] === 'object') return { kind: 'format', parts, as };
  const value = parts[0] ?? '';
  return { kind: 'value', value: { kind: 'constant', value, span }, as };
}

/** `"a" + "b"` of nothing but constants is one string, and so is looked at for variables as a whole. */
function foldStrings(arg: Expression): Expression {
  if (arg.kind !== 'binary' || arg.operator !== '+') return arg;
  const left = foldStrings(arg.left);
  const right = foldStrings(arg.right);
  const constants = (right.kind === 'string' || right.kind === 'number') && left.kind === 'string';
  return constants ? { kind: 'string', value: left.value + String(right.value), span: arg.span } : arg;
}
