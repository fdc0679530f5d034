/** One peer of a case: it fills in what the case file leaves out of a message and remembers its dialogs. */
import type { Received } from '../support/peer.ts';
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
} from '../support/sipText.ts';
import { type AuthenticateOrder, credentialsLine } from './credentials.ts';
import { plainUdp, SecurePeer, type Way } from './ways.ts';

type Header = readonly [name: string, value: string];

export interface ReplyOrder {
  readonly status: string;
  readonly reason: string;
  readonly method: string | undefined;
  /** Which of the requests with that method, from 1; the last when undefined. */
  readonly nth: number | undefined;
  readonly tag: string | undefined;
  readonly headers: readonly Header[];
  readonly body: string;
}

export class Actor extends SecurePeer {
  /** How many messages of the inbox the case has looked at. */
  seen = 0;
  #server: { address: string; port: number };
  readonly #caseName: string;
  #counter = 0;
  #sent: { text: string; way: Way } | undefined;
  #requests: SipText[] = [];
  /** The dialog as the called side sees it: the request taken and the tag given. */
  #answered: { request: SipText; tag: string } | undefined;
  #cseq = 0;

  constructor(name: string, address: string, port: number, caseName: string) {
    super(name, address, port);
    this.#server = { address, port: 5060 };
    this.#caseName = caseName;
  }

  /** All it sends goes to this server, at port 5060, from now on. */
  useServer(address: string): void {
    this.#server = { address, port: 5060 };
  }

