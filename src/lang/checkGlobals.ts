import type { CustomParameter, FlagDeclaration, GlobalParameter, GlobalValue } from './ast.ts';
import type { GlobalInfo } from './catalogue.ts';
import type { CheckScope } from './checkScope.ts';
import { suggest } from './suggest.ts';

const MAX_FLAG = 31;

/** Checks a global parameter and hands its value to the catalogue. */
export function checkGlobal(scope: CheckScope, item: GlobalParameter): void {
  const { catalogue, diagnostics } = scope;
  const name = item.key === undefined ? item.name : `${item.name}[${item.key}]`;
  const info = catalogue.findGlobal(name);
  if (!info) {
    diagnostics.error('OL0401', item.nameSpan, `unknown global parameter '${name}'`, {
      suggestion: suggest(name, catalogue.globalNames()),
    });
    return;
  }
  const wrong = wrongValue(info, item.value);
  if (wrong !== undefined) {
    diagnostics.error('OL0402', item.value.span, `wrong value of '${name}'`, { expected: wrong });
    return;
  }
  if (info.meaningless !== undefined) {
    diagnostics.notice('OL0403', item.nameSpan, `'${name}' has no effect here: ${info.meaningless}`);
  }
  const problem = catalogue.setGlobal(info.name, [item.value.value]);
  if (problem) {
    diagnostics.error('OL0402', item.value.span, problem.message, { suggestion: problem.suggestion });
  }
}

/** What would be right; undefined when it is. */
function wrongValue(info: GlobalInfo, { kind, value }: GlobalValue): string | undefined {
  switch (info.type) {
    case 'int':
      return typeof value === 'number' && inRange(info, value) ? undefined : rangeText(info);
    case 'bool':
      return typeof value === 'number' ? undefined : 'yes or no';
    case 'string':
      return kind === 'number' ? 'a string, in quotes' : undefined;
    default:
      return undefined;
  }
}

function inRange(info: GlobalInfo, value: number): boolean {
  return value >= (info.min ?? Number.NEGATIVE_INFINITY) && value <= (info.max ?? Number.POSITIVE_INFINITY);
}

function rangeText({ min, max }: GlobalInfo): string {
  if (min !== undefined && max !== undefined) return `a number from ${min} to ${max}`;
  if (min !== undefined) return `a number of at least ${min}`;
  return max === undefined ? 'a number' : `a number of at most ${max}`;
}

export function checkCustom(scope: CheckScope, item: CustomParameter): void {
  const { group, instance, name } = item;
  if (instance !== undefined && (group === 'core' || scope.catalogue.findModule(group) !== undefined)) {
    const why = 'only groups of custom parameters have instances';
    scope.diagnostics.notice(
      'OL0403',
      item.span,
      `'${group}[${instance}].${name}' has no effect here: ${why}`,
    );
    return;
  }
  scope.catalogue.setCustom(item.group, item.name, item.value, item.description, item.instance);
}

/** Gives the named flags their positions: as declared, else the next free one. */
export function checkFlags(scope: CheckScope, item: FlagDeclaration): void {
  const used = new Set(scope.flags.values());
  for (const { name, position } of item.flags) {
    let place = position ?? 0;
    while (position === undefined && used.has(place)) place++;
    if (place < 0 || place > MAX_FLAG) {
      scope.diagnostics.error('OL0614', item.span, `flag '${name}' has position ${place}`, {
        expected: `a position from 0 to ${MAX_FLAG}`,
      });
    }
    used.add(place);
    scope.flags.set(name, place);
  }
}
