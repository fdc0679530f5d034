import type { ScriptContext } from '../../module/context.ts';
import type { Host } from '../../module/host.ts';
import type { Edit } from '../../sip/editList.ts';
import { HeaderKind } from '../../sip/headerKind.ts';

/** P-Charging-Vector (RFC 7315 §4.6, §5.6). */
const name = 'P-Charging-Vector: ';

export class ChargingVector {
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  /** `r` remove, `g` generate where there is none, `f` both. */
  handle(context: ScriptContext, flags: string): number {
    if (/[^rgf]/.test(flags) || flags === '') {
      this.#host.log.error(`unknown flags for P-Charging-Vector: "${flags}"`);
      return -1;
    }
    if (/[rf]/.test(flags)) remove(context);
    if (/[gf]/.test(flags) && vectorOf(context) === undefined) this.#generate(context);
    return 1;
  }

  #generate({ message, flow }: ScriptContext): void {
    const random = Array.from({ length: 4 }, () => this.#host.entropy.uint32().toString(16).padStart(8, '0'));
    const address = flow.socket.sentByHost;
    message.appendHeader(
      `${name}icid-value=${random.join('').toUpperCase()}; icid-generated-at=${address}\r\n`,
    );
  }
}

function generated({ message }: ScriptContext): Edit | undefined {
  return message.edits.edits.find((edit) => typeof edit.text === 'string' && edit.text.startsWith(name));
}

function remove(context: ScriptContext): void {
  const { message } = context;
  const edit = generated(context);
  if (edit !== undefined) message.edits.revoke(edit);
  const kind = HeaderKind.pChargingVector;
  for (let i = message.find(kind); i >= 0; i = message.find(kind, i + 1)) {
    if (!isRemoved(context, i)) message.removeHeader(i);
  }
}

function isRemoved({ message }: ScriptContext, header: number): boolean {
  return message.edits.covers(message.headerStart(header), message.headerEnd(header));
}

/** The header's value as it would leave; undefined when there is none. */
function vectorOf(context: ScriptContext): string | undefined {
  const edit = generated(context);
  if (edit !== undefined) return String(edit.text).slice(name.length).trim();
  const { message } = context;
  const i = message.find(HeaderKind.pChargingVector);
  return i < 0 || isRemoved(context, i) ? undefined : message.headerValue(i);
}

const fields: Readonly<Record<string, string>> = {
  value: 'icid-value',
  genaddr: 'icid-generated-at',
  orig: 'orig-ioi',
  term: 'term-ioi',
};

export const chargingVectorParts: readonly string[] = ['all', ...Object.keys(fields)];

/** A part of the header, as written; null when it is not there. */
export function chargingVectorPart(context: ScriptContext, part: string): string | null {
  const value = vectorOf(context);
  if (value === undefined) return null;
  if (part === 'all') return value;
  const wanted = fields[part];
  for (const param of value.split(';')) {
    const equals = param.indexOf('=');
    if (equals > 0 && param.slice(0, equals).trim().toLowerCase() === wanted)
      return param.slice(equals + 1).trim();
  }
  return null;
}
