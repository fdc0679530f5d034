import { LoopSlices } from '../../base/loopSlices.ts';
import type { Clock } from '../../base/ports.ts';
import type { TimerQueue } from '../../base/timerQueue.ts';
import type { RpcRegistry } from '../../module/host.ts';
import { RpcFault } from '../../module/rpc.ts';
import { argumentsOf, JsonObject, type JsonValue, jsonPieces } from './json.ts';

/** The answer to one JSON-RPC document. */
export interface JsonRpcAnswer {
  /** 200 or the fault's code. */
  readonly code: number;
  readonly reason: string;
  readonly body: string;
  /** The request's `reply_name`, for the FIFO transport. */
  readonly replyName: string;
}

/** As the request has it; undefined when it has none, which Kamailio answers all the same, without one. */
type RequestId = string | number | null | undefined;

/** JSON-RPC 2.0 errors (specification §5.1). */
export const PARSE_ERROR = -32700;
const parseError = new RpcFault(PARSE_ERROR, 'Parse error');
const invalidRequest = new RpcFault(-32600, 'Invalid Request');
const invalidParams = new RpcFault(-32602, 'Invalid params');

export interface DispatcherParts {
  readonly rpc: RpcRegistry;
  readonly clock: Clock;
  readonly timers: TimerQueue;
}

/** JSON-RPC 2.0 over the server's RPC methods, whatever brings the document. */
export class JsonRpcDispatcher {
  readonly #parts: DispatcherParts;
  readonly #rpc: RpcRegistry;
  readonly #pretty: () => boolean;

  constructor(parts: DispatcherParts, pretty: () => boolean) {
    this.#parts = parts;
    this.#rpc = parts.rpc;
    this.#pretty = pretty;
  }

  async answer(document: string): Promise<JsonRpcAnswer> {
    let parsed: unknown;
    try {
      parsed = JSON.parse(document);
    } catch {
      return this.#fault(parseError, null, '');
    }
    if (!Array.isArray(parsed)) return this.#one(parsed);
    if (parsed.length === 0 || parsed.length > 100) return this.#fault(invalidRequest, null, '');
    const answers: JsonRpcAnswer[] = [];
    for (const each of parsed) answers.push(await this.#one(each));
    const body = `[${answers.map((answer) => answer.body).join(', ')}]`;
    return { code: 200, reason: 'OK', body, replyName: answers[0]?.replyName ?? '' };
  }

  async #one(request: unknown): Promise<JsonRpcAnswer> {
    if (typeof request !== 'object' || request === null) return this.#fault(invalidRequest, null, '');
    const { method, params, id, jsonrpc, reply_name: replyTo } = request as Readonly<Record<string, unknown>>;
    const replyName = typeof replyTo === 'string' ? replyTo : '';
    const requestId = typeof id === 'string' || typeof id === 'number' || id === undefined ? id : null;
    if (jsonrpc !== '2.0' || typeof method !== 'string')
      return this.#fault(invalidRequest, requestId, replyName);
    const declared = this.#rpc.find(method);
    if (declared === undefined)
      return this.#fault(new RpcFault(500, 'Method Not Found'), requestId, replyName);
    const args = argumentsOf(params);
    if (args === undefined) return this.#fault(invalidParams, requestId, replyName);
    const reply = await this.#rpc.call(method, args);
    if (reply instanceof RpcFault) return this.#fault(reply, requestId, replyName);
    const [first] = reply;
    const list = declared.returnsArray || reply.length > 1;
    const result = list ? reply : first === undefined ? new JsonObject() : first;
    return this.#envelope(200, 'OK', ['result', result], requestId, replyName);
  }

  #fault(fault: RpcFault, id: RequestId, replyName: string): Promise<JsonRpcAnswer> {
    const error = new JsonObject(['code', fault.code], ['message', fault.text]);
    return this.#envelope(fault.code, fault.text, ['error', error], id, replyName);
  }

  async #envelope(
    code: number,
    reason: string,
    outcome: readonly [string, JsonValue],
    id: RequestId,
    replyName: string,
  ): Promise<JsonRpcAnswer> {
    const members: (readonly [string, JsonValue])[] = [['jsonrpc', '2.0'], outcome];
    if (id !== undefined) members.push(['id', id]);
    const body = await this.#render(new JsonObject(...members));
    return { code, reason, body, replyName };
  }

  /** In slices: there may be very much of it. */
  async #render(value: JsonValue): Promise<string> {
    const slices = new LoopSlices(this.#parts);
    let body = '';
    for (const piece of jsonPieces(value, this.#pretty())) {
      body += piece;
      const pause = slices.step();
      if (pause !== undefined) await pause;
    }
    return body;
  }
}
