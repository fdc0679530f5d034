import { type ClientEffect, type Machine, to } from './machine.ts';

/** RFC 3261 §17.1.1 with the Accepted state of RFC 6026 §7.2. */
export type InviteClientState = 'calling' | 'proceeding' | 'accepted' | 'completed' | 'terminated';
export type InviteClientEvent =
  | 'provisional'
  | 'success'
  | 'failure'
  | 'timerA'
  | 'timerB'
  | 'timerD'
  | 'timerM'
  | 'transportError';

export const inviteClient: Machine<InviteClientState, InviteClientEvent, ClientEffect> = {
  calling: {
    provisional: to('proceeding', 'stop retransmission', 'stop timeout', 'tell response'),
    success: to('accepted', 'stop retransmission', 'stop timeout', 'start end', 'tell response'),
    failure: to(
      'completed',
      'stop retransmission',
      'stop timeout',
      'start end',
      'acknowledge',
      'tell response',
    ),
    timerA: to('calling', 'retransmit', 'restart retransmission'), // §17.1.1.2: A doubles
    // §17.1.1.2 ends here; like Kamailio we wait on, so that a late answer is absorbed and not a stray one
    timerB: to('completed', 'stop retransmission', 'start end', 'tell timeout'),
    timerD: to('calling'),
    timerM: to('calling'),
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
    success: to('accepted', 'start end', 'tell response'),
    failure: to('completed', 'start end', 'acknowledge', 'tell response'),
    timerA: to('proceeding'),
    timerB: to('proceeding'), // §17.1.1.2: from here on only timer C of the proxy (§16.8) bounds it
    timerD: to('proceeding'),
    timerM: to('proceeding'),
    transportError: to('proceeding'),
  },
  // RFC 6026 §7.2: 2xx retransmissions and 2xx of other forks all go to the user
  accepted: {
    provisional: to('accepted'),
    success: to('accepted', 'tell response'),
    failure: to('accepted'),
    timerA: to('accepted'),
    timerB: to('accepted'),
    timerD: to('accepted'),
    timerM: to('terminated', 'terminate'),
    transportError: to('accepted'),
  },
  completed: {
    provisional: to('completed'),
    success: to('completed', 'tell response'), // §16.7 step 5: a 2xx of another fork still goes upstream
    failure: to('completed', 'acknowledge again'), // §17.1.1.2; a late one gets its first ACK here
    timerA: to('completed'),
    timerB: to('completed'),
    timerD: to('terminated', 'terminate'),
    timerM: to('completed'),
    transportError: to('completed'), // of the ACK: the response repeats and so will the ACK
  },
  terminated: {
    provisional: to('terminated'),
    success: to('terminated'),
    failure: to('terminated'),
    timerA: to('terminated'),
    timerB: to('terminated'),
    timerD: to('terminated'),
    timerM: to('terminated'),
    transportError: to('terminated'),
  },
};
