import type { HttpHeader } from '../base/httpCodecPort.ts';
import type { StreamKind } from '../proxy/streamKind.ts';
import type { ScriptContext } from './context.ts';

/** A reply as modules and scripts write it. */
export interface HttpReplyText {
  readonly status: number;
  readonly reason: string;
  /** '' for none. */
  readonly contentType: string;
  readonly body: string;
  readonly headers?: readonly HttpHeader[];
}

/** What module xhttp lets others do with the HTTP request of event_route[xhttp:request] (`host.api`). */
export interface HttpRequests {
  isHttp(context: ScriptContext): boolean;
  /** Value of a header; undefined without it. Several are joined with commas. */
  header(context: ScriptContext, name: string): string | undefined;
  /** Answers the request; false when there is none, or it has been answered. */
  reply(context: ScriptContext, reply: HttpReplyText): boolean;
  /** What the client gets if the route ends without an answer. */
  fallback(context: ScriptContext, status: number, reason: string, contentType: string, body: string): void;
  /** Accepts an upgrade: sends 101 with these headers; the connection speaks `kind` from now on. */
  upgrade(context: ScriptContext, headers: readonly HttpHeader[], kind: StreamKind): boolean;
}
