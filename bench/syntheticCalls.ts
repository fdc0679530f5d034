/** Peers of a server under measurement that cost next to nothing: texts put together from what the server sends. */

import type { DatagramHandler, DatagramSocket, Net } from '../src/base/ports.ts';
import type { TestClock } from '../src/base/testClock.ts';

const serverAddress = '127.0.0.1';
const serverPort = 5060;
const callerPort = 5081;
const calledPort = 5082;
/** As in scenarios/call.xml. */
const talkMs = 50;
const settleEvery = 20;

const sdp =
  'v=0\r\no=caller 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 6000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n';

interface Talk {
  readonly untilMs: number;
  /** Headers of the BYE. */
  readonly rest: string;
  next: Talk | undefined;
}

export class SyntheticCalls {
  readonly listen = `udp:${serverAddress}:${serverPort}`;
  readonly calledPlace = `${serverAddress}:${calledPort}`;
  readonly #clock: TestClock;
  readonly #users: number;
  #handler: DatagramHandler | undefined;
  #count = 0;
  #started = 0;
  #ended = 0;
  /** Those that talk, with the time at which they hang up, in that order. */
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
      bindDatagram: async (address: string, port: number, handler: DatagramHandler) => {
        this.#handler = handler;
        return this.#socket(address, port);
      },
      listenStream: async (address: string, port: number) => ({ local: { address, port }, close: () => {} }),
    };
  }

  #socket(address: string, port: number): DatagramSocket {
    return {
      local: { address, port },
      send: (text, _to, toPort) => {
        if (toPort === calledPort) this.#onCalled(text);
        else this.#onCaller(text);
      },
      sendBytes: () => {},
      close: () => {},
    };
  }

  async register(): Promise<void> {
    for (let i = 0; i < this.#users; i++) {
      this.#deliver(
        `REGISTER sip:${serverAddress}:${serverPort} SIP/2.0\r\nVia: SIP/2.0/UDP ${serverAddress}:${callerPort};branch=z9hG4bK-r${i}\r\n` +
          `Max-Forwards: 70\r\nFrom: <sip:user${i}@${serverAddress}>;tag=r${i}\r\nTo: <sip:user${i}@${serverAddress}>\r\n` +
          `Call-ID: r${i}@bench\r\nCSeq: 1 REGISTER\r\nContact: <sip:user${i}@${this.calledPlace}>\r\nExpires: 36000\r\nContent-Length: 0\r\n\r\n`,
        callerPort,
      );
      if (i % settleEvery === 0) await this.#settle();
    }
    await this.#settle();
  }

  /** Starts `calls` calls, one each `everyMs` of virtual time, and lets them end. */
  async run(calls: number, everyMs: number): Promise<void> {
    for (let i = 0; i < calls; i++) {
      this.#invite();
      this.#clock.advance(everyMs);
      this.#hangUp();
      if (i % settleEvery === 0) await this.#settle();
    }
    this.#clock.advance(talkMs);
    this.#hangUp();
    await this.#settle();
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
        this.#handler?.onDatagram(Buffer.from(next.text, 'latin1'), serverAddress, next.fromPort);
    }
    this.#inbox.length = 0;
  }

  #invite(): void {
    const n = this.#count++;
    this.#started++;
    const user = `user${n % this.#users}`;
    this.#deliver(
      `INVITE sip:${user}@${serverAddress}:${serverPort} SIP/2.0\r\nVia: SIP/2.0/UDP ${serverAddress}:${callerPort};branch=z9hG4bK-17317-${n}-0\r\n` +
        `Max-Forwards: 70\r\nFrom: "Caller" <sip:caller@${serverAddress}:${callerPort}>;tag=17317c${n}\r\nTo: <sip:${user}@${serverAddress}:${serverPort}>\r\n` +
        `Call-ID: ${n}-17317@${serverAddress}\r\nCSeq: 1 INVITE\r\nContact: <sip:caller@${serverAddress}:${callerPort};transport=UDP>\r\n` +
        `User-Agent: sipp\r\nAllow: INVITE, ACK, CANCEL, BYE, OPTIONS\r\nSubject: test call\r\nContent-Type: application/sdp\r\n` +
        `Content-Length: ${sdp.length}\r\n\r\n${sdp}`,
      callerPort,
    );
  }

  /** The called side: rings, takes the call; says yes to BYE. */
  #onCalled(text: string): void {
    const first = text.charCodeAt(0);
    if (first === 0x41) return; // ACK
    const vias = lines(text, 'Via: ');
    const head = `${vias}${lines(text, 'Record-Route: ')}${lines(text, 'From: ')}`;
    const tail = `${lines(text, 'Call-ID: ')}${lines(text, 'CSeq: ')}`;
    const to = lines(text, 'To: ');
    if (first === 0x42) {
      this.#deliver(`SIP/2.0 200 OK\r\n${head}${to}${tail}Content-Length: 0\r\n\r\n`, calledPort);
      return;
    }
    const tagged = `${to.slice(0, -2)};tag=17318s${this.#count}\r\n`;
    const contact = `Contact: <sip:called@${this.calledPlace};transport=UDP>\r\n`;
    this.#deliver(
      `SIP/2.0 180 Ringing\r\n${head}${tagged}${tail}${contact}Content-Length: 0\r\n\r\n`,
      calledPort,
    );
    this.#deliver(
      `SIP/2.0 200 OK\r\n${head}${tagged}${tail}${contact}Content-Type: application/sdp\r\nContent-Length: ${sdp.length}\r\n\r\n${sdp}`,
      calledPort,
    );
  }

  /** The caller: acknowledges a 200 to its INVITE, and hangs up a while later. */
  #onCaller(text: string): void {
    if (!text.startsWith('SIP/2.0 200')) return;
    const cseq = lines(text, 'CSeq: ');
    if (cseq.endsWith('BYE\r\n')) {
      this.#ended++;
      return;
    }
    if (!cseq.endsWith('INVITE\r\n')) return;
    const route = lines(text, 'Record-Route: ').replaceAll('Record-Route', 'Route');
    const rest = `${route}Max-Forwards: 70\r\n${lines(text, 'From: ')}${lines(text, 'To: ')}${lines(text, 'Call-ID: ')}`;
    this.#inDialog('ACK', 1, rest);
    const talk: Talk = { untilMs: this.#clock.nowMs() + talkMs, rest, next: undefined };
    if (this.#lastTalking === undefined) this.#talking = talk;
    else this.#lastTalking.next = talk;
    this.#lastTalking = talk;
  }

  #hangUp(): void {
    const nowMs = this.#clock.nowMs();
    for (let talk = this.#talking; talk !== undefined && talk.untilMs <= nowMs; talk = this.#talking) {
      this.#talking = talk.next;
      if (talk.next === undefined) this.#lastTalking = undefined;
      talk.next = undefined;
      this.#inDialog('BYE', 2, talk.rest);
    }
  }

  #inDialog(method: string, cseq: number, rest: string): void {
    const branch = `z9hG4bK-17317-${this.#count}-${method}-${this.#clock.nowMs()}`;
    this.#deliver(
      `${method} sip:called@${this.calledPlace};transport=UDP SIP/2.0\r\nVia: SIP/2.0/UDP ${serverAddress}:${callerPort};branch=${branch}\r\n` +
        `${rest}CSeq: ${cseq} ${method}\r\nContent-Length: 0\r\n\r\n`,
      callerPort,
    );
  }
}

/** All header lines that begin so, which is how the server and these peers write them. */
function lines(text: string, name: string): string {
  let out = '';
  for (let at = text.indexOf(`\n${name}`); at >= 0; at = text.indexOf(`\n${name}`, at + 1)) {
    const end = text.indexOf('\n', at + 1);
    out += text.slice(at + 1, end + 1);
  }
  return out;
}
