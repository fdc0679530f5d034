import type { Destination, Flow, ListenSocket } from '../proxy/transport.ts';
import type { ScriptContext } from './context.ts';

/**
 * What a route sees of bytes on the wire: the message about to be sent in onsend_route (`$snd`, `$sndto`,
 * `snd_ip`), the raw datagram in event_route[core:msg-received] (`$rcv`). Whoever runs such a route puts it
 * there first.
 */
export interface Outgoing {
  readonly text: string;
  readonly socket: ListenSocket | undefined;
  readonly destination: Destination;
}

export interface Incoming {
  readonly text: string;
  readonly flow: Flow;
}

const outgoingKey = Symbol('outgoing message');
const incomingKey = Symbol('incoming bytes');

export function setOutgoing(context: ScriptContext, outgoing: Outgoing): void {
  context.scratch.set(outgoingKey, outgoing);
}

export function outgoingOf(context: ScriptContext): Outgoing | undefined {
  return context.scratch.get(outgoingKey) as Outgoing | undefined;
}

export function setIncoming(context: ScriptContext, incoming: Incoming): void {
  context.scratch.set(incomingKey, incoming);
}

export function incomingOf(context: ScriptContext): Incoming | undefined {
  return context.scratch.get(incomingKey) as Incoming | undefined;
}
