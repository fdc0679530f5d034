import { errorText } from '../../base/errors.ts';
import { stableHash } from '../../base/stableHash.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { Config } from '../../module/define.ts';
import type { Host } from '../../module/host.ts';
import { withExtras } from '../../module/replyExtras.ts';
import { replyDestination } from '../../module/sendFlags.ts';
import { redirectContact } from '../../proxy/redirect.ts';
import { responseDestination, statelessDestination } from '../../proxy/responseWay.ts';
import { viasOf } from '../../sip/headerValues.ts';
import { reasonPhraseOf } from '../../sip/reasonPhrases.ts';
import { renderResponse } from '../../sip/render.ts';
import { buildResponse } from '../../sip/response.ts';
import type { SlApi, SlReplyOptions } from './api.ts';
import { SlCounters } from './counters.ts';
import type { parameters } from './parameters.ts';

/** What sl needs of tm, when that is loaded (it is not required, hence no import of its api). */
interface StatefulReplies {
  reply(context: ScriptContext, status: number, reason: string, options?: SlReplyOptions): boolean;
  transactionOf(context: ScriptContext): object | undefined;
  errorOf(context: ScriptContext): { readonly status: number; readonly reason: string } | undefined;
  toTagOf(context: ScriptContext): string | undefined;
}

/** Answers that are made and forgotten (RFC 3261 §8.2.7). */
export class Sl implements SlApi {
  readonly host: Host;
  readonly config: Config<typeof parameters>;
  readonly counters = new SlCounters();
  readonly #tagPrefix: string;
  /** For answers; `bind_tm` may keep it away. */
  #tm: StatefulReplies | undefined;

  constructor(host: Host, config: Config<typeof parameters>) {
    this.host = host;
    this.config = config;
    const random = (): string => host.entropy.uint32().toString(16).padStart(8, '0');
    this.#tagPrefix = `${random()}${random()}.`;
    host.hooks.onRequest((context) => this.#takesAck(context));
  }

  start(): void {
    if (this.config.bind_tm !== 0) this.#tm = this.host.api<StatefulReplies>('tm');
    const { event_callback_fl_ack: ack, event_callback_lres_sent: response } = this.config;
    for (const name of [ack, response]) {
      if (name !== '')
        this.host.log.warn(
          `event callback (${name}) needs a scripting engine, which Olelo does not have yet`,
        );
    }
  }

  /** Its beginning tells our own answers, its end the request: a repeated request gets the same tag. */
  tagFor({ message }: ScriptContext): string {
    const via = message.topmostVia;
    const key = `${via?.branch}|${via?.host}|${via?.port}|${message.callId}|${message.fromTag}|${message.cseq?.number}`;
    return this.#tagPrefix + stableHash(key);
  }

  /** The To tag of answers in the transaction; undefined without one. */
  statefulTagFor(context: ScriptContext): string | undefined {
    return this.host.api<StatefulReplies>('tm')?.toTagOf(context);
  }

  reply(context: ScriptContext, status: number, reason: string, options?: SlReplyOptions): boolean {
    if (this.#tm?.transactionOf(context) !== undefined)
      return this.#tm.reply(context, status, reason, options);
    return this.statelessReply(context, status, reason, options);
  }

  statelessReply(
    context: ScriptContext,
    status: number,
    reason: string,
    options: SlReplyOptions = {},
  ): boolean {
    const { message, flow } = context;
    // RFC 3261 §17: an ACK is never answered
    if (!message.isRequest || message.method === 'ACK') {
      this.counters.failures++;
      return false;
    }
    const text = buildResponse(message, status, reason, {
      toTag: options.toTag ?? this.tagFor(context),
      ...withExtras(context, { ...options, headers: this.#headers(context, status, options) }),
      source: flow,
      forceRport: context.forceRport,
    });
    const toVia = this.host.settings.get('reply_to_via') === 1;
    const way = responseDestination(message, flow, context.forceRport, toVia);
    const destination = replyDestination(context, way);
    if (!this.host.transport.send(text, destination)) {
      this.counters.failures++;
      return false;
    }
    this.counters.count(status);
    this.host.hooks.emitStatelessReply(context, status, reason);
    this.#event('sl:local-response', context);
    return true;
  }

  #headers(context: ScriptContext, status: number, options: SlReplyOptions): string {
    const { serverHeader } = this.host.settings;
    let headers = options.headers ?? '';
    if (status >= 300 && status < 400) {
      const { target, message, branches } = context;
      const targets = target.requestUri === message.requestUri ? branches : [target, ...branches];
      const bits = this.config.rich_redirect;
      headers += redirectContact(targets, { branchFlags: (bits & 1) !== 0, path: (bits & 2) !== 0 });
    }
    return serverHeader === '' ? headers : `${headers}${serverHeader}\r\n`;
  }

  /** What went wrong last, as the answer to it. */
  replyError(context: ScriptContext): boolean {
    const failure = this.#tm?.errorOf(context);
    if (failure === undefined)
      return this.reply(context, 500, "I'm terribly sorry, server error occurred (1/SL)");
    return this.reply(context, failure.status, failure.reason.replace('/TM)', '/SL)'));
  }

  /** Sends the response of an onreply_route on, under another status of its class if asked. */
  forwardResponse(context: ScriptContext, status: number, reason: string): boolean {
    const { message, flow } = context;
    if (message.isRequest) return false;
    const vias = viasOf(message);
    const own = vias?.[0];
    const next = vias?.[1];
    if (own === undefined || next === undefined) return false;
    if (status !== 0 && Math.floor(status / 100) !== Math.floor(message.statusCode / 100)) return false;
    const destination = statelessDestination(next, own, flow.socket);
    if (destination === undefined) return false;
    const text = renderResponse(message, { removeTopmostVia: true });
    const line = `SIP/2.0 ${status || message.statusCode} ${reason || (status === 0 ? message.reasonPhrase : reasonPhraseOf(status))}`;
    return this.host.transport.send(line + text.slice(text.indexOf('\r\n')), destination);
  }

  /** An ACK to one of our answers ends here; false ends its processing. */
  #takesAck(context: ScriptContext): boolean {
    const { message } = context;
    if (message.method !== 'ACK' || !message.toTag.startsWith(this.#tagPrefix)) return true;
    this.counters.receivedAcks++;
    this.#event('sl:filtered-ack', context);
    return false;
  }

  #event(name: string, context: ScriptContext): void {
    if (!this.host.routes.has('event', name)) return;
    const { exited, dropped, returnCode, depth } = context;
    const result = this.host.routes.run('event', name, context);
    Object.assign(context, { exited, dropped, returnCode, depth });
    if (typeof result !== 'number')
      result.catch((error) => this.host.log.error(`${name}: ${errorText(error)}`));
  }
}
