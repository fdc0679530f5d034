/**
 * Measures the time from a request to the first response, in microseconds, beside the load: SIPp's own clock ticks in
 * milliseconds. A probe call is INVITE, ACK, BYE like the others, at a low rate.
 */
import { createSocket, type Socket } from 'node:dgram';
import {
  headerList,
  headerValue,
  kindOf,
  methodOf,
  readSip,
  type SipText,
  uriOf,
} from '../test/support/sipText.ts';

export interface ProbeOptions {
  readonly address: string;
  readonly port: number;
  readonly serverPort: number;
  /** Method of the probe: INVITE makes whole calls, OPTIONS is a single question. */
  readonly method: 'INVITE' | 'OPTIONS';
  /** The user part of the next Request-URI. */
  readonly user: () => string;
  readonly everyMs: number;
}

export class Probe {
  readonly #options: ProbeOptions;
  readonly #sentAt = new Map<string, bigint>();
  readonly #socket: Socket;
  #timer: NodeJS.Timeout | undefined;
  #counter = 0;
  /** Milliseconds to the first response, one per probe that was answered. */
  readonly latenciesMs: number[] = [];
  sent = 0;

  constructor(options: ProbeOptions) {
    this.#options = options;
    this.#socket = createSocket('udp4');
    this.#socket.on('message', (data) => this.#take(data.toString('latin1')));
  }

  async start(): Promise<void> {
    const { address, port } = this.#options;
    await new Promise<void>((resolve) => this.#socket.bind(port, address, resolve));
    this.#timer = setInterval(() => this.#probe(), this.#options.everyMs);
  }

  /** Ends the probing; the calls that are under way have `graceMs` to end. */
  async stop(graceMs = 300): Promise<void> {
    clearInterval(this.#timer);
    await new Promise((resolve) => setTimeout(resolve, graceMs));
    await new Promise<void>((resolve) => this.#socket.close(() => resolve()));
  }

  #probe(): void {
    this.#counter++;
    this.sent++;
    const { address, port, serverPort, method, user } = this.#options;
    const callId = `probe-${this.#counter}@${address}`;
    const target = `sip:${user()}@${address}:${serverPort}`;
    this.#sentAt.set(callId, process.hrtime.bigint());
    this.#send(
      `${method} ${target} SIP/2.0\r\nVia: SIP/2.0/UDP ${address}:${port};branch=z9hG4bK-p${this.#counter}\r\n` +
        `Max-Forwards: 70\r\nFrom: <sip:probe@${address}:${port}>;tag=p${this.#counter}\r\nTo: <${target}>\r\n` +
        `Call-ID: ${callId}\r\nCSeq: 1 ${method}\r\nContact: <sip:probe@${address}:${port}>\r\n` +
        'Content-Length: 0\r\n\r\n',
    );
  }

  #take(text: string): void {
    const response = readSip(text);
    const callId = headerValue(response, 'Call-ID');
    const sentAt = this.#sentAt.get(callId);
    if (sentAt !== undefined) {
      this.latenciesMs.push(Number(process.hrtime.bigint() - sentAt) / 1e6);
      this.#sentAt.delete(callId);
    }
    if (methodOf(response) === 'INVITE' && kindOf(response) === '200') {
      this.#inDialog(response, 'ACK', 1);
      this.#inDialog(response, 'BYE', 2);
    }
  }

  #inDialog(response: SipText, method: string, number: number): void {
    const { address, port } = this.#options;
    const routes = headerList(response, 'Record-Route').reverse();
    const route = routes.map((value) => `Route: ${value}\r\n`).join('');
    this.#send(
      `${method} ${uriOf(headerValue(response, 'Contact'))} SIP/2.0\r\n` +
        `Via: SIP/2.0/UDP ${address}:${port};branch=z9hG4bK-p${method}${headerValue(response, 'Call-ID')}\r\n` +
        `${route}Max-Forwards: 70\r\nFrom: ${headerValue(response, 'From')}\r\nTo: ${headerValue(response, 'To')}\r\n` +
        `Call-ID: ${headerValue(response, 'Call-ID')}\r\nCSeq: ${number} ${method}\r\nContent-Length: 0\r\n\r\n`,
    );
  }

  #send(text: string): void {
    this.#socket.send(Buffer.from(text, 'latin1'), this.#options.serverPort, this.#options.address);
  }
}
