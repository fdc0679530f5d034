import { errorText } from '../../base/errors.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { Flow } from '../../proxy/transport.ts';
import { isWireError, parseMessage, type SipMessage } from '../../sip/message.ts';
import { buildRequest } from '../../sip/request.ts';
import { buildResponse } from '../../sip/response.ts';
import type { LocalRequest, LocalResult } from '../tm/api.ts';
import { type Parts, xavpNumber } from './parts.ts';
import type { Subscription } from './subscription.ts';

const eventRoute = 'presence:notify-reply';

/** Of a context: the subscription that `$subs` shows. */
export const subscriptionScratch = Symbol('presence subscription');
/** Of a context: the context of the answer that `$notify_reply` looks at. */
export const replyScratch = Symbol('presence notify reply');

/** Runs event_route[presence:notify-reply]. */
export class NotifyReplies {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** True when the route wants the subscription to end (`delete_subscription`). */
  tell(subscription: Subscription, request: LocalRequest, result: LocalResult): boolean | Promise<boolean> {
    const { routes, log } = this.#parts.host;
    if (!routes.has('event', eventRoute)) return false;
    const context = this.#contextOf(subscription, request, result);
    if (context === undefined) return false;
    const wantsEnd = (): boolean => xavpNumber(this.#parts, context, 'delete_subscription') === 1;
    const ran = routes.run('event', eventRoute, context);
    if (typeof ran === 'number') return wantsEnd();
    return ran.then(wantsEnd, (error: unknown) => {
      log.error(`${eventRoute}: ${errorText(error)}`);
      return false;
    });
  }

  #contextOf(
    subscription: Subscription,
    request: LocalRequest,
    result: LocalResult,
  ): ScriptContext | undefined {
    const { host } = this.#parts;
    const socket = request.socket ?? host.transport.sockets[0];
    const notify = parsed(notifyText(request));
    if (socket === undefined || notify === undefined) return undefined;
    const flow: Flow = { socket, proto: socket.proto, address: '', port: 0, connectionId: 0 };
    const response = result.response ?? parsed(buildResponse(notify, result.status, result.reason));
    const context = host.routes.contextFor(notify, flow);
    if (this.#parts.config.pres_subs_mode !== 0) context.scratch.set(subscriptionScratch, subscription);
    if (response !== undefined) context.scratch.set(replyScratch, host.routes.contextFor(response, flow));
    return context;
  }
}

function notifyText(request: LocalRequest): string {
  return buildRequest({ ...request, callId: request.callId ?? '', cseq: request.cseq ?? 0, maxForwards: 0 });
}

function parsed(text: string): SipMessage | undefined {
  const message = parseMessage(text);
  return isWireError(message) ? undefined : message;
}
