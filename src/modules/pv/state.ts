import type { Value } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { Host } from '../../module/host.ts';
import { RuntimeFormats } from '../../module/runtimeFormats.ts';
import { makeTarget, type Target } from '../../proxy/target.ts';
import type { SipMessage } from '../../sip/message.ts';
import { UriMemo, type UriParts } from '../../sip/uriParts.ts';
import { parseAvpAliases } from './avpNames.ts';

export interface PvConfig {
  readonly shvset: readonly string[];
  readonly varset: readonly string[];
  readonly avp_aliases: string;
}

/** What pv needs of auth, when that is loaded (it is not required, hence no import of its api). */
interface CheckedCredentials {
  pickedCredentials(message: SipMessage): { readonly username: string; readonly realm: string } | undefined;
}

/** The instance of module pv: shared variables, initial values, and what is remembered between two reads. */
export class PvState {
  readonly host: Host;
  /** `$shv`: shared by all messages, 0 until assigned. */
  readonly shared: Map<string, Value>;
  /** `$var` before the script assigns it. */
  readonly initial: ReadonlyMap<string, Value>;
  readonly avpAliases: ReadonlyMap<string, string>;
  /** The static branch of `$sbranch` and `sbranch_append`. */
  staticBranch: Target = makeTarget('');
  readonly #requestUri = new UriMemo();
  readonly #originalUri = new UriMemo();
  readonly #nextHop = new UriMemo();
  readonly #from = new UriMemo();
  readonly #to = new UriMemo();
  #lastId = 0;
  #formats: RuntimeFormats | undefined;
  #auth: CheckedCredentials | undefined;

  constructor(host: Host, config: PvConfig) {
    this.host = host;
    this.shared = parseAssignments(config.shvset, host);
    this.initial = parseAssignments(config.varset, host);
    this.avpAliases = parseAvpAliases(config.avp_aliases);
  }

  start(): void {
    this.#auth = this.host.api<CheckedCredentials>('auth');
  }

  /** Credentials of the message that auth has looked at. */
  checkedCredentials(
    context: ScriptContext,
  ): { readonly username: string; readonly realm: string } | undefined {
    return this.#auth?.pickedCredentials(context.message);
  }

  /** Texts with variables that are only known at run time. */
  get formats(): RuntimeFormats {
    this.#formats ??= new RuntimeFormats(this.host.formats);
    return this.#formats;
  }

  /** A text that no other call of this server start gives. */
  nextId(): string {
    this.#lastId++;
    return `srid-${this.host.startId}-${this.#lastId}`;
  }

  /** Parts of the Request-URI as it stands now; undefined in responses and when it is malformed. */
  requestUri(context: ScriptContext): UriParts | undefined {
    return context.message.isRequest ? this.#requestUri.of(context.target.requestUri) : undefined;
  }

  originalUri(context: ScriptContext): UriParts | undefined {
    return context.message.isRequest ? this.#originalUri.of(context.message.requestUri) : undefined;
  }

  nextHop(context: ScriptContext): UriParts | undefined {
    return context.target.nextHop === '' ? undefined : this.#nextHop.of(context.target.nextHop);
  }

  from(context: ScriptContext): UriParts | undefined {
    const { from } = context.message;
    return from === undefined ? undefined : this.#from.of(from.uri);
  }

  to(context: ScriptContext): UriParts | undefined {
    const { to } = context.message;
    return to === undefined ? undefined : this.#to.of(to.uri);
  }
}

/** `name=i:1` and `name=s:text`; what is malformed is logged and left out. */
function parseAssignments(settings: readonly string[], host: Host): Map<string, Value> {
  const values = new Map<string, Value>();
  for (const setting of settings) {
    const assignment = parseAssignment(setting);
    if (assignment === undefined) host.log.error(`malformed variable setting "${setting}"`);
    else values.set(assignment.name, assignment.value);
  }
  return values;
}

/** undefined when it is not `name=type:value`. */
export function parseAssignment(setting: string): { name: string; value: Value } | undefined {
  const equals = setting.indexOf('=');
  const name = setting.slice(0, equals).trim();
  const type = setting[equals + 1];
  if (equals <= 0 || name === '' || setting[equals + 2] !== ':') return undefined;
  const text = setting.slice(equals + 3);
  if (type === 's') return { name, value: text };
  const number = Number.parseInt(text, 10);
  return type === 'i' && !Number.isNaN(number) ? { name, value: number } : undefined;
}
