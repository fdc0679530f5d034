/** A scripted phone behind NAT: it speaks of a private address everywhere, and sends SIP and RTP from a loopback address. */
import { randomInt } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { Peer } from './peer.ts';
import {
  headerList,
  headerValue,
  headerValues,
  kindOf,
  methodOf,
  readSip,
  type SipText,
  tagOf,
  uriOf,
  writeSip,
} from './sipText.ts';

type Header = readonly [name: string, value: string];

export interface NatPhoneOptions {
  readonly user: string;
  /** Where it really is. */
  readonly address: string;
  /** Where it believes to be. */
  readonly privateAddress: string;
  readonly server: { readonly address: string; readonly port: number };
}

export interface MediaAddress {
  readonly address: string;
  readonly port: number;
}

const waitMs = 30_000;
const rtpHeaderBytes = 12;
const payloadBytes = 160;

export class NatPhone extends Peer {
  /** RTP packets received, as their payloads' first byte. */
  readonly media: number[] = [];
  readonly #options: NatPhoneOptions;
  readonly #rtp: Socket = createSocket('udp4');
  #cseq = randomInt(1, 1000);
  #sequence = 0;
  #seen = 0;

  constructor(options: NatPhoneOptions) {
    super(options.user, options.address, 5060);
    this.#options = options;
  }

