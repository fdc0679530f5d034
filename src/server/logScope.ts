import { errorText } from '../base/errors.ts';
import type { LogFields, LogRecord, LogSink } from '../base/ports.ts';
import type { ScriptContext } from '../module/context.ts';
import type { Formats } from '../module/host.ts';
import type { ServerSettings } from './settings.ts';

type Format = (context: ScriptContext) => string;

/**
 * Knows which message is being routed, and puts `log_prefix` and the Call-ID of that message on every record that is
 * written meanwhile. Behind a wait the routing of other messages may have come between, so there only those who have the
 * context at hand (xlog) can tell: `fieldsOf`.
 */
export class LogScope implements LogSink {
  /** The message being routed in this very turn. */
  context: ScriptContext | undefined;
  readonly #sink: LogSink;
  #format: Format | undefined;
  #eachTime = false;
  /** Variables of the prefix may log themselves. */
  #evaluating = false;

  constructor(sink: LogSink) {
    this.#sink = sink;
  }

  /** `log_prefix`, and whether it is evaluated for each record (`log_prefix_mode`) or once for each message. */
  configure(format: Format | undefined, eachTime: boolean): void {
    this.#format = format;
    this.#eachTime = eachTime;
  }

  /** Takes `log_prefix` and `log_prefix_mode`; what is wrong with them, if anything. */
  configureFrom(settings: ServerSettings, formats: Formats): string | undefined {
    const prefix = settings.text('log_prefix', '');
    if (prefix === '') return undefined;
    try {
      this.configure(formats.text(prefix), settings.number('log_prefix_mode', 0) !== 0);
      return undefined;
    } catch (error) {
      return `log_prefix: ${errorText(error)}`;
    }
  }

  write(record: LogRecord): void {
    const { context } = this;
    if (context === undefined || this.#evaluating) this.#sink.write(record);
    else this.#sink.write({ ...record, fields: { ...this.fieldsOf(context), ...record.fields } });
  }

  fieldsOf(context: ScriptContext): LogFields {
    const { callId } = context.message;
    const format = this.#format;
    if (format === undefined || this.#evaluating) return { callid: callId };
    return { callid: callId, logprefix: this.#prefixOf(format, context) };
  }

  #prefixOf(format: Format, context: ScriptContext): string {
    const known = this.#eachTime ? undefined : context.logPrefix;
    if (known !== undefined) return known;
    this.#evaluating = true;
    try {
      const prefix = format(context);
      context.logPrefix = prefix;
      return prefix;
    } finally {
      this.#evaluating = false;
    }
  }
}
