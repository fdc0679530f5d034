/**
 * Calls that all need a slow service at once, and OPTIONS beside them that need nothing: what a server that
 * blocks cannot answer. Everything over UDP, with retransmissions of INVITE as RFC 3261 has them.
 */
import { createSocket, type Socket } from 'node:dgram';

export const serverPort = 5060;
export const calledPort = 5072;
const callerPort = 5071;
const probePort = 5073;
const probeEveryMs = 20;
/** 500 calls a second: all of them are there and wait before the first answer comes. */
const groupSize = 1;
const groupPauseMs = 2;
const firstRetransmissionMs = 500;

export interface LoadOptions {
  readonly address: string;
  readonly calls: number;
  /** The host of a call's request URI; the server's address unless told. */
  readonly host?: (call: number) => string;
  readonly body?: string;
  /** Gives up then. */
  readonly limitMs: number;
  /** Tells the calls of one run from those of another. */
  readonly run: string;
}

export interface LoadOutcome {
  /** Milliseconds from the first call's start to each call's final response; missing ones never came. */
  readonly answeredMs: readonly number[];
  readonly statuses: ReadonlyMap<number, number>;
  /** Calls whose second message reached the called side before the first. */
  readonly overtaken: number;
  readonly probes: number;
  readonly probeMs: readonly number[];
}

interface Call {
  isDone: boolean;
  inviteArrived: boolean;
  infoArrived: boolean;
  stopped: boolean;
}

export async function runLoad(options: LoadOptions): Promise<LoadOutcome> {
  const load = new Load(options);
  await load.open();
  try {
    return await load.run();
  } finally {
    load.close();
  }
}

class Load {
  readonly #options: LoadOptions;
  readonly #caller = createSocket('udp4');
  readonly #called = createSocket('udp4');
  readonly #prober = createSocket('udp4');
  readonly #calls: Call[];
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #answeredMs: number[] = [];
  readonly #statuses = new Map<number, number>();
  readonly #probeMs: number[] = [];
  readonly #probeStarts: number[] = [];
  #overtaken = 0;
  #startedMs = 0;
  #allDone: () => void = () => {};

