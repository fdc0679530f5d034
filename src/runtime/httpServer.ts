import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { TransportError } from '../base/errors.ts';
import type { HttpListener, HttpListenOptions, HttpReply, HttpRequest, ListenHttp } from '../base/ports.ts';

/** A web server on Node's own. */
export const listenHttp: ListenHttp = (options, handler) => {
  const listener: RequestListener = (request, response) => {
    answer(request, response, options, handler).catch(() => response.destroy());
  };
  const limits = { requestTimeout: options.requestTimeoutMs, connectionsCheckingInterval: 1000 };
  const server: Server =
    options.tls === undefined
      ? createServer(limits, listener)
      : createSecureServer({ ...limits, key: options.tls.key, cert: options.tls.certificate }, listener);
  server.maxConnections = options.maxConnections;
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const { address, port } = options;
      reject(new TransportError('HTTP_LISTEN', `${address}:${port}: ${error.message}`, { address, port }));
    });
    server.listen(options.port, options.address, () => resolve(listenerOf(server)));
  });
};

function listenerOf(server: Server): HttpListener {
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: HttpListenOptions,
  handler: (request: HttpRequest) => Promise<HttpReply>,
): Promise<void> {
  const body = await readBody(request, options.maxBodyBytes);
  const path = pathOf(request.url ?? '/');
  if (body === undefined || path === undefined) {
    // what is left of the request is not read: the connection cannot be used again
    const status = body === undefined ? 413 : 400;
    response.writeHead(status, { 'content-type': 'text/plain', connection: 'close' });
    response.end(body === undefined ? 'request too long\n' : 'bad path\n');
    return;
  }
  const reply = await handler({
    method: request.method ?? '',
    path,
    header: (name) => String(request.headers[name] ?? ''),
    body,
  }).catch((): HttpReply => ({ status: 500, contentType: 'text/plain', body: 'internal error\n' }));
  response.writeHead(reply.status, { 'content-type': reply.contentType });
  response.end(reply.body);
}

/** undefined when it is longer than allowed. */
async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function pathOf(url: string): string | undefined {
  try {
    return decodeURIComponent(url.split('?', 1)[0] as string);
  } catch {
    return undefined;
  }
}
