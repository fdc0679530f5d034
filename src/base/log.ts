import { type Log, type LogFields, LogLevel, type LogRecord, type LogSink } from './ports.ts';

/** Levels in force: the global `debug` value, and levels and syslog facilities by component (debugger). */
export class LogLevels {
  global: number = LogLevel.info;
  /** Do levels (facilities) by component count? Asked anew for each record, where there are any. */
  byComponent: () => boolean = () => true;
  facilitiesByComponent: () => boolean = () => true;
  readonly #components = new Map<string, number>();
  readonly #facilities = new Map<string, string>();

  set(component: string, level: number): void {
    this.#components.set(component, level);
  }

  reset(component: string): void {
    this.#components.delete(component);
  }

  levelOf(component: string): number {
    if (this.#components.size === 0 || !this.byComponent()) return this.global;
    return this.#components.get(component) ?? this.global;
  }

  setFacility(component: string, facility: string): void {
    this.#facilities.set(component, facility);
  }

  /** undefined for the one that all use. */
  facilityOf(component: string): string | undefined {
    return this.#facilities.size === 0 || !this.facilitiesByComponent()
      ? undefined
      : this.#facilities.get(component);
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
    const facility = this.#levels.facilityOf(this.#component);
    this.#sink.write({ level, component: this.#component, text, fields, facility });
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
