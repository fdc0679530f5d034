import { errorText, ServerError } from '../../base/errors.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { Host } from '../../module/host.ts';
import type { Binding, LocationDomain } from '../usrloc/api.ts';
import { qOf } from './contactValues.ts';
import { Lookup } from './lookup.ts';
import type { RegistrarConfig } from './params.ts';
import { Parts } from './parts.ts';
import { overrideQ } from './plan.ts';
import { Profiles } from './profiles.ts';
import { Registered } from './registered.ts';
import { Saver } from './save.ts';

const expiredEvent = 'usrloc:contact-expired';
/** Profile of `$ulc` that the event route sees. */
const expiredProfile = 'exp';

/** One registrar: its functions, each in a part of its own. */
export class Registrar {
  readonly parts: Parts;
  readonly saver: Saver;
  readonly finder: Lookup;
  readonly registered: Registered;
  readonly profiles: Profiles;

  constructor(host: Host, config: RegistrarConfig) {
    this.parts = new Parts(host, config);
    this.saver = new Saver(this.parts);
    this.finder = new Lookup(this.parts);
    this.registered = new Registered(this.parts);
    this.profiles = new Profiles(this.parts);
    checkSettings(host, config);
  }

  async start(): Promise<void> {
    await this.parts.start();
    const { host, location } = this.parts;
    if (host.routes.has('event', expiredEvent))
      location.on((event, binding, domain) =>
        event === 'expire' ? this.#announceExpiry(binding, domain) : undefined,
      );
  }

  /** Adds `name: proto:address:port` of the receiving socket. */
  addSocketHeader(context: ScriptContext, name: string): number {
    if (!/^[\w.!%*+`'~-]+$/.test(name)) {
      this.parts.host.log.error(`add_sock_hdr: <${name}> is no header name`);
      return -1;
    }
    context.message.appendHeader(`${name}: ${context.flow.socket.text}\r\n`);
    return 1;
  }

  /** `set_q_override`: gives all contacts of the next save() of this message one q. */
  overrideQ(context: ScriptContext, text: string): number {
    const q = qOf(text) ?? -1;
    if (q < 0) {
      this.parts.host.log.error(`set_q_override: <${text}> is no q`);
      return -1;
    }
    overrideQ(context, q);
    return 1;
  }

  async #announceExpiry(binding: Binding, domain: LocationDomain): Promise<void> {
    const { host } = this.parts;
    const context = host.routes.fakeContext();
    this.profiles.put(context, expiredProfile, domain, binding.aor, [binding]);
    try {
      await host.routes.run('event', expiredEvent, context);
    } catch (error) {
      host.log.error(`event_route[${expiredEvent}]: ${errorText(error)}`);
    }
  }
}

function checkSettings(host: Host, config: RegistrarConfig): void {
  if (config.flow_timer > 0 && config.outbound_mode === 0)
    throw new ServerError('REGISTRAR_FLOW_TIMER', 'flow_timer needs outbound_mode 1 or 2');
  if (config.event_callback !== '')
    throw new ServerError(
      'REGISTRAR_EVENT_CALLBACK',
      `event_callback (${config.event_callback}) needs a scripting engine, which Olelo does not have yet`,
    );
  if (config.sock_flag >= 0 && config.sock_hdr_name === '' && config.xavp_cfg === '')
    host.log.warn('sock_flag without sock_hdr_name or xavp_cfg has no effect');
}
