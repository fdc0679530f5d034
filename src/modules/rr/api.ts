import type { ScriptContext } from '../../module/context.ts';
import type { ListenSocket } from '../../proxy/transport.ts';

/** What `host.api<RecordRouteApi>('rr')` gives to dialog, tm, acc, nathelper and others. */
export interface RecordRouteApi {
  /** Adds Record-Route as `record_route(params)` does; false when it is there already. */
  recordRoute(context: ScriptContext, params?: string): boolean;
  /** Adds `;name=value` to the Record-Route of this request, made before or after. */
  addParam(context: ScriptContext, param: string): void;
  /** Does the parameter text of the own Route (`;lr;ftag=...`) match? */
  checkParam(context: ScriptContext, pattern: RegExp): boolean;
  /** Value of a parameter of the own Route; '' when it has none, undefined when it is not there. */
  routeParam(context: ScriptContext, name: string): string | undefined;
  /** Which way a request goes in its dialog; `downstream` is caller to callee. */
  direction(context: ScriptContext): 'downstream' | 'upstream';
  /** Calls `handler` each time an own Route is processed, with its parameter text. */
  onLooseRoute(handler: (context: ScriptContext, params: string) => void): void;
  /** RFC 5626: called by the outbound module at its start. */
  useOutbound(outbound: OutboundTokens): void;
}

/** A flow token read back (RFC 5626 §5.2). */
export interface TokenFlow {
  readonly socket: ListenSocket;
  /** `sip:address:port;transport=...` of the peer. */
  readonly nextHop: string;
  readonly connectionId: number;
}

/** What rr needs of RFC 5626 (outbound). */
export interface OutboundTokens {
  /** Does this request want outbound handling? */
  applies(context: ScriptContext): boolean;
  /** The flow of this request as a token for the user part of a URI. */
  encode(context: ScriptContext): string;
  /** `tampered` when the signature is wrong, undefined when it is no token at all. */
  decode(token: string): TokenFlow | 'tampered' | undefined;
}
