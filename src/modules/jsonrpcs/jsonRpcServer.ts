import { errorText } from '../../base/errors.ts';
import type { Value } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { Host } from '../../module/host.ts';
import type { HttpRequests } from '../../module/httpRequests.ts';
import { JsonRpcDispatcher, PARSE_ERROR } from './dispatcher.ts';

export interface JsonRpcConfig {
  readonly pretty_format: number;
  readonly transport: number;
  readonly fifo_name: string;
  readonly fifo_mode: number;
  readonly fifo_user: number | string;
  readonly fifo_group: number | string;
  readonly fifo_reply_dir: string;
  readonly dgram_socket: string;
  readonly dgram_mode: number;
  readonly dgram_user: number | string;
  readonly dgram_group: number | string;
}

/** Bits of the `transport` parameter; 0 asks for all. */
const Transport = { http: 1, fifo: 2, datagram: 4 } as const;

/** Characters of an unfinished document on the FIFO. */
const MAX_DOCUMENT = 262_144;

/** Where `jsonrpc_exec` leaves its outcome for `$jsonrpl(key)`. */
const outcome = Symbol('jsonrpc_exec');

interface Outcome {
  readonly code: number;
  readonly reason: string;
  readonly body: string;
}

/** JSON-RPC on a FIFO, on a datagram socket (Unix or UDP), and for scripts. */
export class JsonRpcServer {
  readonly dispatcher: JsonRpcDispatcher;
  readonly #host: Host;
  readonly #config: JsonRpcConfig;
  #fifoText = '';
  #open: { close(): void }[] = [];

  constructor(host: Host, config: JsonRpcConfig) {
    this.#host = host;
    this.#config = config;
    this.dispatcher = new JsonRpcDispatcher(host, () => config.pretty_format !== 0);
  }

