import type { IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import WebSocket from 'ws';
import { TransportError } from '../../base/errors.ts';
import type { TlsSession } from '../../base/tlsPort.ts';
import type {
  WebSocketClient,
  WebSocketConnection,
  WebSocketConnectOptions,
  WebSocketTls,
} from '../../base/webSocketPort.ts';
import { transportError } from '../systemError.ts';
import { askedName, openTlsSocket } from '../tls/connector.ts';
import { sessionOf } from '../tls/session.ts';
import { NodeWebSocketConnection } from './connection.ts';

/** WebSocket connections by the `ws` package, over sockets that we open ourselves: to the address given, with our TLS rules. */
export const nodeWebSocketClient: WebSocketClient = { connect: connectWebSocket };

async function connectWebSocket(
  address: string,
  port: number,
  options: WebSocketConnectOptions,
): Promise<WebSocketConnection> {
  const { socket, session } = await openSocket(address, port, options);
  try {
    const webSocket = await upgrade(socket, address, port, options);
    return new NodeWebSocketConnection(webSocket, socket, session);
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

async function openSocket(
  address: string,
  port: number,
  options: WebSocketConnectOptions,
): Promise<{ readonly socket: Socket; readonly session: TlsSession | undefined }> {
  const { tls } = options;
  if (tls === undefined) return { socket: await openPlain(address, port, options), session: undefined };
  const socket = await openTlsSocket(address, port, { ...options, ...tls });
  const session = sessionOf(socket, askedName(tls));
  judge(tls, session, socket);
  return { socket, session };
}

function judge(tls: WebSocketTls, session: TlsSession, socket: Socket): void {
  try {
    tls.accept(session);
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

function openPlain(address: string, port: number, options: WebSocketConnectOptions): Promise<Socket> {
  const { localAddress, localPort, timeoutMs } = options;
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: address,
      port,
      noDelay: true,
      ...(localAddress !== undefined && { localAddress }),
      ...(localPort !== undefined && { localPort }),
    });
    const fail = (error: Error): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(transportError('connecting to', address, port, error));
    };
    const timer = setTimeout(() => fail(Object.assign(new Error(), { code: 'ETIMEDOUT' })), timeoutMs);
    socket.once('error', fail);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.off('error', fail);
      resolve(socket);
    });
  });
}

function upgrade(
  socket: Socket,
  address: string,
  port: number,
  options: WebSocketConnectOptions,
): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const webSocket = new WebSocket(options.url, [...options.protocols], {
      createConnection: () => socket,
      perMessageDeflate: false,
      handshakeTimeout: options.timeoutMs,
      maxPayload: options.maxMessageBytes,
      ...(options.origin !== undefined && { origin: options.origin }),
      ...(options.headers !== undefined && { headers: { ...options.headers } }),
    });
    const where = `${address.includes(':') ? `[${address}]` : address}:${port}`;
    const refuse = (why: string, cause?: Error): void => {
      const text = `WebSocket handshake with ${where}: ${why}`;
      reject(new TransportError('WEBSOCKET_REFUSED', text, { cause, address, port }));
      webSocket.terminate();
    };
    webSocket.on('error', (error) => refuse(error.message, error));
    webSocket.once('unexpected-response', (_request: unknown, response: IncomingMessage) => {
      refuse(`the server answered ${response.statusCode} ${response.statusMessage ?? ''}`.trimEnd());
      response.destroy();
    });
    webSocket.once('open', () => {
      webSocket.pause(); // what came in one segment with the answer waits for its handler
      resolve(webSocket);
    });
  });
}
