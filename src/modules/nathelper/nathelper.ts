import type { VariableRef } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { Host } from '../../module/host.ts';
import { aliasUri, type Endpoint, findAlias } from '../../sip/contactAlias.ts';
import { HeaderKind } from '../../sip/headerKind.ts';
import { nameAddrsOf } from '../../sip/headerValues.ts';
import { aliasOfContact, receivedUri } from './contacts.ts';
import type { NathelperConfig } from './params.ts';
import { type Locations, Pings } from './pings.ts';

export class Nathelper {
  readonly host: Host;
  readonly config: NathelperConfig;
  pings: Pings | undefined;
  #received: VariableRef | undefined;

  constructor(host: Host, config: NathelperConfig) {
    this.host = host;
    this.config = config;
  }

  start(): void {
    const { received_avp, natping_interval } = this.config;
    if (received_avp !== '') this.#received = this.host.formats.variable(received_avp);
    if (natping_interval === 0) return;
    const locations = this.host.api<Locations>('usrloc');
    if (locations === undefined) this.host.fail('natping_interval needs module usrloc');
    else this.pings = new Pings(this.host, this.config, locations);
  }

  fixNatedRegister(context: ScriptContext): number {
    if (this.#received === undefined) return 1;
    this.#received.set(context, receivedUri(context));
    return 1;
  }

  /** `handle_ruri_alias`: 1 the alias became `$du`, 2 there is none, -1 it is malformed. */
  handleAlias(context: ScriptContext, last: boolean): number {
    const { target } = context;
    const found = findAlias(target.requestUri, this.config.alias_name, last);
    if (found === undefined) return 2;
    const uri = aliasUri(found.value, false);
    if (uri === undefined) {
      this.host.log.error(`malformed alias '${found.value}' in ${target.requestUri}`);
      return -1;
    }
    target.requestUri = found.rest;
    target.nextHop = uri;
    target.connectionId = 0;
    context.uriChanged = true;
    return 1;
  }

  aliasToVariable(context: ScriptContext, variable: VariableRef): number {
    const uri = aliasOfContact(context, this.config.alias_name);
    if (uri === undefined) return -1;
    variable.set(context, uri);
    return 1;
  }

  /** The arguments of `add_contact_alias` as an endpoint; undefined when they make none. */
  endpointOf(address: string, port: string, proto: string): Endpoint | undefined {
    const known = ['udp', 'tcp', 'tls', 'sctp', 'ws', 'wss'] as const;
    const protocol = known.find((each) => each === proto.toLowerCase());
    const number = /^\d{1,5}$/.test(port) ? Number(port) : 0;
    if (address === '' || number < 1 || number > 65_535 || protocol === undefined) {
      this.host.log.error(
        `add_contact_alias: ${address}, ${port}, ${proto} is no address, port and protocol`,
      );
      return undefined;
    }
    return { address, port: number, proto: protocol };
  }
}

/** `$rr_count`. */
export function recordRouteCount({ message }: ScriptContext): number {
  return nameAddrsOf(message, HeaderKind.recordRoute)?.length ?? 0;
}

/** `$rr_top_count`: 2 when the topmost Record-Route is one half of a pair. */
export function topRecordRouteCount({ message }: ScriptContext): number {
  const first = message.has(HeaderKind.recordRoute)
    ? nameAddrsOf(message, HeaderKind.recordRoute)?.[0]
    : undefined;
  if (first === undefined) return 0;
  return first.parsedUri?.params.get('r2') === 'on' ? 2 : 1;
}
