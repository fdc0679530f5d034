import type { Value } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { SelectDeclaration, SelectStep } from '../../module/define.ts';
import type { SipMessage } from '../../sip/message.ts';
import { type NameAddr, parseNameAddr } from '../../sip/nameAddr.ts';
import { equalsIgnoreCase } from '../../sip/scan.ts';
import { splitUri, type UriParts } from '../../sip/uriParts.ts';
import type { TextOpsX } from './textopsx.ts';
import { commaParam, listValues, wholeValues } from './values.ts';

/** `@hf_value.name[i].part` and `@hf_value_exists`: single values of any header, across lines and comma lists. */

type Getter = (context: ScriptContext) => Value;

function valuesOf(message: SipMessage, name: string): string[] {
  return listValues(message, name).map(({ start, end }) => message.text.slice(start, end));
}

/** The first one is 1, -1 is the last; undefined takes all. */
function chosen(values: readonly string[], index: number | undefined): readonly string[] {
  if (index === undefined) return values;
  const value = index === 0 ? undefined : values.at(index > 0 ? index - 1 : index);
  return value === undefined ? [] : [value];
}

function unquoted(text: string): string {
  return text.length >= 2 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
}

const address = (value: string): NameAddr | undefined => parseNameAddr(value, 0, value.length);

const uriFields: Readonly<Record<string, (uri: UriParts) => string>> = {
  user: (uri) => uri.user,
  pwd: (uri) => uri.password,
  host: (uri) => uri.host,
  port: (uri) => uri.portText,
  hostport: (uri) => `${uri.host}:${uri.portText || '5060'}`,
  params: (uri) => uri.params,
  type: (uri) => uri.scheme,
};

type Part = (value: string) => string | undefined;

/** What to take of one value; undefined when there is no such part. */
function partOf(rest: readonly SelectStep[]): Part | undefined {
  const [step, ...more] = rest;
  if (step === undefined) return (value) => value;
  switch (step.name) {
    case 'nameaddr':
      return more.length === 0 ? undefined : partOf(more);
    case 'name':
      return (value) => unquoted(address(value)?.displayName ?? '');
    case 'uri':
      return uriPart(more);
    case 'p':
    case 'param':
    case 'params':
      return parameterPart(step.index === undefined ? more[0]?.name : String(step.index));
    default:
      return more.length === 0 ? parameterPart(step.name) : undefined;
  }
}

function uriPart(rest: readonly SelectStep[]): Part | undefined {
  const [field] = rest;
  if (field === undefined) return (value) => address(value)?.uri;
  const read = Object.hasOwn(uriFields, field.name) ? uriFields[field.name] : undefined;
  if (read === undefined) return undefined;
  return (value) => {
    const uri = splitUri(address(value)?.uri ?? '');
    return uri === undefined ? undefined : read(uri);
  };
}

function parameterPart(name: string | undefined): Part | undefined {
  if (name === undefined) return undefined;
  return (value) => {
    const params = address(value)?.params;
    const parameter = params?.get(name) ?? params?.get(dashed(name));
    return parameter === undefined ? undefined : unquoted(parameter);
  };
}

/** Names in selects may write `_` for `-`. */
function dashed(name: string): string {
  return name.replaceAll('_', '-');
}

/** The header's name: `hf_value.x_a` or `hf_value["X-A"]`, its index, and what follows. */
function split(
  first: SelectStep,
  rest: readonly SelectStep[],
): { name: string; index: number | undefined; rest: readonly SelectStep[] } | undefined {
  if (typeof first.index === 'string') return { name: dashed(first.index), index: undefined, rest };
  const [header, ...more] = rest;
  if (header === undefined) return undefined;
  const index = header.index === '*' ? undefined : header.index;
  return typeof index === 'string' ? undefined : { name: dashed(header.name), index, rest: more };
}

function bindValue(_self: TextOpsX, first: SelectStep, steps: readonly SelectStep[]): Getter | undefined {
  const parts = split(first, steps);
  const part = parts === undefined ? undefined : partOf(parts.rest);
  if (parts === undefined || part === undefined) return undefined;
  const { name, index } = parts;
  return ({ message }) => {
    const found = chosen(valuesOf(message, name), index).map(part);
    return found.length === 0 || found.includes(undefined) ? null : found.join(',');
  };
}

function bindExists(_self: TextOpsX, first: SelectStep, steps: readonly SelectStep[]): Getter | undefined {
  const parts = split(first, steps);
  const [wanted] = parts?.rest ?? [];
  if (parts === undefined || wanted === undefined) return undefined;
  const { name } = parts;
  return ({ message }) =>
    valuesOf(message, name).some((value) => equalsIgnoreCase(value, wanted.name)) ? '1' : '0';
}

/** One header, commas and all, or a parameter of it between commas. */
function bindWholeValue(
  _self: TextOpsX,
  first: SelectStep,
  steps: readonly SelectStep[],
): Getter | undefined {
  const parts = split(first, steps);
  if (parts === undefined || parts.rest.length > 1) return undefined;
  const { name, index = 1, rest } = parts;
  const param = rest[0]?.name;
  return ({ message }) => {
    const values = wholeValues(message, name);
    const value = index === 0 ? undefined : values.at(index > 0 ? index - 1 : index);
    if (value === undefined) return null;
    if (param === undefined) return message.text.slice(value.start, value.end);
    const place = commaParam(message, value, param) ?? commaParam(message, value, dashed(param));
    return place === undefined ? null : parameterValue(message.text, place);
  };
}

function parameterValue(text: string, { nameEnd, end }: { nameEnd: number; end: number }): string {
  const value = text.slice(nameEnd, end).replace(/^\s*=\s*|[\s,]+$/g, '');
  return unquoted(value);
}

export const selects: Readonly<Record<string, SelectDeclaration<TextOpsX>>> = {
  hf_value: {
    doc: 'Values of a header: @hf_value.name, @hf_value.name[1].uri.user, @hf_value.name[-1].param["x"]',
    bind: bindValue,
  },
  hf_value2: {
    doc: 'A header whose commas separate parameters: @hf_value2.authorization, @hf_value2.authorization.realm',
    bind: bindWholeValue,
  },
  hf_value_exists: {
    doc: '1 when a header has this value, else 0: @hf_value_exists.name.value',
    bind: bindExists,
  },
};
