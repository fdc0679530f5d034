import { LogLevel } from '../base/ports.ts';
import type { ServerSettings } from './settings.ts';

/** Global parameters that every received message asks for, kept at hand; read anew when a setting has changed. */
export class ReceiveOptions {
  readonly #settings: ServerSettings;
  #revision = -1;
  /** `force_rport`. */
  forceRport = false;
  /** `local_rport`. */
  localRport = false;
  /** `check_via`. */
  checkVia = false;
  /** `msg_recv_max_size`, bytes. */
  maxMessageBytes = 0;
  /** `latency_cfg_log`: the level at which the time of routes is logged. */
  routeTimeLevel: number = LogLevel.debug;

  constructor(settings: ServerSettings) {
    this.#settings = settings;
  }

  refresh(): this {
    const settings = this.#settings;
    if (settings.revision === this.#revision) return this;
    this.#revision = settings.revision;
    this.forceRport = settings.number('force_rport', 0) !== 0;
    this.localRport = settings.number('local_rport', 0) !== 0;
    this.checkVia = settings.number('check_via', 0) !== 0;
    this.maxMessageBytes = settings.number('msg_recv_max_size', 32_767);
    this.routeTimeLevel = settings.number('latency_cfg_log', LogLevel.debug);
    return this;
  }
}
