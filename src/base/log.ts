import { type Log, type LogFields, LogLevel, type LogRecord, type LogSink } from './ports.ts';

/** Levels in force: the global `debug` value and per-component overrides (debugger, cfg.set). */
export class LogLevels {
  global: number = LogLevel.info;
  readonly #components = new Map<string, number>();

  set(component: string, level: number): void {
    this.#components.set(component, level);
  }

  reset(component: string): void {
    this.#components.delete(component);
  }

  levelOf(component: string): number {
    if (this.#components.size === 0) return this.global;
    return this.#components.get(component) ?? this.global;
  }
}

export class ComponentLog implements Log {
  readonly #component: string;
  readonly #levels: LogLevels;
  readonly #sink: LogSink;

  constructor(component: string, levels: LogLevels, sink: LogSink) {
    this.#component = component;
    this.#levels = levels;
    this.#sink = sink;
  }

  enabled(level: number): boolean {
    return level <= this.#levels.levelOf(this.#component);
  }

  write(level: number, text: string, fields?: LogFields): void {
    if (!this.enabled(level)) return;
    this.#sink.write({ level, component: this.#component, text, fields });
  }

  record(record: LogRecord): void {
    if (this.enabled(record.level)) this.#sink.write(record);
  }

  error(text: string): void {
    this.write(LogLevel.error, text);
  }
  warn(text: string): void {
    this.write(LogLevel.warn, text);
  }
  notice(text: string): void {
    this.write(LogLevel.notice, text);
  }
  info(text: string): void {
    this.write(LogLevel.info, text);
  }
  debug(text: string): void {
    this.write(LogLevel.debug, text);
  }
}
