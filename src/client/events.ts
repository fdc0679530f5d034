import type { SocketAddress, TransportProtocol } from '../base/ports.ts';
import type { SipMessage } from '../sip/message.ts';

/** One message on the wire, as an agent saw it. */
export interface WireEvent {
  readonly kind: 'sent' | 'received';
  /** The agent's name: `alice`. */
  readonly agent: string;
  /** Milliseconds since the Unix epoch. */
  readonly wallMs: number;
  /** Monotonic ms. */
  readonly atMs: number;
  readonly text: string;
  /** undefined for what is no SIP. */
  readonly message: SipMessage | undefined;
  /** The same message went this way before. */
  readonly repeated: boolean;
  readonly proto: TransportProtocol;
  readonly local: SocketAddress;
  readonly remote: SocketAddress;
}

/** What happens besides messages: a connection, a step of a session, something odd. */
export interface NoteEvent {
  readonly kind: 'note' | 'warning';
  readonly agent: string;
  readonly wallMs: number;
  readonly text: string;
}

export type ClientEvent = WireEvent | NoteEvent;

export type Tap = (event: ClientEvent) => void;

export function isNote(event: ClientEvent): event is NoteEvent {
  return event.kind === 'note' || event.kind === 'warning';
}
