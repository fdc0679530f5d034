import type { HeaderValue } from '../../sip/headerValues.ts';
import type { SipMessage } from '../../sip/message.ts';
import { endOfListElement, equalsIgnoreCase } from '../../sip/scan.ts';
import { chosen, parseReference, type ValueReference } from './reference.ts';
import { commaParam, listValues, type ParamPlace, semicolonParam, wholeValues } from './values.ts';

/** How a header's values and parameters are told apart. */
interface ValueStyle {
  values(message: SipMessage, name: string): HeaderValue[];
  param(message: SipMessage, value: HeaderValue, name: string): ParamPlace | undefined;
  /** Before an added parameter. */
  readonly separator: string;
}

/** Comma-separated values with `;` parameters. */
export const listStyle: ValueStyle = { values: listValues, param: semicolonParam, separator: ';' };
/** One value in each header, with parameters between commas. */
export const wholeStyle: ValueStyle = { values: wholeValues, param: commaParam, separator: ',' };

function appendLine(message: SipMessage, name: string, value: string): number {
  message.appendHeader(`${name}: ${value}\r\n`);
  return 1;
}

/** Adds a value behind the chosen one; without an index, or where there is no such value, as a new last header. */
export function appendValue(message: SipMessage, place: string, value: string): number {
  const reference = parseReference(place);
  if (reference === undefined) return -1;
  const [target] =
    reference.index === undefined ? [] : chosen(listValues(message, reference.name), reference.index);
  if (target === undefined) return appendLine(message, reference.name, value);
  message.edits.insert(target.end, `,${value}`);
  return 1;
}

/** Adds a value before the chosen one; without an index as a header before the first one of that name. */
export function insertValue(message: SipMessage, place: string, value: string): number {
  const reference = parseReference(place);
  if (reference === undefined) return -1;
  if (reference.index === undefined) {
    const header = message.findName(reference.name);
    if (header < 0) return appendLine(message, reference.name, value);
    message.edits.insert(message.headerStart(header), `${reference.name}: ${value}\r\n`);
    return 1;
  }
  const [target] = chosen(listValues(message, reference.name), reference.index);
  if (target === undefined) return -1;
  message.edits.insert(target.start, `${value},`);
  return 1;
}

/** Takes values, or a parameter of them, away; -1 when nothing is there. */
export function removeValue(message: SipMessage, text: string, style: ValueStyle): number {
  const reference = parseReference(text);
  if (reference === undefined) return -1;
  const values = style.values(message, reference.name);
  const targets = chosen(values, reference.index);
  if (reference.param !== undefined) return removeParam(message, targets, reference.param, style);
  removeValues(message, values, targets);
  return targets.length > 0 ? 1 : -1;
}

function removeParam(
  message: SipMessage,
  targets: readonly HeaderValue[],
  name: string,
  style: ValueStyle,
): number {
  let result = -1;
  for (const target of targets) {
    const place = style.param(message, target, name);
    if (place === undefined) continue;
    message.edits.remove(place.start, place.end);
    result = 1;
  }
  return result;
}

/** Whole lines where all values of a line go. */
function removeValues(
  message: SipMessage,
  values: readonly HeaderValue[],
  targets: readonly HeaderValue[],
): void {
  const headers = new Set(targets.map((target) => target.header));
  for (const header of headers) {
    const ofLine = values.filter((value) => value.header === header);
    const gone = ofLine.filter((value) => targets.includes(value));
    if (gone.length === ofLine.length) message.removeHeader(header);
    else removeSome(message, ofLine, gone);
  }
}

/** Some but not all values of a line: each goes from comma to comma, with the blanks before it. */
function removeSome(message: SipMessage, ofLine: readonly HeaderValue[], gone: readonly HeaderValue[]): void {
  const lastKept = ofLine.findLastIndex((value) => !gone.includes(value));
  for (const value of gone) {
    const at = ofLine.indexOf(value);
    const previous = ofLine[at - 1];
    if (at > lastKept) message.edits.remove((previous as HeaderValue).end, value.end);
    else
      message.edits.remove(
        behindComma(message, previous) ?? value.start,
        behindComma(message, value) as number,
      );
  }
}

/** The offset behind the comma that follows a value. */
function behindComma(message: SipMessage, value: HeaderValue | undefined): number | undefined {
  return value === undefined ? undefined : message.text.indexOf(',', value.end) + 1;
}

/** Replaces values, or sets a parameter of them; -1 when there is no such value. */
export function assignValue(message: SipMessage, text: string, value: string, style: ValueStyle): number {
  const reference = parseReference(text);
  if (reference === undefined) return -1;
  const targets = chosen(style.values(message, reference.name), reference.index);
  for (const target of targets) assignOne(message, target, reference, value, style);
  return targets.length > 0 ? 1 : -1;
}

function assignOne(
  message: SipMessage,
  target: HeaderValue,
  reference: ValueReference,
  value: string,
  style: ValueStyle,
): void {
  if (reference.param === undefined) {
    message.edits.replace(target.start, target.end, value);
    return;
  }
  const equals = value === '' ? '' : `=${value}`;
  const place = style.param(message, target, reference.param);
  if (place === undefined) {
    message.edits.insert(target.end, `${style.separator}${reference.param}${equals}`);
    return;
  }
  message.edits.replace(place.nameEnd, valueEndOf(message, target, place), equals);
}

/** The offset behind the parameter's value, separators behind it aside. */
function valueEndOf(message: SipMessage, target: HeaderValue, place: ParamPlace): number {
  const behind = endOfListElement(message.text, place.nameEnd, target.end);
  return Math.min(place.end, behind);
}

// ---- sets of values, such as Supported

function equalTo(message: SipMessage, value: string): (position: HeaderValue) => boolean {
  return ({ start, end }) => equalsIgnoreCase(message.text.slice(start, end), value);
}

export function hasValue(message: SipMessage, name: string, value: string): boolean {
  return listValues(message, name).some(equalTo(message, value));
}

/** Adds a value that is not there yet, to the first header of the name. */
export function includeValue(message: SipMessage, name: string, value: string): number {
  if (hasValue(message, name, value)) return 1;
  const header = message.findName(name);
  if (header < 0) return appendLine(message, name, value);
  const isEmpty = message.headerValueStart(header) === message.headerValueEnd(header);
  message.edits.insert(message.headerValueEnd(header), isEmpty ? value : `,${value}`);
  return 1;
}

export function excludeValue(message: SipMessage, name: string, value: string): number {
  const values = listValues(message, name);
  removeValues(message, values, values.filter(equalTo(message, value)));
  return 1;
}
