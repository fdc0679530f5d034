import type { Attr, Document, Element, Node } from '@xmldom/xmldom';
import { bytesOf, childrenOf, isElement, NodeType } from './xml.ts';

/**
 * Writes documents as the real server's library does: indented by two blanks where an element holds no text, as
 * they are otherwise, so that the bodies of NOTIFY requests are the same.
 */

/** What a removed element leaves behind: nothing but the line that it stood on. */
export const removedTarget = 'olelo-removed';

/** Latin1, one character a byte. */
export function writeXml(document: Document): string {
  const declaration = childrenOf(document).find(isDeclaration);
  const encoding = /encoding\s*=\s*["']([^"']+)["']/.exec(declaration?.nodeValue ?? '')?.[1];
  const writer = new Writer(encoding !== undefined && /^utf-?8$/i.test(encoding));
  let out = `<?xml version="1.0"${encoding === undefined ? '' : ` encoding="${encoding}"`}?>\n`;
  for (const child of childrenOf(document))
    if (!isDeclaration(child) && child.nodeType !== NodeType.text) out += `${writer.node(child, 0, true)}\n`;
  return bytesOf(out);
}

function isDeclaration(node: Node): boolean {
  return node.nodeType === NodeType.instruction && node.nodeName === 'xml';
}

class Writer {
  /** Characters beyond ASCII as they are; else as references. */
  readonly #isUnicode: boolean;

  constructor(isUnicode: boolean) {
    this.#isUnicode = isUnicode;
  }

  node(node: Node, level: number, isIndented: boolean): string {
    if (isElement(node)) return this.#element(node, level, isIndented);
    const value = node.nodeValue ?? '';
    switch (node.nodeType) {
      case NodeType.text:
        return this.#text(value);
      case NodeType.cdata:
        return `<![CDATA[${value}]]>`;
      case NodeType.comment:
        return `<!--${value}-->`;
      case NodeType.instruction:
        return node.nodeName === removedTarget ? '' : `<?${node.nodeName} ${value}?>`;
      default:
        return '';
    }
  }

  #element(element: Element, level: number, isIndented: boolean): string {
    const start = `<${element.tagName}${this.#attributes(element)}`;
    const children = childrenOf(element);
    if (children.length === 0) return `${start}/>`;
    const indents = isIndented && !children.some(isText);
    const inner = children
      .map((child) => {
        const text = this.node(child, level + 1, indents);
        return indents ? `\n${'  '.repeat(level + 1)}${text}` : text;
      })
      .join('');
    return `${start}>${inner}${indents ? `\n${'  '.repeat(level)}` : ''}</${element.tagName}>`;
  }

  /** Declarations of namespaces come first. */
  #attributes(element: Element): string {
    const attributes = attributesOf(element);
    const isNamespace = ({ name }: Attr): boolean => name === 'xmlns' || name.startsWith('xmlns:');
    return [...attributes.filter(isNamespace), ...attributes.filter((attribute) => !isNamespace(attribute))]
      .map(({ name, value }) => ` ${name}="${this.#attributeText(value)}"`)
      .join('');
  }

  #attributeText(value: string): string {
    return this.#text(value).replaceAll('"', '&quot;').replaceAll('\n', '&#10;').replaceAll('\t', '&#9;');
  }

  #text(value: string): string {
    const escaped = value
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('\r', '&#13;');
    return this.#isUnicode ? escaped : escaped.replace(/[\u0080-\u{10ffff}]/gu, reference);
  }
}

function reference(char: string): string {
  return `&#x${(char.codePointAt(0) ?? 0).toString(16).toUpperCase()};`;
}

function isText(node: Node): boolean {
  return node.nodeType === NodeType.text || node.nodeType === NodeType.cdata;
}

export function attributesOf(element: Element): readonly Attr[] {
  const list: Attr[] = [];
  for (let i = 0; i < element.attributes.length; i++) {
    const attribute = element.attributes.item(i);
    if (attribute !== null) list.push(attribute);
  }
  return list;
}
