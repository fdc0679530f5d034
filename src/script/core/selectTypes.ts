import type { Value } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { SelectStep } from '../../module/define.ts';
import type { CoreState } from './state.ts';

/** What the files of selects share. */

export type Getter = (context: ScriptContext) => Value;
export type Binder = (self: CoreState, step: SelectStep, rest: readonly SelectStep[]) => Getter | undefined;

export const orNull = (text: string | undefined): Value => (text === undefined || text === '' ? null : text);

/** A name, or what stands in brackets behind it: `params.x`, `params["x"]`, `param["x"]`. */
export function parameterName(steps: readonly SelectStep[]): string | undefined {
  const [step, next] = steps;
  if (step === undefined || (step.name !== 'params' && step.name !== 'param')) return undefined;
  return step.index === undefined ? next?.name : String(step.index);
}
