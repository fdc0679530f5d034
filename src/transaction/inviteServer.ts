import { type Machine, type ServerEffect, to } from './machine.ts';

/** RFC 3261 §17.2.1 with the Accepted state of RFC 6026 §7.1. */
export type InviteServerState = 'proceeding' | 'accepted' | 'completed' | 'confirmed' | 'terminated';
export type InviteServerEvent =
  | 'request'
  | 'ack'
  | 'provisional'
  | 'success'
  | 'failure'
  | 'timerG'
  | 'timerH'
  | 'timerI'
  | 'timerL';

export const inviteServer: Machine<InviteServerState, InviteServerEvent, ServerEffect> = {
  proceeding: {
    request: to('proceeding', 'resend response'),
    ack: to('proceeding'),
    provisional: to('proceeding', 'send response'),
    success: to('accepted', 'send response', 'start end'),
    failure: to('completed', 'send response', 'start retransmission', 'start timeout'),
    timerG: to('proceeding'),
    timerH: to('proceeding'),
    timerI: to('proceeding'),
    timerL: to('proceeding'),
  },
  accepted: {
    // RFC 6026 would only absorb it; sending the 2xx again, as Kamailio does, spares the caller a T1 of the UAS
    request: to('accepted', 'resend response'),
    ack: to('accepted', 'tell ack'),
    provisional: to('accepted'),
    success: to('accepted', 'pass response'),
    failure: to('accepted'),
    timerG: to('accepted'),
    timerH: to('accepted'),
    timerI: to('accepted'),
    timerL: to('terminated', 'terminate'),
  },
  completed: {
    request: to('completed', 'resend response'),
    ack: to('confirmed', 'stop retransmission', 'stop timeout', 'start end', 'tell ack'),
    provisional: to('completed'),
    success: to('completed', 'pass response'), // §16.7 step 5: a late 2xx always goes upstream
    failure: to('completed'),
    timerG: to('completed', 'resend response', 'restart retransmission'),
    // no ACK came; like Kamailio we wait on, so that late responses of branches are absorbed and not stray ones
    timerH: to('confirmed', 'stop retransmission', 'start end', 'tell timeout'),
    timerI: to('completed'),
    timerL: to('completed'),
  },
  confirmed: {
    request: to('confirmed'),
    ack: to('confirmed'), // §17.2.1: absorbs further ACKs
    provisional: to('confirmed'),
    success: to('confirmed', 'pass response'),
    failure: to('confirmed'),
    timerG: to('confirmed'),
    timerH: to('confirmed'),
    timerI: to('terminated', 'terminate'),
    timerL: to('confirmed'),
  },
  terminated: {
    request: to('terminated'),
    ack: to('terminated'),
    provisional: to('terminated'),
    success: to('terminated'),
    failure: to('terminated'),
    timerG: to('terminated'),
    timerH: to('terminated'),
    timerI: to('terminated'),
    timerL: to('terminated'),
  },
};
