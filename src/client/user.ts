import type { TimerTable } from '../transaction/timers.ts';
import { Agent } from './agent.ts';
import type { Tap } from './events.ts';
import type { ClientPorts } from './link.ts';
import { Outbound, type OutboundOptions } from './outbound.ts';
import { Phone, type PhoneProfile } from './phone.ts';
import type { Target } from './target.ts';
import type { Variables } from './template/variables.ts';

/** All that one user is started with. */
export interface UserSettings {
  /** For views: `alice`. */
  readonly name: string;
  readonly target: Target;
  readonly outbound: OutboundOptions;
  readonly profile: PhoneProfile;
  readonly timers: TimerTable;
}

/** What all users of a run share. */
export interface ClientContext {
  readonly ports: ClientPorts;
  readonly variables: Variables;
  readonly tap: Tap;
}

/** A phone that has not opened anything yet. */
export function startPhone(settings: UserSettings, { ports, variables, tap }: ClientContext): Phone {
  const agent = new Agent(settings.name, ports, settings.timers, tap);
  return new Phone(
    agent,
    new Outbound(agent, settings.target, settings.outbound),
    settings.profile,
    variables,
  );
}

export function stopPhone(phone: Phone): void {
  phone.agent.close();
  phone.outbound.close();
}
