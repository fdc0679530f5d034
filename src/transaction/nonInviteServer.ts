import { type Machine, type ServerEffect, to } from './machine.ts';

/** RFC 3261 §17.2.2. */
export type NonInviteServerState = 'trying' | 'proceeding' | 'completed' | 'terminated';
export type NonInviteServerEvent = 'request' | 'provisional' | 'final' | 'timerJ';

export const nonInviteServer: Machine<NonInviteServerState, NonInviteServerEvent, ServerEffect> = {
  trying: {
    request: to('trying'), // §17.2.2: discarded
    provisional: to('proceeding', 'send response'),
    final: to('completed', 'send response', 'start end'),
    timerJ: to('trying'),
  },
  proceeding: {
    request: to('proceeding', 'resend response'),
    provisional: to('proceeding', 'send response'),
    final: to('completed', 'send response', 'start end'),
    timerJ: to('proceeding'),
  },
  completed: {
    request: to('completed', 'resend response'),
    provisional: to('completed'),
    final: to('completed'), // §17.2.2: any other final response of the user is discarded
    timerJ: to('terminated', 'terminate'),
  },
  terminated: {
    request: to('terminated'),
    provisional: to('terminated'),
    final: to('terminated'),
    timerJ: to('terminated'),
  },
};
