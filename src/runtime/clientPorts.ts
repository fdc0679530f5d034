import type { Ports, WebSocketClient } from '../base/ports.ts';
import { NodeClock } from './clock.ts';
import { NodeEntropy } from './entropy.ts';
import { nodeNet } from './net.ts';
import { NodeResolver } from './resolver.ts';

/** The ports of a client: no log, no files, no databases, so that a command starts quickly. */
export function nodeClientPorts(): Pick<Ports, 'clock' | 'entropy' | 'net' | 'resolver'> & {
  readonly webSocket: WebSocketClient;
} {
  return {
    clock: new NodeClock(),
    entropy: new NodeEntropy(),
    net: nodeNet,
    resolver: new NodeResolver(),
    webSocket: {
      // the WebSocket library is worth a tenth of a second, and hardly ever needed
      connect: async (address, port, options) => {
        const { nodeWebSocketClient } = await import('./webSocket/client.ts');
        return nodeWebSocketClient.connect(address, port, options);
      },
    },
  };
}
