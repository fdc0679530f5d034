import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Duplex } from 'node:stream';
import type {
  HttpAnswer,
  HttpCodec,
  HttpExchange,
  HttpHeader,
  HttpLimits,
  HttpSession,
  HttpUser,
} from '../base/httpCodecPort.ts';

/**
 * Node's HTTP server, listening nowhere: it is given streams that others fill and empty. Time limits are for them, too.
 */
export class NodeHttpCodec implements HttpCodec {
  readonly #server: Server;
  readonly #limits: HttpLimits;

  constructor(limits: HttpLimits) {
    this.#limits = limits;
    this.#server = createServer({ maxHeaderSize: limits.headerBytes, keepAliveTimeout: 0, noDelay: false });
    this.#server.on('request', (request, response) => sessionOf(request).takeRequest(request, response));
    this.#server.on('checkContinue', (request, response) => {
      response.writeContinue();
      sessionOf(request).takeRequest(request, response);
    });
    this.#server.on('clientError', (error, socket) => {
      const tooLong = 'code' in error && error.code === 'HPE_HEADER_OVERFLOW';
      const status = tooLong ? '431 Request Header Fields Too Large' : '400 Bad Request';
      if (socket.writable) socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    });
  }

  session(user: HttpUser): HttpSession {
    const session = new NodeHttpSession(user, this.#limits);
    this.#server.emit('connection', session);
    return session;
  }
}

function sessionOf(request: IncomingMessage): NodeHttpSession {
  return request.socket as unknown as NodeHttpSession;
}

/** A stream whose other end is a connection of the transport. */
class NodeHttpSession extends Duplex implements HttpSession {
  readonly #user: HttpUser;
  readonly #limits: HttpLimits;
  #underWay = 0;
  #unread = 0;
  #detached = false;

  constructor(user: HttpUser, limits: HttpLimits) {
    super();
    this.#user = user;
    this.#limits = limits;
    this.on('error', () => {}); // the connection tells of its own end
  }

  get pendingBytes(): number {
    return this.#unread;
  }

  feed(chunk: Buffer): void {
    if (this.#detached) return;
    this.#unread += chunk.length;
    this.push(Buffer.from(chunk));
  }

  detach(): void {
    this.#detached = true;
    this.destroy();
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    if (!this.#detached) this.#user.write(chunk);
    done();
  }

  /** Head and body in one go. */
  override _writev(chunks: { chunk: Buffer }[], done: () => void): void {
    if (!this.#detached) this.#user.write(Buffer.concat(chunks.map(({ chunk }) => chunk)));
    done();
  }

  override _final(done: () => void): void {
    done();
    this.#end();
  }

  override _destroy(_error: Error | null, done: (error: Error | null) => void): void {
    this.#end();
    done(null);
  }

  #end(): void {
    if (this.#detached) return;
    this.#detached = true;
    this.#user.close();
  }

  takeRequest(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    let length = 0;
    if (++this.#underWay > this.#limits.pipelined) {
      this.destroy();
      return;
    }
    response.on('close', () => this.#underWay--);
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= this.#limits.bodyBytes) chunks.push(chunk);
      else if (!response.headersSent) refuse(response, 413, 'Content Too Large');
    });
    request.on('end', () => {
      this.#unread = 0;
      if (response.headersSent || this.#detached) return;
      this.#user.onRequest(exchangeOf(request, response, Buffer.concat(chunks).toString('latin1')));
    });
  }
}

function refuse(response: ServerResponse, status: number, reason: string): void {
  response.writeHead(status, reason, { Connection: 'close', 'Content-Length': 0 });
  response.end();
}

function exchangeOf(request: IncomingMessage, response: ServerResponse, body: string): HttpExchange {
  const headers: HttpHeader[] = [];
  const { rawHeaders } = request;
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    headers.push([rawHeaders[i] as string, rawHeaders[i + 1] as string]);
  }
  return {
    method: request.method ?? '',
    url: request.url ?? '',
    version: request.httpVersion,
    headers,
    body,
    answer: (answer) => write(response, answer),
  };
}

function write(response: ServerResponse, answer: HttpAnswer): void {
  if (response.headersSent) return;
  const { status, reason, body, close } = answer;
  for (const [name, value] of answer.headers) response.appendHeader(name, value);
  if (close) response.setHeader('Connection', 'close');
  response.setHeader('Content-Length', body.length);
  response.writeHead(status, reason);
  response.end(body, 'latin1');
}
