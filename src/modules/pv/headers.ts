import type { Value } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { PvBinding, PvReference } from '../../module/define.ts';
import { HeaderKind, headerKindOf } from '../../sip/headerKind.ts';
import { valuesOf } from '../../sip/headerValues.ts';
import type { SipMessage } from '../../sip/message.ts';
import { equalsIgnoreCase } from '../../sip/scan.ts';
import type { PvState } from './state.ts';
import type { Pvs } from './values.ts';

/** `$hdr`, `$hfl` (single values of comma lists) and their counts. Read as received: edits do not show. */

/** Finds header lines of one name; the name is looked up once, at load, where it is constant. */
class NameMatch {
  readonly #name: string;
  readonly #kind: HeaderKind;
  readonly #any: boolean;

  constructor(name: string) {
    this.#name = name;
    this.#kind = headerKindOf(name);
    this.#any = name === '*';
  }

  get kind(): HeaderKind {
    return this.#kind;
  }

  /** Position of the next line at or after `from`, or -1. */
  next(message: SipMessage, from: number): number {
    if (this.#any) return from < message.headerCount ? from : -1;
    if (this.#kind !== HeaderKind.other) return message.find(this.#kind, from);
    for (let i = from; i < message.headerCount; i++) {
      if (message.headerKind(i) === HeaderKind.other && equalsIgnoreCase(message.headerName(i), this.#name))
        return i;
    }
    return -1;
  }

  count(message: SipMessage): number {
    let count = 0;
    for (let i = this.next(message, 0); i >= 0; i = this.next(message, i + 1)) count++;
    return count;
  }

  nth(message: SipMessage, index: number): number {
    let left = index < 0 ? this.count(message) + index : index;
    if (left < 0) return -1;
    let i = this.next(message, 0);
    while (i >= 0 && left > 0) {
      i = this.next(message, i + 1);
      left--;
    }
    return i;
  }

  all(message: SipMessage): string[] {
    const values: string[] = [];
    for (let i = this.next(message, 0); i >= 0; i = this.next(message, i + 1))
      values.push(message.headerValue(i));
    return values;
  }
}

type MatchOf = (context: ScriptContext) => NameMatch;

function matcher(pv: PvReference): MatchOf {
  if (pv.inner === undefined) return (context) => new NameMatch(pv.innerOf(context).trim());
  const match = new NameMatch(pv.inner.trim());
  return () => match;
}

function lineValue(match: NameMatch, message: SipMessage, index: number | '*' | undefined): Value {
  if (index === '*') {
    const values = match.all(message);
    return values.length === 0 ? null : values.join(',');
  }
  const i = match.nth(message, index ?? 0);
  return i < 0 ? null : message.headerValue(i);
}

/** Headers whose lines may hold several values (RFC 3261 §7.3.1). */
const listKinds: ReadonlySet<HeaderKind> = new Set([
  HeaderKind.contact,
  HeaderKind.recordRoute,
  HeaderKind.route,
  HeaderKind.via,
  HeaderKind.diversion,
  HeaderKind.pAssertedIdentity,
  HeaderKind.pPreferredIdentity,
]);

function listValue(match: NameMatch, message: SipMessage, index: number | '*' | undefined): Value {
  if (!listKinds.has(match.kind) || index === '*') return lineValue(match, message, index);
  const values = valuesOf(message, match.kind);
  const at = index ?? 0;
  const value = values[at < 0 ? values.length + at : at];
  return value === undefined ? null : message.text.slice(value.start, value.end);
}

type Read = (match: NameMatch, message: SipMessage, index: number | '*' | undefined) => Value;

function bind(read: Read) {
  return (_self: PvState, pv: PvReference): PvBinding => {
    const matchOf = matcher(pv);
    return { get: (context) => read(matchOf(context), context.message, pv.indexOf(context)) };
  };
}

function bindCount(count: (match: NameMatch, message: SipMessage) => number) {
  return (_self: PvState, pv: PvReference): PvBinding => {
    const matchOf = matcher(pv);
    return { get: (context) => count(matchOf(context), context.message), type: 'int' };
  };
}

export const headerPvs: Pvs = {
  hdr: {
    doc: 'value of a header line: $hdr(name), $(hdr(name)[index]), $(hdr(name)[*]); * is any name',
    inner: 'required',
    index: true,
    bind: bind(lineValue),
  },
  hfl: {
    doc: 'one value of a header that may hold several, across its lines',
    inner: 'required',
    index: true,
    bind: bind(listValue),
  },
  hdrc: {
    doc: 'number of header lines of a name',
    inner: 'required',
    bind: bindCount((match, message) => match.count(message)),
  },
  hflc: {
    doc: 'number of values of a header that may hold several',
    inner: 'required',
    bind: bindCount((match, message) =>
      listKinds.has(match.kind) ? valuesOf(message, match.kind).length : match.count(message),
    ),
  },
};
