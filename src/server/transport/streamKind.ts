import type { TransportProtocol } from '../../base/ports.ts';
import type { StreamKind } from '../../proxy/streamKind.ts';
import { StreamFramer } from '../../sip/framer.ts';

export const tcpKind: StreamKind = {
  proto: 'tcp',
  listen: (net, address, port, onConnection, options) =>
    net.listenStream(address, port, onConnection, options),
  connect: (net, destination, options) => net.connectStream(destination.address, destination.port, options),
  framer: ({ maxMessageBytes, acceptNoContentLength }) =>
    new StreamFramer({ headerBytes: maxMessageBytes, bodyBytes: maxMessageBytes, acceptNoContentLength }),
  encode: (text) => text,
  pong: '\r\n',
};

/** Stream kinds by protocol; modules (tls, websocket) add theirs before the sockets open. */
export class StreamKinds {
  readonly #kinds = new Map<TransportProtocol, StreamKind>([['tcp', tcpKind]]);

  add(kind: StreamKind): void {
    this.#kinds.set(kind.proto, kind);
  }

  get(proto: TransportProtocol): StreamKind | undefined {
    return this.#kinds.get(proto);
  }
}
