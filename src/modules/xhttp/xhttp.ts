import { errorText, ServerError } from '../../base/errors.ts';
import type { HttpAnswer, HttpCodec, HttpExchange, HttpHeader } from '../../base/httpCodecPort.ts';
import { compilePosixRegex } from '../../base/posixRegex.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { Config } from '../../module/define.ts';
import type { Host } from '../../module/host.ts';
import type { HttpReplyText, HttpRequests } from '../../module/httpRequests.ts';
import { SendFlag, sendFlagsOf } from '../../module/sendFlags.ts';
import type { Framer, StreamKind, StreamLink } from '../../proxy/streamKind.ts';
import { isWireError, parseMessage } from '../../sip/message.ts';
import type { xhttpParams } from './parameters.ts';
import { answerOfResponse, requestTextOf } from './requestText.ts';

const requestEvent = 'xhttp:request';

/** A request of a connection, while its route runs. */
interface Pending {
  readonly exchange: HttpExchange;
  readonly link: StreamLink;
  answered: boolean;
  /** Sent when the route ends without an answer. */
  fallback: Omit<HttpAnswer, 'close'>;
}

const pendingKey = Symbol('HTTP request');
const notFound = { status: 404, reason: 'Not Found', headers: [], body: '' } as const;

/** HTTP on SIP ports: each request runs event_route[xhttp:request], one after another on each connection. */
export class Xhttp implements HttpRequests {
  readonly #host: Host;
  readonly #config: Config<typeof xhttpParams>;
  readonly #skip: RegExp | undefined;
  readonly #match: RegExp | undefined;
  /** The request that a connection is busy with, by connection: responses of sl to it become HTTP. */
  readonly #current = new Map<number, ScriptContext>();
  #codec: HttpCodec | undefined;

  constructor(host: Host, config: Config<typeof xhttpParams>) {
    this.#host = host;
    this.#config = config;
    this.#skip = matcherOf('url_skip', config.url_skip);
    this.#match = matcherOf('url_match', config.url_match);
  }

