import { DOMImplementation, type Document, type Element } from '@xmldom/xmldom';
import type { PublishedBody } from '../presence/api.ts';
import { portableCopy, portableShell } from './namespaces.ts';
import { attributeOf, childrenOf, descendantOf, elementOf, elementsOf, parseXml, textOf } from './xml.ts';
import { writeXml } from './xmlWriter.ts';

/** Presence documents (RFC 3863) of several sources made one, as the real server composes them. */

/**
 * The newest document takes in what the older ones have, the newer of these first. A document whose first tuple is there
 * already stays out. Documents are given oldest first; undefined when there is nothing to show.
 */
export function composePidf(documents: readonly PublishedBody[]): string | undefined {
  const bodies = documents
    .map(({ body, isLeaving }) => (isLeaving ? offlinePidf(body) : body))
    .filter((body): body is string => body !== undefined);
  const parsed = bodies.map(parseXml).filter((document): document is Document => document !== undefined);
  const base = parsed.pop();
  if (base === undefined) return undefined;
  for (const document of parsed.reverse()) takeIn(base, document);
  return writeXml(base);
}

function takeIn(base: Document, document: Document): void {
  const root = base.documentElement;
  const source = document.documentElement;
  if (root === null || source === null) return;
  const first = elementOf(source, 'tuple');
  const id = first === undefined ? '' : attributeOf(first, 'id');
  if (first !== undefined && elementsOf(root, 'tuple').some((tuple) => attributeOf(tuple, 'id') === id))
    return;
  for (const child of childrenOf(source)) root.appendChild(portableCopy(child, base));
}

/** What a document says when it is taken back: its first tuple, closed. undefined when it has none. */
export function offlinePidf(body: string): string | undefined {
  const source = parseXml(body)?.documentElement;
  const tuple = source == null ? undefined : elementOf(source, 'tuple');
  const status = tuple === undefined ? undefined : elementOf(tuple, 'status');
  if (source == null || tuple === undefined || status === undefined) return undefined;
  const document = new DOMImplementation().createDocument(null, '');
  const root = portableShell(source, document);
  const closedTuple = portableShell(tuple, document);
  const closedStatus = portableShell(status, document);
  const prefix = status.prefix === null || status.prefix === '' ? '' : `${status.prefix}:`;
  const basic = document.createElementNS(status.namespaceURI, `${prefix}basic`);
  basic.appendChild(document.createTextNode('closed'));
  closedStatus.appendChild(basic);
  closedTuple.appendChild(closedStatus);
  root.appendChild(closedTuple);
  document.appendChild(root);
  return writeXml(document);
}

export interface SingleBodyOptions {
  /** Name of the element whose text is looked up. */
  readonly element: string;
  /** Texts, the most important one last. */
  readonly priorities: readonly string[];
}

/** The document that is most important by the text of an element; the newest of equals. */
export function mostImportantPidf(
  documents: readonly PublishedBody[],
  { element, priorities }: SingleBodyOptions,
): string | undefined {
  const bodies = documents.map(({ body, isLeaving }) => (isLeaving ? offlinePidf(body) : body));
  let best: string | undefined;
  let bestRank = -1;
  for (const body of bodies.reverse()) {
    if (body === undefined) continue;
    const root = parseXml(body)?.documentElement;
    const text = root == null ? '' : textOf(descendantOf(root, element));
    const rank = Math.max(0, priorities.indexOf(text) + 1);
    if (rank > bestRank) {
      best = root?.ownerDocument == null ? body : writeXml(root.ownerDocument);
      bestRank = rank;
    }
  }
  return best;
}

/** Is there a tuple with this basic status? */
export function hasBasic(body: string, status: string): boolean {
  const root = parseXml(body)?.documentElement;
  if (root == null) return false;
  return elementsOf(root, 'tuple').some((tuple) => {
    const element = elementOf(tuple, 'status');
    return (
      element !== undefined && textOf(elementOf(element, 'basic')).toLowerCase() === status.toLowerCase()
    );
  });
}

/** Names of the activities of the person (RFC 4480 §3.2); undefined when it tells none at all. */
export function activitiesIn(body: string): readonly string[] | undefined {
  const root = parseXml(body)?.documentElement;
  const person = root == null ? undefined : elementOf(root, 'person');
  const activities = person === undefined ? undefined : elementOf(person, 'activities');
  return activities === undefined
    ? undefined
    : elementsOf(activities).map((element) => element.localName ?? '');
}

/** `sphere` of a person (RFC 4480 §3.10): its text, or the name of the element in it. */
export function sphereIn(body: string): string | undefined {
  const root = parseXml(body)?.documentElement;
  const sphere: Element | undefined = root == null ? undefined : descendantOf(root, 'sphere');
  if (sphere === undefined) return undefined;
  const text = textOf(sphere);
  return text === '' ? (elementsOf(sphere)[0]?.localName ?? undefined) : text;
}

/** A document for somebody who has published nothing (`force_dummy_presence`). */
export function dummyPidf(user: string, tupleId: string): string {
  const pidf = 'urn:ietf:params:xml:ns:pidf';
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
    `<presence xmlns="${pidf}" xmlns:dm="${pidf}:data-model" xmlns:rpid="${pidf}:rpid" xmlns:c="${pidf}:cipid" entity="${attributeText(user)}">\n` +
    `  <tuple xmlns="${pidf}" id="${tupleId}">\n    <status>\n      <basic>open</basic>\n    </status>\n  </tuple>\n` +
    `  <note xmlns="${pidf}">Available</note>\n` +
    `  <dm:person xmlns:dm="${pidf}:data-model" xmlns:rpid="${pidf}:rpid" id="1">\n` +
    '    <rpid:activities/>\n    <dm:note>Available</dm:note>\n  </dm:person>\n</presence>\n'
  );
}

function attributeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