  /**
   * Sends the text of a `send` section; a line `*` stands for all usual headers that the text does not have, `{etag}`
   * for the last SIP-ETag that this peer was given.
   */
  sendText(text: string, way = plainUdp): void {
    this.#counter++;
    const [head = '', body = ''] = splitHeadAndBody(text.replaceAll('{etag}', () => this.#lastEtag()));
    const lines = head.split('\n');
    const star = lines.indexOf('*');
    if (star >= 0) lines.splice(star, 1, ...this.#usualHeaders(lines, body, way));
    this.#transmit(`${lines.join('\r\n')}\r\n\r\n${body}`, way);
  }

  resend(): void {
    if (this.#sent !== undefined) this.#put(this.#sent.text, this.#sent.way);
  }

  reply(order: ReplyOrder): void {
    const { request, received } = this.#requestFor(order);
    const tag = order.tag ?? `to-${this.name}`;
    const to = headerValue(request, 'To');
    const taggedTo = tagOf(to) === undefined && order.status !== '100' ? `${to};tag=${tag}` : to;
    const headers: Header[] = [
      ...headerValues(request, 'Via').map((value): Header => ['Via', value]),
      ...headerValues(request, 'Record-Route').map((value): Header => ['Record-Route', value]),
      ['From', headerValue(request, 'From')],
      ['To', taggedTo],
      ['Call-ID', headerValue(request, 'Call-ID')],
      ['CSeq', headerValue(request, 'CSeq')],
    ];
    const named = new Set(order.headers.map(([name]) => name.toLowerCase()));
    const kept = headers.filter(([name]) => !named.has(name.toLowerCase()));
    if (kindOf(request) === 'INVITE') this.#answered = { request, tag };
    const text = writeSip(`SIP/2.0 ${order.status} ${order.reason}`, [...kept, ...order.headers], order.body);
    if (received.transport === 'tcp') this.sendTcp(text, this.address, received.fromPort);
    else this.sendUdp(text, this.#server.address, this.#server.port);
  }

  /** Acknowledges the last final response to an INVITE: within the dialog for 2xx, in the transaction otherwise. */
  ack(extra: readonly Header[]): void {
    const response = this.#lastResponse((r) => methodOf(r) === 'INVITE' && Number(kindOf(r)) >= 200);
    const invite = this.#lastSent('INVITE');
    if (kindOf(response).startsWith('2')) this.#inDialog('ACK', extra, '', response);
    else this.#hopByHop('ACK', invite, extra, headerValue(response, 'To'));
  }

  /** Cancels the last INVITE that it sent. */
  cancel(extra: readonly Header[]): void {
    const invite = this.#lastSent('INVITE');
    this.#hopByHop('CANCEL', invite, extra, headerValue(invite, 'To'));
  }

  /**
   * Sends its last request again, in a new transaction, with credentials for the last challenge. Header lines of the order
   * replace those of the request. Acknowledge the challenge of an INVITE before.
   */
  authenticate(order: AuthenticateOrder, headers: readonly Header[]): void {
    this.#counter++;
    const challenge = this.#lastResponse((response) => /^40[17]$/.test(kindOf(response)));
    const request = this.#lastSent(methodOf(challenge));
    const way = this.#way();
    const line = credentialsLine(order, challenge, request);
    const changed: Header[] = [
      ['Via', this.#via(way)],
      ['CSeq', `${this.#nextCseq()} ${methodOf(challenge)}`],
      ...headers,
    ];
    const names = new Set([...changed, line].map(([name]) => name.toLowerCase()));
    const kept = request.headers.filter(([name]) => !names.has(name.toLowerCase()));
    this.#transmit(writeSip(request.startLine, [...changed, ...kept, line], request.body), way);
  }

  /** Sends a request within its dialog, whichever side of it this peer is. */
  request(method: string, extra: readonly Header[], body: string): void {
    if (this.#answered !== undefined) this.#inDialogAsCalled(method, extra, body);
    else {
      const made = this.#lastResponse(
        (r) => makesDialog(methodOf(r)) && /^[12]/.test(kindOf(r)) && hasTag(r),
      );
      this.#inDialog(method, extra, body, made);
    }
  }

  #usualHeaders(lines: readonly string[], body: string, way: Way): string[] {
    const [method = '', uri = ''] = lines[0]?.split(' ') ?? [];
    const target = `<${uri.split(/[;?]/)[0]}>`;
    const usual: Header[] = [
      ['Via', this.#via(way)],
      ['From', `<sip:alice@a.example>;tag=from-${this.name}`],
      ['To', method === 'REGISTER' ? '<sip:alice@a.example>' : target],
      ['Call-ID', `${this.#caseName}@${this.name}`],
      ['CSeq', `${this.#nextCseq()} ${method}`],
      ['Max-Forwards', '70'],
      ['Content-Length', String(Buffer.byteLength(body, 'latin1'))],
    ];
    const given = lines.map((line) => line.split(':')[0]?.trim().toLowerCase());
    return usual.filter(([name]) => !given.includes(name.toLowerCase())).map(([n, v]) => `${n}: ${v}`);
  }

  #via(way: Way): string {
    return `SIP/2.0/${way.kind.toUpperCase()} ${this.address}:${this.port};branch=z9hG4bK-${this.name}-${this.#counter}`;
  }

  #nextCseq(): number {
    this.#cseq++;
    return this.#cseq;
  }

  #requestFor(order: ReplyOrder): { request: SipText; received: Received } {
    const requests = this.inbox
      .map((received) => ({ request: readSip(received.text), received }))
      .filter(({ request }) => !request.startLine.startsWith('SIP/2.0'))
      .filter(
        ({ request }) => kindOf(request) === order.method || (!order.method && kindOf(request) !== 'ACK'),
      );
    const chosen = order.nth === undefined ? requests.at(-1) : requests[order.nth - 1];
    if (chosen === undefined) throw new Error(`${this.name} has no request to reply to`);
    return chosen;
  }

  #lastEtag(): string {
    const etags = this.inbox.map(({ text }) => /^SIP-ETag: *(\S+)/im.exec(text)?.[1]);
    return etags.findLast((etag) => etag !== undefined) ?? '';
  }

  #lastResponse(wanted: (response: SipText) => boolean): SipText {
    const responses = this.inbox
      .map(({ text }) => readSip(text))
      .filter((m) => m.startLine.startsWith('SIP/2.0'));
    const last = responses.filter(wanted).at(-1);
    if (last === undefined) throw new Error(`${this.name} has no such response`);
    return last;
  }

  #lastSent(method: string): SipText {
    const last = this.#requests.filter((request) => kindOf(request) === method).at(-1);
    if (last === undefined) throw new Error(`${this.name} has sent no ${method}`);
    return last;
  }

