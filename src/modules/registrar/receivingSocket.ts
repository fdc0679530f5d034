import type { ScriptContext } from '../../module/context.ts';
import type { ListenSocket } from '../../proxy/transport.ts';
import type { Parts } from './parts.ts';

export interface ReceivingSocket {
  /** `proto:host:port`. */
  readonly text: string;
  /** undefined when it belongs to another server. */
  readonly socket: ListenSocket | undefined;
}

/**
 * The socket that a binding is reached through: the one that received the REGISTER, or with `sock_flag` the
 * one that xavp_cfg or a header of a replicating server names.
 */
export function receivingSocket(
  parts: Parts,
  context: ScriptContext,
  isNamed: boolean,
  fromXavp: string | undefined,
): ReceivingSocket {
  const name = isNamed ? (fromXavp ?? headerText(parts, context)) : '';
  if (/^(udp|tcp|tls|sctp|ws|wss):[^\s]+$/i.test(name)) {
    const socket = parts.host.transport.findSocket(name);
    return socket === undefined ? { text: name, socket } : shown(parts, socket);
  }
  return shown(parts, context.flow.socket);
}

/** `sock_mode` 1 shows the advertised address. */
function shown(parts: Parts, socket: ListenSocket): ReceivingSocket {
  const advertised = parts.config.sock_mode === 1 && socket.advertised;
  const text = advertised ? `${socket.proto}:${socket.sentByHost}:${socket.sentByPort}` : socket.text;
  return { text, socket };
}

function headerText(parts: Parts, context: ScriptContext): string {
  const name = parts.config.sock_hdr_name;
  const i = name === '' ? -1 : context.message.findName(name);
  return i < 0 ? '' : context.message.headerValue(i);
}
