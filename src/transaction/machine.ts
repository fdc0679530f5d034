/**
 * The four machines of RFC 3261 §17 as data: state x event -> next state and effects. The types make every
 * table total. Effects are applied after the state has changed, and telling the user is always the last of
 * them, so whatever the user does in answer meets a finished step.
 */
export interface Transition<State extends string, Effect extends string> {
  readonly next: State;
  readonly effects: readonly Effect[];
}

export type Machine<State extends string, Event extends string, Effect extends string> = Readonly<
  Record<State, Readonly<Record<Event, Transition<State, Effect>>>>
>;

/** A transition for a table. */
export function to<const State extends string, const Effect extends string = never>(
  next: State,
  ...effects: Effect[]
): Transition<State, Effect> {
  return { next, effects };
}

/** What a client transaction does to the world. */
export type ClientEffect =
  | 'retransmit'
  | 'restart retransmission'
  | 'slow retransmission'
  | 'stop retransmission'
  | 'stop timeout'
  | 'start end'
  | 'acknowledge'
  | 'acknowledge again'
  | 'terminate'
  | 'tell response'
  | 'tell timeout'
  | 'tell transport error';

/** What a server transaction does to the world. */
export type ServerEffect =
  | 'send response'
  | 'pass response'
  | 'resend response'
  | 'start retransmission'
  | 'restart retransmission'
  | 'stop retransmission'
  | 'start timeout'
  | 'stop timeout'
  | 'start end'
  | 'terminate'
  | 'tell ack'
  | 'tell timeout';