  constructor(options: LoadOptions) {
    this.#options = options;
    this.#calls = Array.from({ length: options.calls }, () => ({
      isDone: false,
      inviteArrived: false,
      infoArrived: false,
      stopped: false,
    }));
  }

  async open(): Promise<void> {
    await bind(this.#caller, callerPort, this.#options.address);
    await bind(this.#called, calledPort, this.#options.address);
    await bind(this.#prober, probePort, this.#options.address);
    this.#caller.on('message', (data) => this.#response(data.toString('latin1')));
    this.#called.on('message', (data) => this.#request(data.toString('latin1')));
    this.#prober.on('message', (data) => this.#probed(data.toString('latin1')));
  }

  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
    for (const socket of [this.#caller, this.#called, this.#prober]) socket.close();
  }

  async run(): Promise<LoadOutcome> {
    const { calls, limitMs } = this.#options;
    const finished = new Promise<void>((resolve) => {
      this.#allDone = resolve;
    });
    const probing = setInterval(() => this.#probe(), probeEveryMs);
    this.#timers.add(probing);
    this.#startedMs = performance.now();
    for (let call = 0; call < calls; call += groupSize) {
      for (let i = call; i < Math.min(call + groupSize, calls); i++) this.#start(i);
      await pause(groupPauseMs);
    }
    await Promise.race([finished, pause(limitMs)]);
    clearInterval(probing);
    await pause(Math.min(1000, limitMs)); // for probes that are under way
    return {
      answeredMs: this.#answeredMs,
      statuses: this.#statuses,
      overtaken: this.#overtaken,
      probes: this.#probeStarts.length,
      probeMs: this.#probeMs,
    };
  }

  /** An INVITE, and behind it a request of the same call that needs no service. */
  #start(call: number): void {
    const invite = this.#text('INVITE', call, 1);
    this.#toServer(this.#caller, invite);
    this.#toServer(this.#caller, this.#text('INFO', call, 2));
    this.#retransmit(call, invite, firstRetransmissionMs);
  }

  #retransmit(call: number, invite: string, afterMs: number): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (this.#calls[call]?.stopped !== false) return;
      this.#toServer(this.#caller, invite);
      if (afterMs < 64 * firstRetransmissionMs) this.#retransmit(call, invite, afterMs * 2);
    }, afterMs);
    this.#timers.add(timer);
  }

  #response(text: string): void {
    const status = Number(text.slice(8, 11));
    const number = numberOf(text);
    const call = this.#calls[number];
    if (call === undefined || !/^CSeq: 1 INVITE/im.test(text)) return;
    call.stopped = true;
    if (status < 200 || call.isDone) return;
    call.isDone = true;
    this.#answeredMs.push(performance.now() - this.#startedMs);
    this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1);
    if (status >= 300) this.#acknowledge(text, number);
    if (this.#answeredMs.length === this.#calls.length) this.#allDone();
  }

  #acknowledge(response: string, call: number): void {
    const to = /^(?:To|t): .*/im.exec(response)?.[0] ?? '';
    this.#toServer(this.#caller, this.#text('ACK', call, 1).replace(/^To: .*/m, to));
  }

  #request(text: string): void {
    const call = this.#calls[numberOf(text)];
    if (call === undefined) return;
    if (text.startsWith('INVITE') && !call.inviteArrived) {
      call.inviteArrived = true;
      if (call.infoArrived) this.#overtaken++;
    } else if (text.startsWith('INFO')) call.infoArrived = true;
    if (!text.startsWith('ACK')) this.#toServer(this.#called, okFor(text));
  }

  #probe(): void {
    const number = this.#probeStarts.push(performance.now()) - 1;
    const { address, run } = this.#options;
    this.#toServer(
      this.#prober,
      `OPTIONS sip:${address} SIP/2.0\r\nVia: SIP/2.0/UDP ${address}:${probePort};branch=z9hG4bK${run}p${number}\r\n` +
        `From: <sip:probe@${address}>;tag=p${number}\r\nTo: <sip:${address}>\r\nCall-ID: call-${number}-${run}-probe\r\n` +
        `CSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n`,
    );
  }

  #probed(text: string): void {
    const startedMs = this.#probeStarts[numberOf(text)];
    if (startedMs !== undefined) this.#probeMs.push(performance.now() - startedMs);
  }

  #text(method: string, call: number, cseq: number): string {
    const { address, run, host, body = '' } = this.#options;
    const uri = `sip:user${call}@${method === 'INFO' ? address : (host?.(call) ?? address)}`;
    const content = method === 'INVITE' ? body : '';
    const type = content === '' ? '' : 'Content-Type: application/sdp\r\n';
    const branch = method === 'INFO' ? `i${call}` : `c${call}`;
    return (
      `${method} ${uri} SIP/2.0\r\nVia: SIP/2.0/UDP ${address}:${callerPort};branch=z9hG4bK${run}${branch}\r\n` +
      `From: <sip:caller@${address}>;tag=f${call}\r\nTo: <${uri}>\r\nCall-ID: call-${call}-${run}\r\n` +
      `CSeq: ${cseq} ${method}\r\nMax-Forwards: 70\r\nContact: <sip:caller@${address}:${callerPort}>\r\n` +
      `${type}Content-Length: ${content.length}\r\n\r\n${content}`
    );
  }

  #toServer(socket: Socket, text: string): void {
    socket.send(Buffer.from(text, 'latin1'), serverPort, this.#options.address);
  }
}

function numberOf(text: string): number {
  return Number(/^(?:Call-ID|i): call-(\d+)-/im.exec(text)?.[1] ?? -1);
}

function okFor(request: string): string {
  const lines = request.split('\r\n');
  const kept = lines.filter((line) => /^(Via|From|To|Call-ID|CSeq|Record-Route):/i.test(line));
  const tagged = kept.map((line) =>
    /^To:/i.test(line) && !line.includes('tag=') ? `${line};tag=called` : line,
  );
  return `SIP/2.0 200 OK\r\n${tagged.join('\r\n')}\r\nContent-Length: 0\r\n\r\n`;
}

function bind(socket: Socket, port: number, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(port, address, () => {
      try {
        socket.setRecvBufferSize(4 << 20);
      } catch {
        // the system's own size will do
      }
      resolve();
    });
  });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
