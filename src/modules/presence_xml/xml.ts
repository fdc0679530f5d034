import { DOMParser, type Document, type Element, type Node } from '@xmldom/xmldom';

/**
 * XML documents from strangers: bounded in size, depth, elements and attributes, without document types (so without
 * entities of their own). Texts are latin1, one character a byte, as in SIP messages.
 */

const limits = { bytes: 512 * 1024, depth: 64, elements: 20_000, attributesOfElement: 128 } as const;

/** Values of `Node.nodeType` (DOM). */
export const NodeType = { element: 1, text: 3, cdata: 4, instruction: 7, comment: 8 } as const;

/** undefined for what is not well-formed, too large, or has a document type. */
export function parseXml(text: string): Document | undefined {
  if (text.length > limits.bytes || !isWithinLimits(text)) return undefined;
  try {
    const parser = new DOMParser({ onError: refuse });
    const document = parser.parseFromString(unicodeOf(text), 'text/xml');
    return document.documentElement === null ? undefined : document;
  } catch {
    return undefined;
  }
}

/** Anything that the parser complains of ends the parsing. */
function refuse(_level: string, message: string): never {
  throw new Error(message);
}

/** UTF-8 when it can be read so, else latin1. */
function unicodeOf(text: string): string {
  const decoded = Buffer.from(text, 'latin1').toString('utf8');
  return decoded.includes('\ufffd') ? text : decoded;
}

export function bytesOf(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** One pass over the tags, before the parser sees them: it knows no bounds. */
function isWithinLimits(text: string): boolean {
  let depth = 0;
  let elements = 0;
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at)) {
    const end = endOfMarkup(text, at);
    if (end < 0) return false;
    const next = text[at + 1];
    if (next === '/') depth--;
    else if (next !== '!' && next !== '?') {
      elements++;
      if (text[end - 2] !== '/') depth++;
      if (depth > limits.depth || elements > limits.elements || !hasFewAttributes(text, at, end))
        return false;
    } else if (text.startsWith('<!DOCTYPE', at)) return false;
    at = end;
  }
  return true;
}

/** The offset behind the markup at `at`; -1 when it has no end. */
function endOfMarkup(text: string, at: number): number {
  const [opening, closing] = text.startsWith('<!--', at)
    ? ['<!--', '-->']
    : text.startsWith('<![CDATA[', at)
      ? ['<![CDATA[', ']]>']
      : text.startsWith('<?', at)
        ? ['<?', '?>']
        : ['<', '>'];
  if (closing === '>') return endOfTag(text, at);
  const end = text.indexOf(closing, at + opening.length);
  return end < 0 ? -1 : end + closing.length;
}

/** A `>` in a quoted value does not end the tag. */
function endOfTag(text: string, at: number): number {
  for (let i = at + 1; i < text.length; i++) {
    const char = text[i];
    if (char === '>') return i + 1;
    if (char !== '"' && char !== "'") continue;
    i = text.indexOf(char, i + 1);
    if (i < 0) return -1;
  }
  return -1;
}

function hasFewAttributes(text: string, start: number, end: number): boolean {
  let count = 0;
  for (let at = text.indexOf('=', start); at >= 0 && at < end; at = text.indexOf('=', at + 1)) count++;
  return count <= limits.attributesOfElement;
}

// ---- looking at it

export function isElement(node: Node): node is Element {
  return node.nodeType === NodeType.element;
}

export function childrenOf(node: Node): readonly Node[] {
  const children: Node[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) children.push(child);
  return children;
}

/** Name without its prefix. */
export function nameOf(element: Element): string {
  return element.localName ?? element.tagName;
}

/** Children with this name, whatever their namespace. */
export function elementsOf(parent: Node, name?: string): readonly Element[] {
  return childrenOf(parent)
    .filter(isElement)
    .filter((child) => name === undefined || nameOf(child) === name);
}

export function elementOf(parent: Node, name: string): Element | undefined {
  return elementsOf(parent, name)[0];
}

/** The first element below with this name, in the order of the document. */
export function descendantOf(parent: Node, name: string): Element | undefined {
  for (const child of elementsOf(parent)) {
    const found = nameOf(child) === name ? child : descendantOf(child, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Text of an element without the white space around it; latin1 again. */
export function textOf(element: Element | undefined): string {
  return bytesOf((element?.textContent ?? '').trim());
}

export function attributeOf(element: Element, name: string): string {
  return bytesOf(element.getAttribute(name) ?? '');
}
