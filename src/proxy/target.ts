import type { ListenSocket } from './transport.ts';

/** One target of a request (RFC 3261 §16.5): a Request-URI and how to get there. */
export interface Target {
  requestUri: string;
  /** Outbound proxy or received address to send to instead of the Request-URI (`$du`); '' for none. */
  nextHop: string;
  /** Route set of the registration (RFC 3327), a comma list; '' for none. */
  path: string;
  /** 0 to 1000; -1 when unspecified. */
  q: number;
  /** Send from this socket. */
  socket: ListenSocket | undefined;
  /** Branch flags, a bit mask of 32. */
  branchFlags: number;
  /** `+sip.instance`, '' for none (RFC 5627). */
  instance: string;
  /** `reg-id`, 0 for none (RFC 5626). */
  regId: number;
  /** Record id of the binding that it came from, '' for none. */
  ruid: string;
  /** AoR of the location record that it came from, '' for none. */
  locationUser: string;
  userAgent: string;
  /** Connection of the binding's flow; 0 for none (RFC 5626 §5.3). It goes when the script sends elsewhere. */
  connectionId: number;
}

export function makeTarget(requestUri: string): Target {
  return {
    requestUri,
    nextHop: '',
    path: '',
    q: -1,
    socket: undefined,
    branchFlags: 0,
    instance: '',
    regId: 0,
    ruid: '',
    locationUser: '',
    userAgent: '',
    connectionId: 0,
  };
}

/** Faster than a spread, which gives each copy a hidden class of its own. */
export function copyTarget(target: Target): Target {
  return {
    requestUri: target.requestUri,
    nextHop: target.nextHop,
    path: target.path,
    q: target.q,
    socket: target.socket,
    branchFlags: target.branchFlags,
    instance: target.instance,
    regId: target.regId,
    ruid: target.ruid,
    locationUser: target.locationUser,
    userAgent: target.userAgent,
    connectionId: target.connectionId,
  };
}