  #hopByHop(method: string, invite: SipText, extra: readonly Header[], to: string): void {
    const uri = invite.startLine.split(' ')[1] ?? '';
    const headers: Header[] = [
      ['Via', headerValue(invite, 'Via')],
      ...headerValues(invite, 'Route').map((value): Header => ['Route', value]),
      ['From', headerValue(invite, 'From')],
      ['To', to],
      ['Call-ID', headerValue(invite, 'Call-ID')],
      ['CSeq', `${headerValue(invite, 'CSeq').split(' ')[0]} ${method}`],
      ['Max-Forwards', '70'],
      ...extra,
    ];
    this.#transmit(writeSip(`${method} ${uri} SIP/2.0`, headers), this.#way());
  }

  /** A request of the calling side: Record-Route of the response in reverse, its Contact as the target. */
  #inDialog(method: string, extra: readonly Header[], body: string, response: SipText): void {
    this.#counter++;
    const invite = this.#lastSent(methodOf(response));
    const inviteNumber = headerValue(invite, 'CSeq').split(' ')[0] ?? '1';
    const headers: Header[] = [
      ['Via', this.#via(this.#way())],
      ...headerList(response, 'Record-Route')
        .reverse()
        .map((value): Header => ['Route', value]),
      ['From', headerValue(invite, 'From')],
      ['To', headerValue(response, 'To')],
      ['Call-ID', headerValue(response, 'Call-ID')],
      ['CSeq', `${method === 'ACK' ? inviteNumber : this.#nextCseq()} ${method}`],
      ['Max-Forwards', '70'],
      ...extra,
    ];
    const target = uriOf(headerValue(response, 'Contact')) || (invite.startLine.split(' ')[1] ?? '');
    this.#transmit(writeSip(`${method} ${target} SIP/2.0`, headers, body), this.#way());
  }

  #inDialogAsCalled(method: string, extra: readonly Header[], body: string): void {
    this.#counter++;
    const { request, tag } = this.#answered!;
    const headers: Header[] = [
      ['Via', this.#via(this.#way())],
      ...headerList(request, 'Record-Route').map((value): Header => ['Route', value]),
      ['From', `${headerValue(request, 'To')};tag=${tag}`],
      ['To', headerValue(request, 'From')],
      ['Call-ID', headerValue(request, 'Call-ID')],
      ['CSeq', `${this.#nextCseq()} ${method}`],
      ['Max-Forwards', '70'],
      ...extra,
    ];
    this.#transmit(
      writeSip(`${method} ${uriOf(headerValue(request, 'Contact'))} SIP/2.0`, headers, body),
      plainUdp,
    );
  }

  #transmit(text: string, way: Way): void {
    this.#sent = { text, way };
    const message = readSip(text);
    if (!message.startLine.startsWith('SIP/2.0')) this.#requests.push(message);
    this.#put(text, way);
  }

  #put(text: string, way: Way): void {
    const { address, port } = this.#server;
    if (way.kind === 'udp') this.sendUdp(text, address, port);
    else if (way.kind === 'tcp') this.sendTcp(text, address, port);
    else this.sendSecurely(text, address, way);
  }

  /** The way of what it sent last. */
  #way(): Way {
    return this.#sent?.way ?? plainUdp;
  }
}

function makesDialog(method: string): boolean {
  return method === 'INVITE' || method === 'SUBSCRIBE';
}

function hasTag(response: SipText): boolean {
  return tagOf(headerValue(response, 'To')) !== undefined;
}

/** The lines of a section: those up to the first empty line, and a body whose lines end in CRLF. */
export function splitHeadAndBody(text: string): [head: string, body: string] {
  const end = text.indexOf('\n\n');
  if (end < 0) return [text, ''];
  return [text.slice(0, end), `${text.slice(end + 2).replace(/\n/g, '\r\n')}\r\n`];
}

export function parseHeaders(head: string): Header[] {
  const lines = head.split('\n').filter((line) => line !== '');
  return lines.map((line): Header => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
}
