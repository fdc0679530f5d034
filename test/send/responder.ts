import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { createServer, type Socket } from 'node:net';

/** What a peer of a test sends back to a text that came; '' for nothing. */
export type Reaction = (text: string) => string | readonly string[];

/** A UDP peer on loopback that reacts to what it gets. */
export class UdpResponder {
  readonly received: string[] = [];
  readonly #socket: UdpSocket;

  private constructor(socket: UdpSocket, reaction: Reaction) {
    this.#socket = socket;
    socket.unref(); // a test that fails before it closes must not hang
    socket.on('message', (data, from) => {
      const text = data.toString('latin1');
      this.received.push(text);
      for (const answer of [reaction(text)].flat()) {
        if (answer !== '') socket.send(Buffer.from(answer, 'latin1'), from.port, from.address);
      }
    });
  }

  static async open(reaction: Reaction, address = '127.0.0.1'): Promise<UdpResponder> {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(0, address, resolve));
    return new UdpResponder(socket, reaction);
  }

  get target(): string {
    return `udp:127.0.0.1:${this.port}`;
  }

  get port(): number {
    return this.#socket.address().port;
  }

  close(): void {
    this.#socket.close();
  }
}

/** A TCP peer that reacts to what it gets. */
export async function tcpResponder(
  reaction: Reaction,
): Promise<{ readonly port: number; readonly target: string; close(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.unref();
    socket.on('error', () => {});
    socket.on('data', (data) => {
      for (const answer of [reaction(data.toString('latin1'))].flat()) {
        if (answer === 'CLOSE') socket.end();
        else if (answer !== '') socket.write(Buffer.from(answer, 'latin1'));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const close = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { port, target: `tcp:127.0.0.1:${port}`, close };
}

/** A response to a request's text; `extra` are further full lines. */
export function reply(request: string, status: number, reason: string, extra = ''): string {
  const lines = request.split('\r\n\r\n', 1)[0]!.split('\r\n');
  const copied = lines.filter((line) => /^(via|from|call-id|cseq):/i.test(line));
  const to = lines.find((line) => /^to:/i.test(line)) ?? '';
  const tagged = status > 100 && !to.includes(';tag=') ? `${to};tag=peer` : to;
  return `SIP/2.0 ${status} ${reason}\r\n${[...copied, tagged].join('\r\n')}\r\n${extra}Content-Length: 0\r\n\r\n`;
}
