import { errorText, isOutage, ServerError } from '../../base/errors.ts';
import type { VariableRef } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { Host } from '../../module/host.ts';
import { type Binding, type LocationDomain, type LocationService, type Maybe, then } from '../usrloc/api.ts';
import type { RegistrarConfig } from './params.ts';

/** What all functions of the module share. */
export class Parts {
  readonly host: Host;
  readonly config: RegistrarConfig;
  acceptedCount = 0;
  rejectedCount = 0;
  #location: LocationService | undefined;
  #received: VariableRef | undefined;
  #callId: VariableRef | undefined;
  readonly #expected = new Set<string>();

  constructor(host: Host, config: RegistrarConfig) {
    this.host = host;
    this.config = config;
  }

  /** A table that the config names: it is opened, and loaded, at the start. */
  expectTable(table: string): void {
    this.#expected.add(table);
  }

  /** All modules are there. */
  async start(): Promise<void> {
    for (const table of this.#expected) await this.domain(table);
    const { received_avp, reg_callid_avp } = this.config;
    if (received_avp !== '') this.#received = this.host.formats.variable(received_avp);
    if (reg_callid_avp !== '') this.#callId = this.host.formats.variable(reg_callid_avp);
  }

  get location(): LocationService {
    this.#location ??= this.host.api<LocationService>('usrloc');
    if (this.#location === undefined)
      throw new ServerError('REGISTRAR_USRLOC', 'registrar works on usrloc, which is not loaded');
    return this.#location;
  }

  domain(table: string): Maybe<LocationDomain> {
    return this.location.registerDomain(table);
  }

  nowSec(): number {
    return Math.floor(this.host.clock.wallMs() / 1000);
  }

  /** Does a binding count (`use_expired_contacts`)? */
  counts(domain: LocationDomain, binding: Binding): boolean {
    return this.config.use_expired_contacts !== 0 || domain.isValid(binding, this.nowSec());
  }

  /** Value of `received_avp`; '' when there is none. */
  receivedOf(context: ScriptContext): string {
    return valueText(this.#received, context);
  }

  /** Value of `reg_callid_avp`; '' when there is none. */
  wantedCallIdOf(context: ScriptContext): string {
    return valueText(this.#callId, context);
  }

  /** Runs `work` on a table; a failing database gives `otherwise` and is logged. */
  withDomain(
    table: string,
    otherwise: number,
    work: (domain: LocationDomain) => Maybe<number>,
  ): Maybe<number> {
    const result = then(this.domain(table), work);
    if (!(result instanceof Promise)) return result;
    return result.catch((error: unknown) => {
      // an outage is told once, by the database
      if (!isOutage(error)) this.host.log.error(`location table ${table}: ${errorText(error)}`);
      return otherwise;
    });
  }
}

function valueText(variable: VariableRef | undefined, context: ScriptContext): string {
  const value = variable?.get(context) ?? null;
  return value === null ? '' : `${value}`;
}
