import { type ClientEffect, type Machine, to } from './machine.ts';

/** RFC 3261 §17.1.2. */
export type NonInviteClientState = 'trying' | 'proceeding' | 'completed' | 'terminated';
export type NonInviteClientEvent =
  | 'provisional'
  | 'final'
  | 'timerE'
  | 'timerF'
  | 'timerK'
  | 'transportError';

export const nonInviteClient: Machine<NonInviteClientState, NonInviteClientEvent, ClientEffect> = {
  trying: {
    provisional: to('proceeding', 'slow retransmission', 'tell response'),
    final: to('completed', 'stop retransmission', 'stop timeout', 'start end', 'tell response'),
    timerE: to('trying', 'retransmit', 'restart retransmission'),
    timerF: to('completed', 'stop retransmission', 'start end', 'tell timeout'), // absorbs a late answer
    timerK: to('trying'),
    transportError: to(
      'terminated',
      'stop retransmission',
      'stop timeout',
      'terminate',
      'tell transport error',
    ),
  },
  proceeding: {
    provisional: to('proceeding', 'tell response'),
    final: to('completed', 'stop retransmission', 'stop timeout', 'start end', 'tell response'),
    timerE: to('proceeding', 'retransmit', 'slow retransmission'), // §17.1.2.2: E is T2 in Proceeding
    timerF: to('completed', 'stop retransmission', 'start end', 'tell timeout'),
    timerK: to('proceeding'),
    transportError: to(
      'terminated',
      'stop retransmission',
      'stop timeout',
      'terminate',
      'tell transport error',
    ),
  },
  completed: {
    provisional: to('completed'),
    final: to('completed'), // §17.1.2.2: absorbs retransmissions
    timerE: to('completed'),
    timerF: to('completed'),
    timerK: to('terminated', 'terminate'),
    transportError: to('completed'),
  },
  terminated: {
    provisional: to('terminated'),
    final: to('terminated'),
    timerE: to('terminated'),
    timerF: to('terminated'),
    timerK: to('terminated'),
    transportError: to('terminated'),
  },
};