  start(): void {
    const host = this.#host;
    const { event_callback, max_header_size, max_body_size, max_pipelined } = this.#config;
    if (event_callback !== '')
      host.log.warn(
        `event callback (${event_callback}) needs a scripting engine, which Olelo does not have yet`,
      );
    this.#codec = host.net.httpCodec({
      headerBytes: max_header_size,
      bodyBytes: max_body_size,
      pipelined: max_pipelined,
    });
    host.transport.streams?.onHttp((link) => this.#framer(link));
    host.transport.interceptSend?.((text, { connectionId }) => this.#takeResponse(text, connectionId));
  }

  // ---- functions

  /** `xhttp_reply`: 1, or -1 when there is no request to answer or the arguments are none. */
  xhttpReply(
    context: ScriptContext,
    code: string,
    reason: string,
    contentType: string,
    body: string,
  ): number {
    const status = Number(code);
    if (!Number.isInteger(status) || status < 100 || status > 699) {
      this.#host.log.error(`xhttp_reply: '${code}' is no status code`);
      return -1;
    }
    if (this.reply(context, { status, reason, contentType, body })) return 1;
    this.#host.log.error('xhttp_reply: there is no HTTP request to answer, or it has been answered');
    return -1;
  }

  /** `$hu`: the URL of the request line. */
  url(context: ScriptContext): string | null {
    return pendingOf(context)?.exchange.url ?? null;
  }

  // ---- HttpRequests

  isHttp(context: ScriptContext): boolean {
    return pendingOf(context) !== undefined;
  }

  header(context: ScriptContext, name: string): string | undefined {
    const lower = name.toLowerCase();
    const found = pendingOf(context)?.exchange.headers.filter(([each]) => each.toLowerCase() === lower) ?? [];
    return found.length === 0 ? undefined : found.map(([, value]) => value).join(', ');
  }

  reply(context: ScriptContext, reply: HttpReplyText): boolean {
    const { status, reason, contentType, body, headers = [] } = reply;
    return this.#answer(context, { status, reason, body, headers: [...headers, ...typeHeader(contentType)] });
  }

  fallback(context: ScriptContext, status: number, reason: string, contentType: string, body: string): void {
    const pending = pendingOf(context);
    if (pending !== undefined) pending.fallback = { status, reason, headers: typeHeader(contentType), body };
  }

  upgrade(context: ScriptContext, headers: readonly HttpHeader[], kind: StreamKind): boolean {
    const pending = pendingOf(context);
    if (pending === undefined || pending.answered) return false;
    pending.answered = true;
    const all = [...headers, ...scriptHeaders(context), ...this.#serverHeader()];
    const lines = all.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    const { link } = pending;
    if (!link.write(`HTTP/1.1 101 Switching Protocols\r\n${lines}\r\n`)) return false;
    return this.#host.transport.streams?.change(link.connectionId, kind) ?? false;
  }

  // ---- connections

  #framer(link: StreamLink): Framer {
    const queue: HttpExchange[] = [];
    let busy = false;
    const next = (): void => {
      const exchange = busy ? undefined : queue.shift();
      if (exchange === undefined) return;
      busy = true;
      void this.#handle(exchange, link).finally(() => {
        busy = false;
        next();
      });
    };
    const session = (this.#codec as HttpCodec).session({
      write: (bytes) => void link.write(bytes),
      close: () => link.close(),
      onRequest: (exchange) => {
        queue.push(exchange);
        next();
      },
    });
    return {
      get pendingBytes() {
        return session.pendingBytes;
      },
      push: (chunk) => {
        session.feed(chunk);
        return [];
      },
      closed: () => session.detach(),
    };
  }

  /** Never rejects. */
  async #handle(exchange: HttpExchange, link: StreamLink): Promise<void> {
    const host = this.#host;
    const message = parseMessage(requestTextOf(exchange, link.flow));
    if (isWireError(message)) {
      host.log.info(`HTTP request from ${link.flow.address} refused: ${message.reason}`);
      exchange.answer({ status: 400, reason: 'Bad Request', headers: [], body: '', close: true });
      return;
    }
    const context = host.routes.contextFor(message, link.flow);
    const pending: Pending = { exchange, link, answered: false, fallback: notFound };
    context.scratch.set(pendingKey, pending);
    this.#current.set(link.connectionId, context);
    try {
      if (this.#isWanted(exchange.url)) await host.routes.run('event', requestEvent, context);
    } catch (error) {
      host.log.error(`event_route[${requestEvent}]: ${errorText(error)}`);
    }
    this.#current.delete(link.connectionId);
    if (!pending.answered) this.#answer(context, pending.fallback);
  }

  #isWanted(url: string): boolean {
    if (this.#skip?.test(url) === true) return false;
    return this.#match?.test(url) !== false;
  }

  #answer(context: ScriptContext, answer: Omit<HttpAnswer, 'close'>): boolean {
    const pending = pendingOf(context);
    if (pending === undefined || pending.answered) return false;
    pending.answered = true;
    pending.exchange.answer({
      status: answer.status,
      reason: printable(answer.reason),
      headers: [...scriptHeaders(context), ...answer.headers, ...this.#serverHeader()],
      body: answer.body,
      close: (sendFlagsOf(context) & SendFlag.replyClose) !== 0,
    });
    return true;
  }

  /** A response of sl or a challenge to an HTTP request. */
  #takeResponse(text: string, connectionId: number): string | undefined {
    const context = connectionId === 0 ? undefined : this.#current.get(connectionId);
    const answer = context === undefined ? undefined : answerOfResponse(text);
    if (context === undefined || answer === undefined) return text;
    context.replyHeaders = ''; // they are in the response already
    const headers = answer.headers.filter(([name]) => name.toLowerCase() !== 'server');
    this.#answer(context, { ...answer, headers });
    return undefined;
  }

  #serverHeader(): readonly HttpHeader[] {
    return headersOf(this.#host.settings.serverHeader);
  }
}

function pendingOf(context: ScriptContext): Pending | undefined {
  return context.scratch.size === 0 ? undefined : (context.scratch.get(pendingKey) as Pending | undefined);
}

function matcherOf(name: string, pattern: string): RegExp | undefined {
  if (pattern === '') return undefined;
  const compiled = compilePosixRegex(pattern);
  if ('error' in compiled) throw new ServerError('XHTTP_PATTERN', `${name}: ${compiled.error}`);
  return compiled.regex;
}

/** What `append_to_reply` has left. */
function scriptHeaders({ replyHeaders }: ScriptContext): readonly HttpHeader[] {
  return headersOf(replyHeaders);
}

function headersOf(lines: string): readonly HttpHeader[] {
  return lines.split(/\r?\n/).flatMap((line): HttpHeader[] => {
    const colon = line.indexOf(':');
    return colon <= 0 ? [] : [[line.slice(0, colon).trim(), printable(line.slice(colon + 1).trim())]];
  });
}

function typeHeader(contentType: string): readonly HttpHeader[] {
  return contentType === '' ? [] : [['Content-Type', printable(contentType)]];
}

/** Header values and reasons are one line. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e\x80-\xff\t]/g, ' ');
}
