/** Calls through a server in this process: its datagrams go to peers that are function calls. */
import type { DatagramHandler, DatagramSocket, Net } from '../src/base/ports.ts';
import type { TestClock } from '../src/base/testClock.ts';
import { answerOf, CallTexts } from './callTexts.ts';

const address = '127.0.0.1';
const places = { transport: 'UDP', address, serverPort: 5060, callerPort: 5081, calledPort: 5082 } as const;
/** As in scenarios/call.xml. */
const talkMs = 50;
const settleEvery = 20;

interface Talk {
  readonly untilMs: number;
  readonly dialog: string;
  next: Talk | undefined;
}

export class SyntheticCalls {
  readonly listen = `udp:${address}:${places.serverPort}`;
  readonly calledPlace = `${address}:${places.calledPort}`;
  readonly #texts = new CallTexts(places);
  readonly #clock: TestClock;
  readonly #users: number;
  #handler: DatagramHandler | undefined;
  #started = 0;
  #ended = 0;
  #requests = 0;
  /** Those that talk, in the order in which they hang up. */
  #talking: Talk | undefined;
  #lastTalking: Talk | undefined;
  /** What the called side has to say, in the order in which it was asked. */
  readonly #inbox: { readonly text: string; readonly fromPort: number }[] = [];

  constructor(clock: TestClock, users: number) {
    this.#clock = clock;
    this.#users = users;
  }

  /** Calls that have not come to their end. */
  get unfinished(): number {
    return this.#started - this.#ended;
  }

  /** `real`, but for datagrams, which stay here. */
  net(real: Net): Net {
    return {
      ...real,
      interfaces: () => real.interfaces(),
      bindDatagram: async (bound: string, port: number, handler: DatagramHandler) => {
        this.#handler = handler;
        return this.#socket(bound, port);
      },
      listenStream: async (bound: string, port: number) => ({
        local: { address: bound, port },
        close: () => {},
      }),
    };
  }

  async register(): Promise<void> {
    for (let i = 0; i < this.#users; i++) {
      this.#deliver(this.#texts.register(i), places.callerPort);
      if (i % settleEvery === 0) await this.#settle();
    }
    await this.#settle();
  }

  /** Starts `calls` calls, one each `everyMs` of virtual time, and lets them end. */
  async run(calls: number, everyMs: number): Promise<void> {
    for (let i = 0; i < calls; i++) {
      const n = this.#started++;
      this.#deliver(this.#texts.invite(n, `user${n % this.#users}`), places.callerPort);
      this.#clock.advance(everyMs);
      this.#hangUp();
      if (i % settleEvery === 0) await this.#settle();
    }
    this.#clock.advance(talkMs);
    this.#hangUp();
    await this.#settle();
  }

  #socket(bound: string, port: number): DatagramSocket {
    return {
      local: { address: bound, port },
      send: (text, _to, toPort) => {
        if (toPort === places.calledPort) this.#onCalled(text);
        else this.#onCaller(text);
      },
      sendBytes: () => {},
      close: () => {},
    };
  }

  async #settle(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
  }

  #deliver(text: string, fromPort: number): void {
    this.#inbox.push({ text, fromPort });
    if (this.#inbox.length > 1) return;
    // one after the other, as the system hands datagrams over
    for (let i = 0; i < this.#inbox.length; i++) {
      const next = this.#inbox[i];
      if (next !== undefined)
        this.#handler?.onDatagram(Buffer.from(next.text, 'latin1'), address, next.fromPort);
    }
    this.#inbox.length = 0;
  }

  #onCalled(text: string): void {
    for (const answer of this.#texts.answers(text)) this.#deliver(answer, places.calledPort);
  }

  /** The caller acknowledges a 200 to its INVITE, and hangs up a while later. */
  #onCaller(text: string): void {
    const answer = answerOf(text);
    if (answer === '200 BYE') this.#ended++;
    if (answer !== '200 INVITE') return;
    const dialog = this.#texts.dialogOf(text);
    this.#deliver(this.#texts.inDialog('ACK', dialog, this.#requests++), places.callerPort);
    const talk: Talk = { untilMs: this.#clock.nowMs() + talkMs, dialog, next: undefined };
    if (this.#lastTalking === undefined) this.#talking = talk;
    else this.#lastTalking.next = talk;
    this.#lastTalking = talk;
  }

  #hangUp(): void {
    const nowMs = this.#clock.nowMs();
    for (let talk = this.#talking; talk !== undefined && talk.untilMs <= nowMs; talk = this.#talking) {
      this.#talking = talk.next;
      if (talk.next === undefined) this.#lastTalking = undefined;
      talk.next = undefined; // no chain of the dead for the collector
      this.#deliver(this.#texts.inDialog('BYE', talk.dialog, this.#requests++), places.callerPort);
    }
  }
}
