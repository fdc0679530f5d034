import { connect, createServer, type Server, type TLSSocket } from 'node:tls';
import type { TestCertificate } from './certificates.ts';

/** A SIP client over TLS: sends texts, hands over what comes back. */
export class TlsPeer {
  readonly socket: TLSSocket;
  #text = '';
  #wake: () => void = () => {};
  closed = false;

  private constructor(socket: TLSSocket) {
    this.socket = socket;
    socket.on('data', (data) => {
      this.#text += data.toString('latin1');
      this.#wake();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.closed = true;
      this.#wake();
    });
  }

  /** Resolves after the handshake. */
  static connect(
    port: number,
    options: {
      readonly identity?: TestCertificate | undefined;
      readonly serverName?: string;
      readonly session?: Buffer | undefined;
    } = {},
  ): Promise<TlsPeer> {
    const { identity, serverName = '', session } = options;
    return new Promise((resolve, reject) => {
      const socket = connect({
        host: '127.0.0.1',
        port,
        servername: serverName,
        rejectUnauthorized: false,
        ...(session !== undefined && { session }),
        ...(identity !== undefined && { cert: identity.certificate, key: identity.key }),
      });
      const peer = new TlsPeer(socket);
      socket.once('error', reject);
      socket.once('secureConnect', () => resolve(peer));
    });
  }

  send(text: string): void {
    this.socket.write(text, 'latin1');
  }

  /** All bytes so far, once they match; rejects when the connection ends before. */
  async until(pattern: RegExp, timeoutMs = 30_000): Promise<string> {
    const timer = setTimeout(() => {
      this.closed = true;
      this.#wake();
    }, timeoutMs);
    try {
      while (!pattern.test(this.#text)) {
        if (this.closed) throw new Error(`${pattern} did not come; this did: ${this.#text}`);
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
      const text = this.#text;
      this.#text = '';
      return text;
    } finally {
      clearTimeout(timer);
    }
  }

  end(): Promise<void> {
    if (this.socket.destroyed) return Promise.resolve();
    return new Promise((resolve) => {
      this.socket.once('close', () => resolve());
      this.socket.end();
    });
  }
}

/** A SIP server over TLS that answers every request with 200. */
export async function answeringServer(
  identity: TestCertificate,
  onRequest: (text: string, socket: TLSSocket) => void = () => {},
): Promise<{ readonly port: number; readonly server: Server; readonly names: string[]; close(): void }> {
  const names: string[] = [];
  const server = createServer({
    cert: identity.certificate,
    key: identity.key,
    requestCert: true,
    rejectUnauthorized: false,
  });
  server.on('secureConnection', (socket) => {
    names.push(String(socket.servername || ''));
    socket.on('error', () => {});
    socket.on('data', (data) => {
      const text = data.toString('latin1');
      onRequest(text, socket);
      socket.write(okFor(text), 'latin1');
    });
  });
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  return { port, server, names, close: () => server.close() };
}

export function okFor(request: string): string {
  const kept = request.split('\r\n').filter((line) => /^(via|from|to|call-id|cseq):/i.test(line));
  return `${['SIP/2.0 200 OK', ...kept, 'Content-Length: 0'].join('\r\n')}\r\n\r\n`;
}

/** An OPTIONS as a TLS client sends it. */
export function optionsText(uri: string, id: string, headers: readonly string[] = []): string {
  const lines = [
    `OPTIONS ${uri} SIP/2.0`,
    `Via: SIP/2.0/TLS 127.0.0.1:9;branch=z9hG4bK-${id};rport`,
    'Max-Forwards: 70',
    'From: <sip:a@example.com>;tag=f1',
    `To: <${uri}>`,
    `Call-ID: ${id}`,
    'CSeq: 1 OPTIONS',
    ...headers,
    'Content-Length: 0',
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}
