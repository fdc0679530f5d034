import type { LogLevels } from '../base/log.ts';
import { globalParameters } from './globalParameters.ts';
import type { CoreVariable } from './runtimeConfig.ts';

/** What of a server these variables act on. */
export interface CoreVariableTargets {
  readonly levels: LogLevels;
}

/** The core's parameters that `cfg.*` sees: those of the table that are marked for it. */
export function coreVariables(targets: CoreVariableTargets): readonly CoreVariable[] {
  return globalParameters
    .filter(
      (parameter) =>
        parameter.runtime === true &&
        (parameter.type === 'int' || parameter.type === 'bool' || parameter.type === 'string'),
    )
    .map(({ name, type, doc }) => ({
      name,
      type: type === 'string' ? ('string' as const) : ('int' as const),
      doc,
      readOnly: false,
      ...(name === 'debug' ? { changed: (value: number | string) => setLevel(targets, value) } : {}),
    }));
}

function setLevel(targets: CoreVariableTargets, value: number | string): void {
  if (typeof value === 'number') targets.levels.global = value;
}
