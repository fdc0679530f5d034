import { unescapeText } from '../../sip/escape.ts';
import { HeaderKind } from '../../sip/headerKind.ts';
import { nameAddrsOf } from '../../sip/headerValues.ts';
import type { SipMessage } from '../../sip/message.ts';
import { parseNameAddrList } from '../../sip/nameAddr.ts';
import { type Refusal, refusals } from './errors.ts';

/** Longest Path vector, what the column holds. */
const maxPathLength = 512;

/** The Path of a REGISTER (RFC 3327). */
export interface PathVector {
  /** All values as received, lines joined by commas. */
  readonly text: string;
  /** `received` of the first URI, unescaped; '' for none. */
  readonly received: string;
  /** Does the proxy next to the client support flows: `;ob` in the last URI (RFC 5626 §5.1)? */
  readonly lastHopHasOb: boolean;
}

/** undefined when there is no Path. */
export function pathOf(message: SipMessage): PathVector | Refusal | undefined {
  let text = '';
  for (let i = message.find(HeaderKind.path); i >= 0; i = message.find(HeaderKind.path, i + 1))
    text += text === '' ? message.headerValue(i) : `,${message.headerValue(i)}`;
  if (text === '') return undefined;
  const hops = nameAddrsOf(message, HeaderKind.path);
  const first = hops?.[0]?.parsedUri;
  const last = hops?.[hops.length - 1]?.parsedUri;
  // a strict router cannot be reached by a preloaded Route
  if (first === undefined || last === undefined || !first.params.has('lr')) return refusals.pathSyntax;
  if (text.length > maxPathLength) return refusals.pathSyntax;
  const received = unescapeText(first.params.get('received') ?? '') ?? '';
  return { text, received, lastHopHasOb: last.params.has('ob') };
}

/** The hops of a stored path: each URI, and the rest of the path from there on. */
export interface PathHop {
  readonly uri: string;
  readonly fromHere: string;
}

export function hopsOf(path: string): PathHop[] {
  return (parseNameAddrList(path, 0, path.length) ?? []).map((hop) => ({
    uri: hop.uri,
    fromHere: path.slice(hop.start),
  }));
}
