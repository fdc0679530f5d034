import { errorText, ServerError } from '../../base/errors.ts';
import { type LogFields, LogLevel } from '../../base/ports.ts';
import type { Value } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { Host, ScriptDebugging, ScriptStep } from '../../module/host.ts';
import { type HeldMessage, HeldMessages } from './heldMessages.ts';
import type { DebuggerConfig } from './params.ts';

/** Follows scripts: traces them, holds single messages, and sets log levels by module. */
export class Debugger {
  readonly host: Host;
  readonly config: DebuggerConfig;
  readonly held: HeldMessages;
  /** Each step is logged. */
  isTracing: boolean;
  /** New messages are held at their first step. */
  isBreaking: boolean;

  constructor(host: Host, config: DebuggerConfig) {
    this.host = host;
    this.config = config;
    this.isTracing = config.cfgtrace !== 0;
    this.isBreaking = config.breakpoint !== 0;
    this.held = new HeldMessages(host.timers, host.machine.pid, (late) =>
      host.log.warn(`message ${late.id} was held for too long and goes on`),
    );
    host.hooks.afterRequest((context) => this.held.forget(context));
    if (config.log_assign !== 0)
      this.#debugging.watchAssignments((_context, name, value) => this.#logAssignment(name, value));
    this.#setLevels();
  }

  get #debugging(): ScriptDebugging {
    const { debugging } = this.host;
    if (debugging === undefined) throw new ServerError('DEBUGGER', 'scripts cannot be followed here');
    return debugging;
  }

  start(): void {
    this.applyModes();
  }

  /** Puts code in force that tells of steps, as far as it is needed. */
  applyModes(): void {
    const isStepping = this.isBreaking || this.held.all().length > 0;
    const mode = isStepping ? 'step' : this.isTracing ? 'trace' : 'off';
    this.#debugging.follow(mode, (context, step) => this.#atStep(context, step));
  }

  #atStep(context: ScriptContext, step: ScriptStep): Promise<void> | undefined {
    if (this.isTracing) this.#trace(context, step);
    if (!this.isBreaking && !this.held.isKnown(context)) return undefined;
    if (this.held.isReleased(context)) return undefined;
    return this.hold(context, step);
  }

  hold(context: ScriptContext, step: ScriptStep): Promise<void> | undefined {
    if (!this.held.isKnown(context))
      this.host.log.error(`breakpoint hit: c=[${step.file}] l=${step.line} a=${step.number} n=${step.name}`);
    const waiting = this.held.hold(context, step);
    if (waiting === undefined) this.host.log.error('too many messages are held: this one goes on');
    return waiting;
  }

  /** Not under the level of the module: the trace was asked for. */
  #trace(context: ScriptContext, { file, line, number, name, block }: ScriptStep): void {
    const { config, host } = this;
    const place = config.cfgtrace_format === 1 ? '' : ` c=[${file}]`;
    const fields: LogFields | undefined = host.logFieldsOf?.(context);
    host.log.record({
      level: config.log_level,
      levelName: config.log_level_name === '' ? undefined : config.log_level_name,
      facility: config.log_facility === '' ? undefined : config.log_facility,
      component: `${config.log_prefix}dbg_cfg_trace()`,
      text: `${block}${place} l=${line} a=${number} n=${name}`,
      fields,
    });
  }

  #logAssignment(name: string, value: Value): void {
    if (this.host.log.enabled(LogLevel.debug))
      this.host.log.debug(`${name}:${typeof value === 'string' ? `"${value}"` : String(value)}`);
  }

  /** A variable by name, as it reads for a held message; an error text when there is none of this name. */
  evaluate({ context }: HeldMessage, name: string): { readonly value: Value } | { readonly error: string } {
    try {
      return { value: this.host.formats.variable(name).get(context) };
    } catch (error) {
      return { error: errorText(error) };
    }
  }

  // ---- levels and facilities by module

  #setLevels(): void {
    const { config } = this;
    const { levels } = this.#debugging;
    levels.byComponent = () => config.mod_level_mode !== 0;
    levels.facilitiesByComponent = () => config.mod_facility_mode !== 0;
    for (const text of config.mod_level) {
      const [module, level] = split(text);
      if (!/^-?\d+$/.test(level))
        throw new ServerError('DEBUGGER_LEVEL', `mod_level: "${text}" is not module=level`);
      this.setLevel(module, Number(level));
    }
    for (const text of config.mod_facility) {
      const [module, facility] = split(text);
      if (!facility.startsWith('LOG_'))
        throw new ServerError('DEBUGGER_FACILITY', `mod_facility: "${text}" is not module=facility`);
      this.setFacility(module, facility);
    }
  }

  /** False without `mod_hash_size`. */
  setLevel(module: string, level: number): boolean {
    if (this.config.mod_hash_size === 0) return false;
    this.#debugging.levels.set(componentOf(module), level);
    return true;
  }

  levelOf(module: string): number {
    return this.#debugging.levels.levelOf(componentOf(module));
  }

  setFacility(module: string, facility: string): boolean {
    if (this.config.mod_hash_size === 0) return false;
    this.#debugging.levels.setFacility(componentOf(module), facility);
    return true;
  }

  facilityOf(module: string): string {
    const { levels } = this.#debugging;
    return levels.facilityOf(componentOf(module)) ?? String(this.host.settings.get('log_facility') ?? '');
  }

  resetMessageIds(): void {
    this.#debugging.resetMessageIds();
  }

  variableNames(): Iterable<string> {
    return this.#debugging.variableNames();
  }
}

function split(text: string): readonly [string, string] {
  const equals = text.indexOf('=');
  return equals < 0 ? [text.trim(), ''] : [text.slice(0, equals).trim(), text.slice(equals + 1).trim()];
}

/** Modules log in their own name; the core's is written in brackets. */
function componentOf(module: string): string {
  return module === 'core' || module === 'script' ? `<${module}>` : module;
}
