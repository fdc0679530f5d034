import type { ScriptContext } from '../../module/context.ts';
import type { ListenSocket } from '../../proxy/transport.ts';

/** A flow as a token names it. */
export interface NamedFlow {
  readonly socket: ListenSocket;
  /** `sip:address:port;transport=...` of the peer. */
  readonly nextHop: string;
  /** 0: the transport finds the connection by its peer. */
  readonly connectionId: number;
}

/** `host.api<FlowTokens>('outbound')`: RFC 5626 §5 for path and rr. */
export interface FlowTokens {
  /** Does this request want its flow remembered in a Path or Record-Route? */
  applies(context: ScriptContext): boolean;
  /** The flow of this request as the user part of a URI. */
  encode(context: ScriptContext): string;
  /** `tampered` when the signature is wrong, undefined when it is no token at all. */
  decode(token: string): NamedFlow | 'tampered' | undefined;
}
