import type { TransportProtocol } from '../../base/ports.ts';
import type { Host } from '../../module/host.ts';
import { splitUri } from '../../sip/uriParts.ts';

/** The instance of module kex. */
export class Kex {
  readonly host: Host;
  /** Log level of the config while `setdebug` is in force. */
  #configuredLevel: number | string | undefined;

  constructor(host: Host) {
    this.host = host;
  }

  /** There is one process here: the level holds for all messages until `resetdebug`. */
  setDebug(level: number): number {
    const debug = this.host.runtimeConfig.find('core', 'debug');
    if (debug === undefined) return -1;
    this.#configuredLevel ??= debug.get();
    return debug.set(level) === undefined ? 1 : -1;
  }

  resetDebug(): number {
    const level = this.#configuredLevel;
    this.#configuredLevel = undefined;
    if (level === undefined) return 1;
    return this.host.runtimeConfig.find('core', 'debug')?.set(level) === undefined ? 1 : -1;
  }

  /** A URI, `host` or `host:port`; a port that is not written is not compared. */
  isMyself(text: string): boolean {
    const uri = splitUri(text) ?? splitUri(`sip:${isBareIpv6(text) ? `[${text}]` : text}`);
    if (uri === undefined || uri.host === '') return false;
    const name = uri.host.startsWith('[') ? uri.host.slice(1, -1) : uri.host;
    return this.host.transport.isLocal(
      name,
      uri.port,
      uri.param('transport')?.toLowerCase() as TransportProtocol | undefined,
    );
  }
}

function isBareIpv6(text: string): boolean {
  return text.indexOf(':') !== text.lastIndexOf(':') && !text.startsWith('[');
}
