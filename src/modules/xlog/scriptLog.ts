import type { Value } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { Host } from '../../module/host.ts';
import { methodIds, otherMethodId } from '../../sip/methodIds.ts';
import { levelOf } from './levels.ts';

export interface XlogConfig {
  readonly buf_size: number;
  readonly long_format: number;
  readonly prefix: string;
  readonly prefix_mode: number;
  readonly log_facility: string;
  readonly methods_filter: number;
}

/** Default of parameter prefix: then the record's component says the same. */
export const defaultPrefix = '<script>: ';

/** Writes the script's log lines. */
export class ScriptLog {
  readonly #host: Host;
  readonly #config: XlogConfig;
  #prefix: ((context: ScriptContext) => string) | undefined;

  constructor(host: Host, config: XlogConfig) {
    this.#host = host;
    this.#config = config;
  }

  /** Compiles a prefix with variables, when all modules are there. */
  start(): void {
    if (this.#config.prefix_mode === 1) this.#prefix = this.#host.formats.text(this.#config.prefix);
  }

  /** Always 1: a log line never decides a route. */
  write(context: ScriptContext, level: number, text: string, facility = this.#config.log_facility): number {
    const { log } = this.#host;
    if (!log.enabled(level)) return 1;
    log.record({
      level,
      component: this.#component(),
      text: this.#prefixed(context, this.#limited(text)),
      facility: facility === '' ? undefined : facility,
      fields: this.#host.logFieldsOf?.(context),
    });
    return 1;
  }

  /** With a level as the script gives it; -1 when it is none. */
  writeAt(context: ScriptContext, level: Value, text: string, facility?: string): number {
    const number = levelOf(level);
    return number === undefined ? -1 : this.write(context, number, text, facility);
  }

  /** Like `writeAt`, but not for methods whose bit is in methods_filter. */
  writeFiltered(context: ScriptContext, level: Value, text: string): number {
    const id = methodIds[context.message.method] ?? otherMethodId;
    return (this.#config.methods_filter & id) !== 0 ? 1 : this.writeAt(context, level, text);
  }

  /** The text behind the place in the config, for xlogl and xdbgl. */
  located(text: string): string {
    const site = this.#host.currentSite?.();
    if (site === undefined) return text;
    return this.#config.long_format === 1 ? `${site.file}:${site.line}:${text}` : `${site.line}:${text}`;
  }

  /** With a prefix of its own the line names no component. */
  #component(): string {
    const { prefix, prefix_mode } = this.#config;
    return prefix === defaultPrefix && prefix_mode === 0 ? '<script>' : '';
  }

  #prefixed(context: ScriptContext, text: string): string {
    const { prefix, prefix_mode } = this.#config;
    if (prefix_mode === 1) return (this.#prefix?.(context) ?? '') + text;
    return prefix === defaultPrefix ? text : prefix + text;
  }

  #limited(text: string): string {
    const line = text.endsWith('\n') ? text.slice(0, -1) : text;
    return line.length < this.#config.buf_size ? line : line.slice(0, this.#config.buf_size - 1);
  }
}
