import type { Entropy, SocketAddress } from '../src/base/ports.ts';
import { isWireError, parseMessage, type SipMessage } from '../src/sip/message.ts';
import { buildRequest, type RequestParts } from '../src/sip/request.ts';
import { PeerRequest } from './peerClient.ts';
import { PeerInvitation } from './peerServer.ts';
import { contactOf, type PeerWire, TcpWire, udpWire } from './peerWire.ts';
import type { SimPorts, SimWorld } from './world.ts';

export interface PeerOptions {
  /** User part of its address of record. */
  readonly name: string;
  readonly address: string;
  readonly port?: number;
  readonly transport?: 'udp' | 'tcp';
  /** Over TCP: also takes connections at its Contact, as phones that are behind no NAT do. */
  readonly listen?: boolean;
  /** Where all its requests go. */
  readonly server: SocketAddress;
  /** Domain of its address of record; the server's address without. */
  readonly domain?: string;
}

export type RequestOptions = Partial<Omit<RequestParts, 'method' | 'via'>> & { readonly toUser?: string };

/** What a peer does with a request of a method; it answers by `respond`. */
export type RequestHandler = (incoming: PeerInvitation) => void;

/** A phone of the world: sends requests, answers requests, repeats what gets lost. */
export class SipPeer {
  readonly name: string;
  readonly domain: string;
  readonly ports: SimPorts;
  /** All messages received, in order. */
  readonly received: SipMessage[] = [];
  /** Handlers by method; what has none is answered 200. */
  readonly handlers = new Map<string, RequestHandler>();
  /** Sees ACKs for 2xx. */
  onAck: ((ack: SipMessage) => void) | undefined;
  readonly #wire: PeerWire;
  readonly #entropy: Entropy;
  readonly #requests = new Map<string, PeerRequest>();
  readonly #invitations = new Map<string, PeerInvitation>();
  #cseq = 0;

  private constructor(options: PeerOptions, ports: SimPorts, wire: PeerWire) {
    this.name = options.name;
    this.domain = options.domain ?? options.server.address;
    this.ports = ports;
    this.#wire = wire;
    this.#entropy = ports.entropy;
  }

  static async open(world: SimWorld, options: PeerOptions): Promise<SipPeer> {
    const ports = world.addHost({ name: options.name, addresses: [options.address] });
    const local = { address: options.address, port: options.port ?? 5060 };
    let peer: SipPeer | undefined;
    const onMessage = (text: string) => peer?.receive(text);
    const wire =
      options.transport === 'tcp'
        ? new TcpWire(ports, local, options.server, onMessage)
        : await udpWire(ports, local, options.server, onMessage);
    if (options.listen && wire instanceof TcpWire) await wire.listen();
    peer = new SipPeer(options, ports, wire);
    return peer;
  }

  get addressOfRecord(): string {
    return `sip:${this.name}@${this.domain}`;
  }

  get contact(): string {
    return contactOf(this.#wire, this.name);
  }

  /** Requests without their end, and invitations without an answer or its ACK. */
  get unfinished(): readonly string[] {
    const requests = [...this.#requests.values()].filter(({ ended }) => !ended);
    const invitations = [...this.#invitations.values()].filter(({ ended }) => !ended);
    return [
      ...requests.map(({ method, branch }) => `${this.name} sent ${method} ${branch}`),
      ...invitations.map(({ request }) => `${this.name} got ${request.method} ${request.callId}`),
    ];
  }

  /** A word of chance: tags, branches, Call-IDs. */
  token(): string {
    return this.#entropy.uint32().toString(36);
  }

  nextCseq(): number {
    return ++this.#cseq;
  }

  /** Sends a request and sees to its retransmissions. */
  request(method: string, options: RequestOptions = {}): PeerRequest {
    const { toUser, ...parts } = options;
    const to = toUser === undefined ? this.addressOfRecord : `sip:${toUser}@${this.domain}`;
    const branch = `z9hG4bK${this.token()}`;
    const text = buildRequest({
      requestUri: method === 'REGISTER' ? `sip:${this.domain}` : to,
      from: `<${this.addressOfRecord}>;tag=${this.token()}`,
      to: `<${to}>`,
      callId: `${this.token()}@${this.name}`,
      cseq: this.nextCseq(),
      contact: method === 'REGISTER' || method === 'INVITE' ? this.contact : undefined,
      ...parts,
      method,
      via: `SIP/2.0/${this.#wire.transport} ${this.#viaHost()};branch=${branch};rport`,
    });
    return this.#start({ text, method, branch });
  }

  /** Sends text as it is: for requests that `request` would not make. */
  send(text: string): void {
    this.#wire.send(text);
  }

  /** Sends a request in a transaction of its own whose text is complete (CANCEL). */
  requestAsIs(text: string, method: string, branch: string): PeerRequest {
    return this.#start({ text, method, branch });
  }

  newVia(): string {
    return `SIP/2.0/${this.#wire.transport} ${this.#viaHost()};branch=z9hG4bK${this.token()};rport`;
  }

  close(): void {
    for (const request of this.#requests.values()) request.abandon();
    this.#wire.close();
  }

  receive(text: string): void {
    if (/^[\0\r\n]*$/.test(text)) return; // keeps a NAT binding open, says nothing
    const message = parseMessage(text);
    if (isWireError(message))
      throw new Error(`${this.name} got a malformed message: ${message.reason}\n${text}`);
    this.received.push(message);
    const branch = message.topmostVia?.branch ?? '';
    if (!message.isRequest) this.#requests.get(`${branch} ${message.cseq?.method}`)?.receive(message);
    else if (message.method === 'ACK') this.#ack(message, branch);
    else this.#incoming(message, branch);
  }

  #start(request: { text: string; method: string; branch: string }): PeerRequest {
    const started = new PeerRequest(this.ports.clock, this.#wire, request);
    this.#requests.set(`${request.branch} ${request.method}`, started);
    started.start();
    return started;
  }

  #incoming(message: SipMessage, branch: string): void {
    const key = `${branch} ${message.method}`;
    const known = this.#invitations.get(key);
    if (known !== undefined) {
      known.repeat();
      return;
    }
    const invitation = new PeerInvitation(
      this.ports.clock,
      this.#wire,
      message,
      message.toTag || this.token(),
    );
    this.#invitations.set(key, invitation);
    if (message.method === 'CANCEL') this.#cancel(invitation, branch);
    else (this.handlers.get(message.method) ?? answerOk)(invitation);
  }

  /** RFC 3261 §9.2. */
  #cancel(cancel: PeerInvitation, branch: string): void {
    const invited = this.#invitations.get(`${branch} INVITE`);
    cancel.respond(invited === undefined ? 481 : 200);
    invited?.respond(487);
  }

  /** An ACK to a failure has the branch of its INVITE; that to a 2xx is found by Call-ID and CSeq. */
  #ack(ack: SipMessage, branch: string): void {
    const own = this.#invitations.get(`${branch} INVITE`);
    if (own !== undefined) {
      own.acknowledge();
      return;
    }
    this.onAck?.(ack);
    for (const invitation of this.#invitations.values()) {
      const { request } = invitation;
      const same = request.method === 'INVITE' && request.callId === ack.callId;
      if (same && request.cseq?.number === ack.cseq?.number && invitation.toTag === ack.toTag) {
        invitation.acknowledge();
      }
    }
  }

  #viaHost(): string {
    const { address, port } = this.#wire.local;
    return `${address.includes(':') ? `[${address}]` : address}:${port}`;
  }
}

function answerOk(incoming: PeerInvitation): void {
  incoming.respond(200);
}
