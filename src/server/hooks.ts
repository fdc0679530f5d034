import { errorText } from '../base/errors.ts';
import type { Log } from '../base/ports.ts';
import type { ScriptContext } from '../module/context.ts';
import type { Hooks, ResponseHandler } from '../module/host.ts';
import type { SipMessage } from '../sip/message.ts';

/** The points where modules take part. A handler that throws is a bug of its module: logged, and the rest go on. */
export class ServerHooks implements Hooks {
  readonly #log: Log;
  readonly #request: ((context: ScriptContext) => boolean)[] = [];
  readonly #beforeRequest: ((context: ScriptContext) => Promise<void> | undefined)[] = [];
  readonly #afterRequest: ((context: ScriptContext) => void)[] = [];
  readonly #response: ResponseHandler[] = [];
  readonly #connectionClosed: ((connectionId: number) => void)[] = [];
  readonly #unreachable: ((address: string, port: number, proto: string) => void)[] = [];
  readonly #statelessReply: ((context: ScriptContext, status: number, reason: string) => void)[] = [];

  constructor(log: Log) {
    this.#log = log;
  }

  onRequest(handler: (context: ScriptContext) => boolean): void {
    this.#request.push(handler);
  }
  beforeRequest(prepare: (context: ScriptContext) => Promise<void> | undefined): void {
    this.#beforeRequest.push(prepare);
  }
  afterRequest(handler: (context: ScriptContext) => void): void {
    this.#afterRequest.push(handler);
  }
  onResponse(handler: ResponseHandler): void {
    this.#response.push(handler);
  }
  onConnectionClosed(handler: (connectionId: number) => void): void {
    this.#connectionClosed.push(handler);
  }
  onUnreachable(handler: (address: string, port: number, proto: string) => void): void {
    this.#unreachable.push(handler);
  }
  onStatelessReply(handler: (context: ScriptContext, status: number, reason: string) => void): void {
    this.#statelessReply.push(handler);
  }

  /** undefined when there is nothing to wait for. */
  prepareRequest(context: ScriptContext): Promise<unknown> | undefined {
    if (this.#beforeRequest.length === 0) return undefined;
    const waiting = this.#beforeRequest.flatMap((prepare) => prepare(context) ?? []);
    return waiting.length === 0 ? undefined : Promise.all(waiting);
  }

  /** False when a handler ended the request. */
  emitRequest(context: ScriptContext): boolean {
    for (let i = 0; i < this.#request.length; i++) {
      if (!(this.#request[i] as (context: ScriptContext) => boolean)(context)) return false;
    }
    return true;
  }

  emitAfterRequest(context: ScriptContext): void {
    for (let i = 0; i < this.#afterRequest.length; i++) {
      (this.#afterRequest[i] as (context: ScriptContext) => void)(context);
    }
  }

  /** True when a handler consumed the response. */
  emitResponse(response: SipMessage, context: ScriptContext): boolean | Promise<boolean> {
    for (let i = 0; i < this.#response.length; i++) {
      const consumed = (this.#response[i] as ResponseHandler)(response, context);
      if (consumed !== false) return consumed;
    }
    return false;
  }

  emitConnectionClosed(connectionId: number): void {
    for (const handler of this.#connectionClosed) this.#guarded(() => handler(connectionId));
  }

  emitUnreachable(address: string, port: number, proto: string): void {
    for (const handler of this.#unreachable) this.#guarded(() => handler(address, port, proto));
  }

  emitStatelessReply(context: ScriptContext, status: number, reason: string): void {
    for (const handler of this.#statelessReply) this.#guarded(() => handler(context, status, reason));
  }

  #guarded(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#log.error(`a module's event handler failed: ${errorText(error)}`);
    }
  }
}
