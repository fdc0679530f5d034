import type { LogFields, LogRecord } from '../../base/ports.ts';
import { faceOf } from './format.ts';

/** The character flags behind `--log-engine=json:`. */
export interface JsonLogFlags {
  /** `M`: take the line feed off the end of the message. */
  readonly stripLineFeed: boolean;
  /** `N`: no line feed behind each document. */
  readonly noLineFeed: boolean;
  /** `a`: names begin with `application.`; `A`: never (the default). */
  readonly applicationPrefix: boolean;
  /** `c`: the Call-ID as a field. */
  readonly callId: boolean;
  /** `j`: prefix and message are JSON documents, or `{ "text": ... }`. */
  readonly nested: boolean;
  /** `p`: the prefix stands in the document as it is; it has to begin with a comma. */
  readonly rawPrefix: boolean;
  /** `U`: the Common Event Expression schema. */
  readonly cee: boolean;
}

export function parseJsonLogFlags(letters: string): JsonLogFlags {
  return {
    stripLineFeed: letters.includes('M'),
    noLineFeed: letters.includes('N'),
    applicationPrefix: letters.includes('a') && !letters.includes('A'),
    callId: letters.includes('c'),
    nested: letters.includes('j'),
    rawPrefix: letters.includes('p'),
    cee: letters.includes('U'),
  };
}

export interface JsonLogIdentity {
  readonly pid: number;
  readonly application: string;
  readonly hostname: string;
  wallMs(): number;
}

/** Fields that have their own places in the document. */
const placed: ReadonlySet<string> = new Set(['file', 'line', 'function', 'logprefix', 'callid']);

/** Turns records into the documents of Kamailio's JSON log engine, further fields of a record behind them. */
export class JsonLogFormat {
  readonly #flags: JsonLogFlags;
  readonly #identity: JsonLogIdentity;

  constructor(flags: JsonLogFlags, identity: JsonLogIdentity) {
    this.#flags = flags;
    this.#identity = identity;
  }

  line(record: LogRecord): string {
    const document = this.#flags.cee ? this.#ceeDocument(record) : this.#document(record);
    return this.#flags.noLineFeed ? document : `${document}\n`;
  }

  #document(record: LogRecord): string {
    const { applicationPrefix, callId } = this.#flags;
    const fields: LogFields = record.fields ?? {};
    const name = (key: string) =>
      JSON.stringify(applicationPrefix ? `${this.#identity.application}.${key}` : key);
    const parts = [
      `${name('idx')}: 0`,
      `${name('pid')}: ${this.#identity.pid}`,
      `${name('level')}: ${JSON.stringify(record.levelName ?? faceOf(record.level).name)}`,
      `${name('module')}: ${JSON.stringify(moduleName(record.component))}`,
      `${name('file')}: ${JSON.stringify(fields.file ?? '')}`,
      `${name('line')}: ${fields.line ?? 0}`,
      `${name('function')}: ${JSON.stringify(fields.function ?? '')}`,
    ];
    if (callId) parts.push(`${name('callid')}: ${JSON.stringify(fields.callid ?? '')}`);
    let head = parts.join(', ');
    const prefix = fields.logprefix ?? '';
    if (this.#flags.rawPrefix) head += prefix;
    else head += `, ${name('logprefix')}: ${this.#text(prefix)}`;
    return `{ ${head}, ${name('message')}: ${this.#text(this.#message(record))}${extraFields(fields, name)} }`;
  }

  #text(text: string): string {
    if (!this.#flags.nested) return JSON.stringify(text);
    return isJsonObject(text) ? text.trim() : `{ "text": ${JSON.stringify(text)} }`;
  }

  #message(record: LogRecord): string {
    const { text } = record;
    return this.#flags.stripLineFeed && text.endsWith('\n') ? text.slice(0, -1) : text;
  }

  #ceeDocument(record: LogRecord): string {
    const { pid, application, hostname } = this.#identity;
    const fields: LogFields = record.fields ?? {};
    return JSON.stringify({
      time: new Date(this.#identity.wallMs()).toISOString(),
      proc: { id: String(pid), tid: pid },
      pri: record.levelName ?? faceOf(record.level).name,
      subsys: moduleName(record.component),
      file: { name: fields.file ?? '', line: fields.line ?? 0 },
      native: { function: fields.function ?? '' },
      ...(this.#flags.callId && fields.callid ? { callid: fields.callid } : {}),
      msg: this.#message(record),
      pname: application,
      appname: application,
      hostname,
    });
  }
}

/** `<core>` is `core`; what the script says comes from xlog. */
function moduleName(component: string): string {
  if (component === '<script>') return 'xlog';
  return component.startsWith('<') ? component.slice(1, -1) : component;
}

function extraFields(fields: LogFields, name: (key: string) => string): string {
  let text = '';
  for (const [key, value] of Object.entries(fields)) {
    if (!placed.has(key) && value !== undefined) text += `, ${name(key)}: ${JSON.stringify(value)}`;
  }
  return text;
}

function isJsonObject(text: string): boolean {
  const trimmed = text.trim();
  if (!trimmed.startsWith('{') || !trimmed.endsWith('}')) return false;
  try {
    JSON.parse(trimmed);
    return true;
  } catch {
    return false;
  }
}
