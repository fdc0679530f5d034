import type { LogLevels } from '../base/log.ts';
import { blockText, type CompiledRoutes } from '../lang/index.ts';
import type { ScriptContext } from '../module/context.ts';
import type { AssignmentWatcher, ScriptDebugging, StepTracer } from '../module/host.ts';

/** Blocks whose outcome is needed at once: a breakpoint cannot hold them. */
export const neverHeld: ReadonlySet<string> = new Set([
  'onsend',
  'event:core:msg-received',
  'event:network:msg',
  'event:crypto:netio',
  'event:tls:connection-out',
]);

type Mode = Parameters<ScriptDebugging['follow']>[0];

/** What happens at a step of routes that were compiled for following. */
export type StepHook = (context: ScriptContext, site: number) => Promise<void> | undefined;

interface DebuggingParts {
  resetMessageIds(): void;
  variableNames(): Iterable<string>;
}

interface Programs {
  /** Puts routes in force that were compiled for a mode. */
  use(mode: Mode): void;
}

/**
 * Lets a module follow the script. As long as nobody follows it, the usual code runs and following costs nothing; the
 * code that tells of each step is compiled when it is asked for.
 */
export class Debugging implements ScriptDebugging {
  readonly levels: LogLevels;
  /** Set while modules are made, before the code is linked. */
  assigned: AssignmentWatcher | undefined;
  readonly #parts: DebuggingParts;
  #programs: Programs | undefined;
  #mode: Mode = 'off';
  #tracer: StepTracer = () => undefined;

  constructor(levels: LogLevels, parts: DebuggingParts) {
    this.levels = levels;
    this.#parts = parts;
  }

  watchAssignments(watcher: AssignmentWatcher): void {
    this.assigned = watcher;
  }

  variableNames(): Iterable<string> {
    return this.#parts.variableNames();
  }

  /** The programs of the configuration in force. */
  serve(programs: Programs): void {
    this.#programs = programs;
    if (this.#mode !== 'off') programs.use(this.#mode);
  }

  follow(mode: Mode, tracer: StepTracer): void {
    this.#tracer = tracer;
    if (mode === this.#mode) return;
    this.#mode = mode;
    this.#programs?.use(mode);
  }

  resetMessageIds(): void {
    this.#parts.resetMessageIds();
  }

  /** Tells the tracer of steps by the places that the code names. */
  hookFor({ sites }: CompiledRoutes): StepHook {
    return (context, index) => {
      const site = sites[index];
      if (site === undefined) return undefined;
      const { file, line, action, routeKind, routeName } = site;
      const block = blockText(context.routeKind, ...blockOf(context, routeKind, routeName));
      return this.#tracer(context, { file, line, name: action.name, number: action.number, block });
    };
  }
}

/** A sub-route is named itself; any other block as it was called. */
function blockOf(
  context: ScriptContext,
  kind: ScriptContext['routeKind'],
  name: string,
): readonly [ScriptContext['routeKind'], string] {
  return kind === 'route' ? [kind, name] : [context.routeKind, context.routeName];
}
