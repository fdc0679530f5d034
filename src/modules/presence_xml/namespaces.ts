import type { Document, Element, Node } from '@xmldom/xmldom';
import { childrenOf, isElement } from './xml.ts';
import { attributesOf } from './xmlWriter.ts';

const xmlnsUri = 'http://www.w3.org/2000/xmlns/';

/** A deep copy for another document, on whose top all namespaces are declared that it needs. */
export function portableCopy(node: Node, into: Document): Node {
  const copy = into.importNode(node, true);
  if (isElement(node) && isElement(copy)) declareAll(node, copy);
  return copy;
}

/** The element alone: attributes and its own namespace. */
export function portableShell(element: Element, into: Document): Element {
  const copy = into.importNode(element, false);
  declare(copy, element.prefix, element.namespaceURI);
  return copy;
}

/** Its own namespace first, then others in the order in which they are met. */
function declareAll(source: Element, copy: Element): void {
  const declared = new Set<string>(
    attributesOf(copy)
      .filter(({ name }) => name === 'xmlns' || name.startsWith('xmlns:'))
      .map(({ name }) => name),
  );
  const walk = (element: Element, known: ReadonlySet<string>): void => {
    const inside = new Set(known);
    for (const { name } of attributesOf(element)) if (name.startsWith('xmlns')) inside.add(name);
    need(element, inside);
    for (const attribute of attributesOf(element)) if (attribute.prefix !== null) need(attribute, inside);
    for (const child of childrenOf(element)) if (isElement(child)) walk(child, inside);
  };
  const need = (
    named: { readonly prefix: string | null; readonly namespaceURI: string | null },
    known: ReadonlySet<string>,
  ): void => {
    const name = declarationName(named.prefix);
    if (named.prefix === 'xmlns' || named.prefix === 'xml' || known.has(name) || declared.has(name)) return;
    declared.add(name);
    declare(copy, named.prefix, named.namespaceURI);
  };
  walk(source, new Set());
}

function declare(element: Element, prefix: string | null, uri: string | null): void {
  const name = declarationName(prefix);
  if (uri !== null && uri !== '' && !element.hasAttribute(name)) element.setAttributeNS(xmlnsUri, name, uri);
}

function declarationName(prefix: string | null): string {
  return prefix === null || prefix === '' ? 'xmlns' : `xmlns:${prefix}`;
}
