import type { Destination } from '../proxy/transport.ts';
import type { ScriptContext } from './context.ts';

/** How the copies of a message may be sent (`set_forward_no_connect` and friends): a bit mask. */
export const SendFlag = {
  /** Requests: only over connections that are there already. */
  forwardNoConnect: 1,
  /** Requests: close the connection after sending. */
  forwardClose: 2,
  /** Responses: only over connections that are there already. */
  replyNoConnect: 4,
  /** Responses: close the connection after sending. */
  replyClose: 8,
} as const;

const key = Symbol('send flags');
const mtuKey = Symbol('transport for large requests');

export function sendFlagsOf(context: ScriptContext): number {
  return context.scratch.size === 0 ? 0 : ((context.scratch.get(key) as number | undefined) ?? 0);
}

export function addSendFlag(context: ScriptContext, flag: number): void {
  context.scratch.set(key, sendFlagsOf(context) | flag);
}

/** Where a response goes, with what the script has said about connections; datagrams have none. */
export function replyDestination(context: ScriptContext, destination: Destination): Destination {
  if (destination.proto === 'udp') return destination;
  const flags = sendFlagsOf(context);
  if ((flags & (SendFlag.replyNoConnect | SendFlag.replyClose)) === 0) return destination;
  return {
    ...destination,
    noConnect: (flags & SendFlag.replyNoConnect) !== 0,
    closeAfter: (flags & SendFlag.replyClose) !== 0,
  };
}

/** `udp_mtu_try_proto` of this message: transport for requests larger than `udp_mtu`; undefined for none. */
export function largeRequestProtocol(context: ScriptContext): string | undefined {
  return context.scratch.size === 0 ? undefined : (context.scratch.get(mtuKey) as string | undefined);
}

export function setLargeRequestProtocol(context: ScriptContext, proto: string): void {
  context.scratch.set(mtuKey, proto);
}
