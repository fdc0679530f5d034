/** Caller and called side of many calls over one TCP or TLS connection each: SIPp of Debian has no TLS. */
import { once } from 'node:events';
import { connect as connectTcp, createServer, type Server, type Socket } from 'node:net';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import { answerOf, CallTexts, lines } from './callTexts.ts';

export interface StreamPlaces {
  readonly transport: 'TCP' | 'TLS';
  readonly address: string;
  readonly serverPort: number;
  readonly calledPort: number;
  /** Of the called side; TLS only. */
  readonly certificate: string;
  readonly key: string;
}

export interface StreamResult {
  readonly successful: number;
  /** Milliseconds from an INVITE to its first response. */
  readonly latenciesMs: readonly number[];
}

/** As in scenarios/call.xml. */
const talkMs = 50;
const paceMs = 5;
const giveUpMs = 10_000;
const userCount = 1000;

export class StreamPeers {
  readonly #places: StreamPlaces;
  readonly #texts: CallTexts;
  readonly #server: Server;
  #caller: Socket | undefined;
  readonly #sentAt = new Map<string, number>();
  #latenciesMs: number[] = [];
  #count = 0;
  #ended = 0;
  #requests = 0;

  constructor(places: StreamPlaces) {
    this.#places = places;
    this.#texts = new CallTexts({ ...places, callerPort: 5081 });
    const { transport, certificate, key } = places;
    const answer = (socket: Socket): void => {
      socket.setNoDelay(true);
      onMessages(socket, (request) => {
        for (const text of this.#texts.answers(request)) socket.write(text, 'latin1');
      });
    };
    this.#server =
      transport === 'TLS' ? createTlsServer({ cert: certificate, key }, answer) : createServer(answer);
  }

  async open(): Promise<void> {
    const { transport, address, serverPort, calledPort } = this.#places;
    this.#server.listen(calledPort, address);
    await once(this.#server, 'listening');
    const to = { host: address, port: serverPort };
    this.#caller = transport === 'TLS' ? connectTls({ ...to, rejectUnauthorized: false }) : connectTcp(to);
    await once(this.#caller, transport === 'TLS' ? 'secureConnect' : 'connect');
    this.#caller.setNoDelay(true);
    onMessages(this.#caller, (response) => this.#onResponse(response));
  }

  /** Makes calls at a rate and waits for their end, or for the time after which they have failed. */
  async run(calls: number, rate: number): Promise<StreamResult> {
    const before = this.#ended;
    this.#latenciesMs = [];
    const startedMs = performance.now();
    for (let made = 0; made < calls; ) {
      const due = Math.min(calls, ((performance.now() - startedMs) * rate) / 1000);
      for (; made < due; made++) this.#invite();
      await new Promise((resolve) => setTimeout(resolve, paceMs));
    }
    const lastMs = performance.now();
    while (this.#ended - before < calls && performance.now() - lastMs < giveUpMs)
      await new Promise((resolve) => setTimeout(resolve, talkMs));
    return { successful: this.#ended - before, latenciesMs: this.#latenciesMs };
  }

  close(): void {
    this.#caller?.destroy();
    this.#server.close();
  }

  #invite(): void {
    const n = this.#count++;
    const text = this.#texts.invite(n, `user${n % userCount}`);
    this.#sentAt.set(lines(text, 'Call-ID: '), performance.now());
    this.#caller?.write(text, 'latin1');
  }

  #onResponse(response: string): void {
    const callId = lines(response, 'Call-ID: ');
    const sentAt = this.#sentAt.get(callId);
    if (sentAt !== undefined) {
      this.#latenciesMs.push(performance.now() - sentAt);
      this.#sentAt.delete(callId);
    }
    const answer = answerOf(response);
    if (answer === '200 BYE') this.#ended++;
    if (answer !== '200 INVITE') return;
    const dialog = this.#texts.dialogOf(response);
    this.#caller?.write(this.#texts.inDialog('ACK', dialog, this.#requests++), 'latin1');
    setTimeout(() => {
      this.#caller?.write(this.#texts.inDialog('BYE', dialog, this.#requests++), 'latin1');
    }, talkMs);
  }
}

/** Cuts a stream of messages at their Content-Length. */
function onMessages(socket: Socket, take: (text: string) => void): void {
  let rest = '';
  socket.on('error', () => {}); // calls that fail by it are counted
  socket.on('data', (data: Buffer) => {
    rest += data.toString('latin1');
    for (;;) {
      const head = rest.indexOf('\r\n\r\n');
      if (head < 0) return;
      const length = Number(lines(rest.slice(0, head + 4), 'Content-Length: ').slice(16));
      if (rest.length < head + 4 + length) return;
      take(rest.slice(0, head + 4 + length));
      rest = rest.slice(head + 4 + length);
    }
  });
}
