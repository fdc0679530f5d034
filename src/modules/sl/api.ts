import type { ScriptContext } from '../../module/context.ts';

export interface SlReplyOptions {
  /** Full header lines, each with CRLF, besides those that the script has appended. */
  readonly headers?: string;
  readonly body?: string;
  readonly contentType?: string;
  /** Default: `tagFor`, or what tm gives its transaction. */
  readonly toTag?: string;
}

/** `host.api<SlApi>('sl')`: how modules answer requests (registrar, auth ...). */
export interface SlApi {
  /** In the transaction when there is one (and `bind_tm` allows it), else without; true when it was sent. */
  reply(context: ScriptContext, status: number, reason: string, options?: SlReplyOptions): boolean;
  /** Always without a transaction. */
  statelessReply(context: ScriptContext, status: number, reason: string, options?: SlReplyOptions): boolean;
  /** The To tag that answers of both kinds give to this request. */
  tagFor(context: ScriptContext): string;
}
