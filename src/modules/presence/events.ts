import { ServerError } from '../../base/errors.ts';
import { HeaderKind } from '../../sip/headerKind.ts';
import type { SipMessage } from '../../sip/message.ts';
import { type Params, parseParams } from '../../sip/params.ts';
import type { EventPackage } from './api.ts';

/** Packages that a server can have; far above what there is. */
const maxPackages = 100;

/** An Event header, understood. */
export interface RequestedEvent {
  readonly event: EventPackage;
  /** `id` (RFC 6665 §8.2.1): tells subscriptions of one dialog apart; '' for none. */
  readonly id: string;
}

/** The event packages that modules have registered. */
export class Events {
  readonly #packages = new Map<string, EventPackage>();

  add(event: EventPackage): void {
    const name = canonicalName(event.name);
    if (this.#packages.has(name) || this.#packages.size >= maxPackages)
      throw new ServerError('PRESENCE_EVENT', `event package ${event.name} is registered already`);
    this.#packages.set(name, event);
  }

  find(name: string): EventPackage | undefined {
    return this.#packages.get(canonicalName(name));
  }

  /** The package that informs about the watchers of this one (RFC 3857). */
  watcherInfoOf(event: EventPackage): EventPackage | undefined {
    const info = this.find(`${event.name}.winfo`);
    return info?.watchedPackage === event.name ? info : undefined;
  }

  /** The newest first, as the real server has them in Allow-Events. */
  get names(): readonly string[] {
    return [...this.#packages.values()].map(({ name }) => name).reverse();
  }

  /** Reads the Event header; undefined when there is none or nobody knows the package. */
  requestedBy(message: SipMessage): RequestedEvent | undefined {
    const value = message.value(HeaderKind.event);
    if (value === undefined) return undefined;
    const semicolon = value.indexOf(';');
    const name = (semicolon < 0 ? value : value.slice(0, semicolon)).trim();
    const params = semicolon < 0 ? undefined : parseParams(value, semicolon, value.length);
    if (semicolon >= 0 && params === undefined) return undefined;
    const event = this.find(name + kindOf(params));
    return event === undefined ? undefined : { event, id: params?.get('id') ?? '' };
  }
}

/** All parameters but `id` belong to the name of the package: `;sla`. */
function kindOf(params: Params | undefined): string {
  let text = '';
  for (const { name, value } of params?.list ?? [])
    if (name.toLowerCase() !== 'id') text += value === undefined ? `;${name}` : `;${name}=${value}`;
  return text;
}

function canonicalName(name: string): string {
  return name.replaceAll(' ', '').toLowerCase();
}
