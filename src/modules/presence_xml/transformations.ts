import type { Element } from '@xmldom/xmldom';
import type { Rules } from '../presence/api.ts';
import { matchingRule, type RuleQuestion } from './rules.ts';
import { attributeOf, elementOf, elementsOf, parseXml, textOf } from './xml.ts';
import { removedTarget, writeXml } from './xmlWriter.ts';

/**
 * What a rule lets a watcher see (RFC 5025 §3.3). As in the real server, what no transformation speaks of is shown:
 * only a `provide-...` that names less takes something away.
 */

/** The body without what the rule for this watcher hides; '' when the documents cannot be understood. */
export function filteredBody(body: string, rules: Rules, question: RuleQuestion): string {
  const ruleset = rules === undefined ? undefined : parseXml(rules)?.documentElement;
  const rule = ruleset == null ? undefined : matchingRule(ruleset, question);
  const document = parseXml(body);
  const root = document?.documentElement;
  if (rule === undefined || document === undefined || root == null) return '';
  const transformations = elementOf(rule, 'transformations');
  for (const permission of transformations === undefined ? [] : elementsOf(transformations))
    apply(root, permission);
  return writeXml(document);
}

/** Elements of a presence document by the permission that names them. */
const sets: Readonly<Record<string, { readonly element: string; readonly all: string }>> = {
  'provide-services': { element: 'tuple', all: 'all-services' },
  'provide-persons': { element: 'person', all: 'all-persons' },
  'provide-devices': { element: 'device', all: 'all-devices' },
};

function apply(root: Element, permission: Element): void {
  const name = permission.localName ?? '';
  const set = sets[name];
  if (set !== undefined) keepOnly(root, permission, set.element, set.all);
  else if (name.startsWith('provide-') && textOf(permission) === 'false')
    hideAttribute(root, name.slice('provide-'.length));
}

function keepOnly(root: Element, permission: Element, element: string, all: string): void {
  const selectors = elementsOf(permission);
  if (selectors.some((selector) => selector.localName === all)) return;
  for (const candidate of elementsOf(root, element))
    if (!selectors.some((selector) => isSelected(candidate, selector))) remove(candidate);
}

/** RFC 5025 §3.3.1. */
function isSelected(candidate: Element, selector: Element): boolean {
  const wanted = textOf(selector);
  const textAt = (name: string): string => textOf(elementOf(candidate, name));
  switch (selector.localName) {
    case 'class':
      return textAt('class') === wanted;
    case 'occurrence-id':
      return attributeOf(candidate, 'id') === wanted || textAt('occurrence-id') === wanted;
    case 'deviceID':
      return textAt('deviceID') === wanted;
    case 'service-uri':
      return textAt('contact') === wanted;
    case 'service-uri-scheme':
      return textAt('contact').startsWith(`${wanted}:`);
    default:
      return false;
  }
}

/** An attribute (`activities`, `note`, `class` ...) of all services, persons and devices. */
function hideAttribute(root: Element, name: string): void {
  for (const part of elementsOf(root)) {
    if (!['tuple', 'person', 'device'].includes(part.localName ?? '')) continue;
    const status = elementOf(part, 'status');
    for (const hidden of [
      ...elementsOf(part, name),
      ...(status === undefined ? [] : elementsOf(status, name)),
    ])
      remove(hidden);
  }
}

/** Leaves a mark, so that the document is written as the real server does. */
function remove(element: Element): void {
  const mark = element.ownerDocument?.createProcessingInstruction(removedTarget, '');
  if (mark !== undefined) element.parentNode?.replaceChild(mark, element);
}
