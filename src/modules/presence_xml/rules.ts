import type { Element } from '@xmldom/xmldom';
import { type Decision, type Rules, Status, type Watcher } from '../presence/api.ts';
import { attributeOf, elementOf, elementsOf, parseXml, textOf } from './xml.ts';

/** Permission rules (RFC 4745, RFC 5025): the first rule whose conditions hold decides. */

export interface RuleQuestion {
  readonly watcher: Watcher;
  readonly sphere: string | undefined;
  readonly nowSec: number;
}

/**
 * What a document of rules says about a watcher. Without a document or without a rule for it, a watcher waits for a
 * decision, but one who was let in before is put out with `userDeletedReason`. undefined for a malformed document.
 */
export function decideBy(
  rules: Rules,
  question: RuleQuestion,
  userDeletedReason: string,
): Decision | undefined {
  if (rules === undefined) return undecided(question.watcher, userDeletedReason);
  const root = parseXml(rules)?.documentElement;
  if (root == null) return undefined;
  const rule = matchingRule(root, question);
  return rule === undefined ? undecided(question.watcher, userDeletedReason) : actionOf(rule);
}

function undecided({ status }: Watcher, userDeletedReason: string): Decision {
  const wasDecided = status !== undefined && status !== Status.pending;
  return wasDecided
    ? { status: Status.terminated, reason: userDeletedReason }
    : { status: Status.pending, reason: '' };
}

/** RFC 5025 §3.2.1. */
function actionOf(rule: Element): Decision {
  const actions = elementOf(rule, 'actions');
  const handling = actions === undefined ? undefined : elementOf(actions, 'sub-handling');
  switch (textOf(handling)) {
    case 'allow':
      return { status: Status.active, reason: '' };
    case 'polite-block':
      return { status: Status.active, reason: 'polite-block' };
    case 'block':
      return { status: Status.terminated, reason: 'rejected' };
    default:
      return { status: Status.pending, reason: '' };
  }
}

export function matchingRule(ruleset: Element, question: RuleQuestion): Element | undefined {
  return elementsOf(ruleset, 'rule').find((rule) => {
    const conditions = elementOf(rule, 'conditions');
    return conditions !== undefined && holdsAll(conditions, question);
  });
}

/** All kinds of conditions that are there must hold; a rule without any is for nobody, as in the real server. */
function holdsAll(conditions: Element, question: RuleQuestion): boolean {
  const list = elementsOf(conditions);
  return list.length > 0 && list.every((condition) => holds(condition, question));
}

function holds(condition: Element, { watcher, sphere, nowSec }: RuleQuestion): boolean {
  switch (condition.localName) {
    case 'identity':
      return isIdentity(condition, watcher);
    case 'sphere':
      return sphere !== undefined && attributeOf(condition, 'value').split(/\s+/).includes(sphere);
    case 'validity':
      return isValidAt(condition, nowSec);
    default:
      return false; // RFC 4745 §7: an unknown condition does not hold
  }
}

function isIdentity(identity: Element, watcher: Watcher): boolean {
  const uri = watcherUri(watcher);
  return elementsOf(identity).some((entry) => {
    if (entry.localName === 'one') return attributeOf(entry, 'id') === uri;
    return entry.localName === 'many' && isOneOfMany(entry, watcher, uri);
  });
}

/** RFC 4745 §7.1.2: all, or all of a domain, without the excepted. */
function isOneOfMany(many: Element, { watcherDomain }: Watcher, uri: string): boolean {
  const domain = attributeOf(many, 'domain');
  if (domain !== '' && domain !== watcherDomain) return false;
  return !elementsOf(many, 'except').some(
    (except) => attributeOf(except, 'id') === uri || attributeOf(except, 'domain') === watcherDomain,
  );
}

/** RFC 4745 §7.3: pairs of `from` and `until`; one of them must hold the present. */
function isValidAt(validity: Element, nowSec: number): boolean {
  const froms = elementsOf(validity, 'from');
  const untils = elementsOf(validity, 'until');
  return froms.some((from, i) => {
    const start = Date.parse(textOf(from)) / 1000;
    const end = Date.parse(textOf(untils[i])) / 1000;
    return nowSec >= start && nowSec < end;
  });
}

export function watcherUri({ watcherUser, watcherDomain }: Watcher): string {
  return `sip:${watcherUser}@${watcherDomain}`;
}