  async start(): Promise<void> {
    if (this.#enabled(Transport.fifo) && this.#config.fifo_name !== '') await this.#openFifo();
    if (this.#enabled(Transport.datagram) && this.#config.dgram_socket !== '') await this.#openDatagram();
  }

  stop(): void {
    for (const each of this.#open.splice(0)) each.close();
  }

  #enabled(bit: number): boolean {
    return this.#config.transport === 0 || (this.#config.transport & bit) !== 0;
  }

  #underRunDir(path: string): string {
    return path.startsWith('/') ? path : `${this.#host.settings.get('rundir') ?? '/run/kamailio'}/${path}`;
  }

  async #openFifo(): Promise<void> {
    const path = this.#underRunDir(this.#config.fifo_name);
    try {
      this.#open.push(
        await this.#host.net.openFifo(path, (data) => this.#fifoData(data.toString('utf8')), {
          mode: this.#config.fifo_mode,
          user: optionalName(this.#config.fifo_user),
          group: optionalName(this.#config.fifo_group),
        }),
      );
    } catch (error) {
      this.#host.fail(`jsonrpcs: cannot open FIFO ${path}: ${errorText(error)}`);
    }
  }

  /** Documents follow one another without any frame: a document ends where its braces close. */
  #fifoData(data: string): void {
    this.#fifoText += data;
    for (;;) {
      this.#fifoText = this.#fifoText.trimStart();
      const end = documentEnd(this.#fifoText);
      if (end < 0) break;
      const document = this.#fifoText.slice(0, end);
      this.#fifoText = this.#fifoText.slice(end);
      void this.dispatcher.answer(document).then(({ body, replyName }) => this.#answerFifo(replyName, body));
    }
    if (this.#fifoText.length > MAX_DOCUMENT) {
      this.#host.log.error(`jsonrpcs: FIFO document over ${MAX_DOCUMENT} characters dropped`);
      this.#fifoText = '';
    }
  }

  #answerFifo(name: string, body: string): void {
    if (name === '') return;
    if (name.includes('/')) {
      this.#host.log.error(`jsonrpcs: reply_name "${name}" must be a name without directories`);
      return;
    }
    const path = `${this.#config.fifo_reply_dir.replace(/\/?$/, '/')}${name}`;
    this.#host.net.writeFifo(path, Buffer.from(body, 'utf8')).catch((error: unknown) => {
      this.#host.log.error(`jsonrpcs: cannot answer on FIFO ${path}: ${errorText(error)}`);
    });
  }

  async #openDatagram(): Promise<void> {
    const text = this.#config.dgram_socket;
    const udp = /^udp:(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text);
    try {
      if (udp !== null) await this.#openUdp((udp[1] ?? udp[2]) as string, Number(udp[3]));
      else await this.#openUnix(this.#underRunDir(text));
    } catch (error) {
      this.#host.fail(`jsonrpcs: cannot open datagram socket ${text}: ${errorText(error)}`);
    }
  }

  async #openUdp(address: string, port: number): Promise<void> {
    const socket = await this.#host.net.bindDatagram(address, port, {
      onDatagram: (data, from, fromPort) => {
        void this.dispatcher
          .answer(data.toString('utf8'))
          .then(({ body }) => socket.sendBytes(Buffer.from(body, 'utf8'), from, fromPort));
      },
      onError: (error) => this.#host.log.warn(`jsonrpcs: datagram socket: ${error.message}`),
    });
    this.#open.push(socket);
  }

  async #openUnix(path: string): Promise<void> {
    const socket = await this.#host.net.bindUnixDatagram(
      path,
      (data, from) => {
        void this.dispatcher.answer(data.toString('utf8')).then(({ body }) => {
          if (from !== '') socket.send(Buffer.from(body, 'utf8'), from);
        });
      },
      {
        mode: this.#config.dgram_mode,
        user: optionalName(this.#config.dgram_user),
        group: optionalName(this.#config.dgram_group),
      },
    );
    this.#open.push(socket);
  }

  /** `jsonrpc_exec`: 1, or -1 when the method failed; the outcome is in `$jsonrpl(...)` either way. */
  async execute(context: ScriptContext, document: string): Promise<number> {
    const { code, reason, body } = await this.dispatcher.answer(document);
    context.scratch.set(outcome, { code, reason, body } satisfies Outcome);
    return code === 200 ? 1 : -1;
  }

  /** `jsonrpc_dispatch`: 1 when the document was one, also when its method failed; -1 when there was nothing to run. */
  async dispatchHttp(context: ScriptContext): Promise<number> {
    const xhttp = this.#enabled(Transport.http) ? this.#host.api<HttpRequests>('xhttp') : undefined;
    if (xhttp?.isHttp(context) !== true) {
      this.#host.log.error(`jsonrpc_dispatch: ${this.#whyNot(xhttp)}`);
      return -1;
    }
    const { code, reason, body } = await this.dispatcher.answer(context.message.body);
    // as in Kamailio, the script may still answer what is no JSON by itself
    if (code === PARSE_ERROR) {
      xhttp.fallback(context, 400, 'Bad Request', 'application/json', body);
      return -1;
    }
    const status = code >= 200 && code < 700 ? code : 400;
    return xhttp.reply(context, { status, reason, contentType: 'application/json', body }) ? 1 : -1;
  }

  #whyNot(xhttp: HttpRequests | undefined): string {
    if (!this.#enabled(Transport.http)) return "parameter 'transport' does not allow HTTP";
    return xhttp === undefined ? 'module xhttp is not loaded' : 'there is no HTTP request to answer';
  }

  outcomeValue(context: ScriptContext, key: 'code' | 'text' | 'body'): Value {
    const found = context.scratch.get(outcome) as Outcome | undefined;
    if (found === undefined) return null;
    return key === 'code' ? found.code : key === 'text' ? found.reason : found.body;
  }
}

function optionalName(value: number | string): string | undefined {
  return value === '' ? undefined : String(value);
}

/** Offset behind the JSON object or array that begins `text`; -1 when its end is not there yet. */
export function documentEnd(text: string): number {
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (quoted) {
      if (char === '\\') i++;
      else if (char === '"') quoted = false;
    } else if (char === '"') quoted = true;
    else if (char === '{' || char === '[') depth++;
    else if ((char === '}' || char === ']') && --depth <= 0) return i + 1;
    // a line that opens nothing can never become a document
    else if (char === '\n' && depth === 0) return i + 1;
  }
  return -1;
}