  override async open(): Promise<void> {
    await super.open();
    this.#rtp.on('message', (data) => this.media.push(data[rtpHeaderBytes] ?? -1));
    this.#rtp.on('error', () => {}); // a relay that is dead answers by ICMP
    await new Promise<void>((resolve) => this.#rtp.bind(0, this.address, resolve));
  }

  override async close(): Promise<void> {
    await new Promise<void>((resolve) => this.#rtp.close(() => resolve()));
    await super.close();
  }

  get contact(): string {
    return `<sip:${this.#options.user}@${this.#options.privateAddress}:5060>`;
  }

  get sdp(): string {
    const { privateAddress } = this.#options;
    const port = this.#rtp.address().port;
    return `v=0\r\no=- 1 1 IN IP4 ${privateAddress}\r\ns=-\r\nc=IN IP4 ${privateAddress}\r\nt=0 0\r\nm=audio ${port} RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n`;
  }

  /** The next message that `wanted` picks; those before it are passed over. */
  async next(wanted: (message: SipText) => boolean, timeoutMs = waitMs): Promise<SipText> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      while (this.#seen < this.inbox.length) {
        const message = readSip(this.inbox[this.#seen++]?.text ?? '');
        if (wanted(message)) return message;
      }
      const left = deadline - Date.now();
      if (left <= 0 || !(await this.holds(this.#seen + 1, left)))
        throw new Error(`${this.name} did not receive what it waits for; last: ${this.inbox.at(-1)?.text}`);
    }
  }

  response(method: string, status: string, timeoutMs?: number): Promise<SipText> {
    return this.next((message) => kindOf(message) === status && methodOf(message) === method, timeoutMs);
  }

  request(method: string, timeoutMs?: number): Promise<SipText> {
    return this.next((message) => kindOf(message) === method, timeoutMs);
  }

  async register(): Promise<SipText> {
    const { address } = this.#options.server;
    this.#start('REGISTER', `sip:${address}`, {
      to: `<sip:${this.name}@${address}>`,
      callId: `reg-${this.name}`,
    });
    return this.response('REGISTER', '200');
  }

  /** An INVITE; with a dialog's response one within that dialog. */
  invite(user: string, callId: string, within?: SipText): void {
    const to =
      within === undefined ? `<sip:${user}@${this.#options.server.address}>` : headerValue(within, 'To');
    const uri = within === undefined ? uriOf(to) : uriOf(headerValue(within, 'Contact'));
    this.#start('INVITE', uri, { to, callId, routes: routesOf(within), body: this.sdp });
  }

  /** `dialog` is the response that made the dialog: it has the route set. */
  ack(response: SipText, dialog: SipText = response): void {
    const cseq = headerValue(response, 'CSeq').split(' ')[0] ?? '1';
    const callId = headerValue(response, 'Call-ID');
    const uri = uriOf(headerValue(response, 'Contact'));
    this.#start('ACK', uri, { to: headerValue(response, 'To'), callId, routes: routesOf(dialog), cseq });
  }

  /** A BYE of the called side. */
  byeAsCalled(invite: SipText): void {
    const headers: Header[] = [
      ['Via', this.#via()],
      ...headerList(invite, 'Record-Route').map((value): Header => ['Route', value]),
      ['From', `${headerValue(invite, 'To')};tag=to-${this.name}`],
      ['To', headerValue(invite, 'From')],
      ['Call-ID', headerValue(invite, 'Call-ID')],
      ['CSeq', `${++this.#cseq} BYE`],
      ['Max-Forwards', '70'],
    ];
    this.#send(writeSip(`BYE ${uriOf(headerValue(invite, 'Contact'))} SIP/2.0`, headers));
  }

  answer(request: SipText, status: string, body = ''): void {
    const to = headerValue(request, 'To');
    const headers: Header[] = [
      ...['Via', 'Record-Route'].flatMap((name) =>
        headerValues(request, name).map((value): Header => [name, value]),
      ),
      ['From', headerValue(request, 'From')],
      ['To', tagOf(to) === undefined ? `${to};tag=to-${this.name}` : to],
      ['Call-ID', headerValue(request, 'Call-ID')],
      ['CSeq', headerValue(request, 'CSeq')],
      ['Contact', this.contact],
      ...(body === '' ? [] : [['Content-Type', 'application/sdp'] as Header]),
    ];
    this.#send(writeSip(`SIP/2.0 ${status}`, headers, body));
  }

  /** Sends RTP packets with this payload byte. */
  play(to: MediaAddress, mark: number, count: number): void {
    for (let i = 0; i < count; i++) {
      const packet = Buffer.alloc(rtpHeaderBytes + payloadBytes, mark);
      packet.writeUInt8(0x80, 0);
      packet.writeUInt8(8, 1);
      packet.writeUInt16BE(++this.#sequence, 2);
      packet.writeUInt32BE(this.#sequence * payloadBytes, 4);
      packet.writeUInt32BE(0x1000 + mark, 8);
      this.#rtp.send(packet, to.port, to.address);
    }
  }

  /** Sends packets to `to` until `other` has received some of them. */
  async playUntilHeard(to: MediaAddress, mark: number, other: NatPhone): Promise<boolean> {
    const deadline = Date.now() + waitMs;
    while (!other.media.includes(mark)) {
      if (Date.now() > deadline) return false;
      this.play(to, mark, 2);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return true;
  }

  #start(
    method: string,
    uri: string,
    parts: { to: string; callId: string; routes?: readonly string[]; body?: string; cseq?: string },
  ): void {
    const { server, user } = this.#options;
    const { body = '', routes = [], cseq = String(++this.#cseq) } = parts;
    const headers: Header[] = [
      ['Via', this.#via()],
      ...routes.map((value): Header => ['Route', value]),
      ['From', `<sip:${user}@${server.address}>;tag=from-${user}`],
      ['To', parts.to],
      ['Call-ID', parts.callId],
      ['CSeq', `${cseq} ${method}`],
      ['Contact', this.contact],
      ['Max-Forwards', '70'],
      ['User-Agent', 'phone'],
      ...(body === '' ? [] : [['Content-Type', 'application/sdp'] as Header]),
    ];
    this.#send(writeSip(`${method} ${uri} SIP/2.0`, headers, body));
  }

  #via(): string {
    return `SIP/2.0/UDP ${this.#options.privateAddress}:5060;branch=z9hG4bK-${randomInt(2 ** 40)};rport`;
  }

  #send(text: string): void {
    this.sendUdp(text, this.#options.server.address, this.#options.server.port);
  }
}

function routesOf(response: SipText | undefined): string[] {
  return response === undefined ? [] : headerList(response, 'Record-Route').reverse();
}

/** Where an SDP says that media goes. */
export function mediaOf(message: SipText): MediaAddress {
  const address = /^c=IN IP4 (\S+)/m.exec(message.body)?.[1] ?? '';
  const port = Number(/^m=audio (\d+)/m.exec(message.body)?.[1] ?? 0);
  return { address, port };
}
