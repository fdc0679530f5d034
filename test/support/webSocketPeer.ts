import { WebSocket } from 'ws';

/** A SIP client over WebSocket. */
export class WebSocketPeer {
  readonly socket: WebSocket;
  readonly received: { readonly text: string; readonly binary: boolean }[] = [];
  readonly pings: string[] = [];
  /** Code and reason, once it has ended. */
  readonly ended: Promise<{ readonly code: number; readonly reason: string }>;
  #wake: () => void = () => {};
  #closed = false;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data, binary) => {
      this.received.push({ text: Buffer.from(data as Buffer).toString('latin1'), binary });
      this.#wake();
    });
    socket.on('ping', (data) => this.pings.push(data.toString()));
    socket.on('error', () => {});
    this.ended = new Promise((resolve) => {
      socket.on('close', (code, reason) => {
        this.#closed = true;
        this.#wake();
        resolve({ code, reason: reason.toString() });
      });
    });
  }

  /** Rejects with the status of the refusal. */
  static connect(
    url: string,
    options: { readonly protocols?: readonly string[]; readonly autoPong?: boolean } = {},
  ): Promise<WebSocketPeer> {
    const { protocols = ['sip'], autoPong = true } = options;
    const socket = new WebSocket(url, [...protocols], { rejectUnauthorized: false, autoPong });
    const peer = new WebSocketPeer(socket);
    return new Promise((resolve, reject) => {
      socket.once('open', () => resolve(peer));
      socket.once('unexpected-response', (request, response) => {
        request.destroy();
        reject(new Error(`${response.statusCode} ${response.statusMessage}`));
      });
      socket.once('error', reject);
    });
  }

  /** The next message that matches; rejects when the connection ends before, or in half a minute. */
  async message(pattern: RegExp): Promise<string> {
    const timer = setTimeout(() => {
      this.#closed = true;
      this.#wake();
    }, 30_000);
    try {
      for (;;) {
        const at = this.received.findIndex(({ text }) => pattern.test(text));
        if (at >= 0) return (this.received.splice(0, at + 1).at(-1) as { text: string }).text;
        if (this.#closed) throw new Error(`${pattern} did not come`);
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      clearTimeout(timer);
    }
  }

  send(text: string, binary = false): void {
    this.socket.send(Buffer.from(text, 'latin1'), { binary });
  }
}

/** A request as a browser sends it: invalid host names, no Content-Length. */
export function webRequest(
  method: string,
  uri: string,
  id: string,
  options: { readonly headers?: readonly string[]; readonly body?: string; readonly transport?: string } = {},
): string {
  const { headers = [], body = '', transport = 'WS' } = options;
  const lines = [
    `${method} ${uri} SIP/2.0`,
    `Via: SIP/2.0/${transport} abc.invalid;branch=z9hG4bK${id}`,
    'Max-Forwards: 70',
    'From: <sip:alice@example.com>;tag=f1',
    'To: <sip:alice@example.com>',
    `Call-ID: ${id}`,
    `CSeq: 1 ${method}`,
    'Contact: <sip:alice@abc.invalid;transport=ws>',
    ...headers,
  ];
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}
