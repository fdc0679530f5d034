import { errorText } from '../../base/errors.ts';
import { LoopSlices } from '../../base/loopSlices.ts';
import type { StreamConnection } from '../../base/ports.ts';
import type { Host } from '../../module/host.ts';
import { type RpcArgument, RpcFault, type RpcReply } from '../../module/rpc.ts';
import { addressParts, type ControlAddress, parseControlAddress } from './address.ts';
import { type BinrpcRequest, parseRequest } from './binrpc.ts';
import { encodeInSlices, encodeReply } from './binrpcReply.ts';
import { parseLineRequest, renderLineReply } from './lineProtocol.ts';

export interface ControlConfig {
  readonly binrpc: readonly string[];
  readonly fifo: readonly string[];
  readonly mode: number;
  readonly user: number | string;
  readonly group: number | string;
}

/** Clients at once; one more is closed at once. */
const MAX_CONNECTIONS = 256;
/** Bytes of one request. */
const MAX_REQUEST = 65536;

interface Client {
  readonly protocol: 'binrpc' | 'fifo';
  readonly transport: ControlAddress;
  /** Address and port; of a Unix socket a stand-in and ''. */
  readonly peer: readonly [string, string];
}

interface Listening {
  readonly protocol: 'binrpc' | 'fifo';
  readonly address: ControlAddress;
  close(): void;
}

/** The control sockets: BINRPC and the old line protocol, over Unix sockets, FIFO, UDP and TCP. */
export class ControlServer {
  readonly #host: Host;
  readonly #config: ControlConfig;
  readonly #listening: Listening[] = [];
  readonly #clients = new Map<StreamConnection, Client>();
  /** Counted over all sockets, as `ctl.connections` has it. */
  refused = 0;
  malformed = 0;

  constructor(host: Host, config: ControlConfig) {
    this.#host = host;
    this.#config = config;
  }

  async start(): Promise<void> {
    const runDir = String(this.#host.settings.get('rundir') ?? '/run/kamailio');
    const binrpc = this.#config.binrpc.length > 0 ? this.#config.binrpc : ['unixs:kamailio_ctl'];
    for (const text of binrpc)
      await this.#listen('binrpc', text, parseControlAddress(text, runDir, 'unix_stream'));
    for (const text of this.#config.fifo)
      await this.#listen('fifo', text, parseControlAddress(text, runDir, 'fifo'));
  }

  stop(): void {
    for (const listening of this.#listening.splice(0)) listening.close();
    for (const connection of this.#clients.keys()) connection.destroy();
  }

  get connections(): number {
    return this.#clients.size;
  }

  listenRows(): string[][] {
    return this.#listening.map(({ protocol, address }) => [protocol, address.kind, ...addressParts(address)]);
  }

  whoRows(): string[][] {
    return [...this.#clients.values()].map(({ protocol, transport, peer }) => [
      protocol,
      transport.kind,
      ...peer,
      ...addressParts(transport),
    ]);
  }

  async #listen(
    protocol: 'binrpc' | 'fifo',
    text: string,
    address: ControlAddress | undefined,
  ): Promise<void> {
    if (address === undefined) {
      this.#host.fail(`ctl: malformed ${protocol} address "${text}"`);
      return;
    }
    try {
      this.#listening.push({ protocol, address, ...(await this.#open(protocol, address)) });
    } catch (error) {
      this.#host.fail(`ctl: cannot listen on ${text}: ${errorText(error)}`);
    }
  }

  #open(protocol: 'binrpc' | 'fifo', address: ControlAddress): Promise<{ close(): void }> {
    const { net } = this.#host;
    const access = {
      mode: this.#config.mode,
      user: this.#config.user === '' ? undefined : String(this.#config.user),
      group: this.#config.group === '' ? undefined : String(this.#config.group),
    };
    switch (address.kind) {
      case 'unix_stream':
        return net.listenUnix(
          address.path,
          (connection) => this.#accept(protocol, address, connection),
          access,
        );
      case 'tcp':
        return net.listenStream(address.address, address.port, (connection) =>
          this.#accept(protocol, address, connection),
        );
      case 'unix_dgram':
        return this.#openUnixDatagram(protocol, address.path, access);
      case 'udp':
        return this.#openUdp(protocol, address.address, address.port);
      case 'fifo':
        return this.#openFifo(address.path, access);
    }
  }

  async #openUnixDatagram(
    protocol: 'binrpc' | 'fifo',
    path: string,
    access: object,
  ): Promise<{ close(): void }> {
    const socket = await this.#host.net.bindUnixDatagram(
      path,
      (data, from) => this.#datagram(protocol, data, (reply) => socket.send(reply, from)),
      access,
    );
    return socket;
  }

  async #openUdp(protocol: 'binrpc' | 'fifo', address: string, port: number): Promise<{ close(): void }> {
    const socket = await this.#host.net.bindDatagram(address, port, {
      onDatagram: (data, from, fromPort) =>
        this.#datagram(protocol, data, (reply) => socket.sendBytes(reply, from, fromPort)),
      onError: (error) => this.#host.log.warn(`control socket udp:${address}:${port}: ${error.message}`),
    });
    return socket;
  }

  async #openFifo(path: string, access: object): Promise<{ close(): void }> {
    let text = '';
    return this.#host.net.openFifo(
      path,
      (data) => {
        text = this.#lines(text + data.toString('utf8'), (reply, replyTo) =>
          this.#writeReplyFifo(replyTo, reply),
        );
      },
      access,
    );
  }

  #writeReplyFifo(name: string, reply: string): void {
    if (name === '' || name.includes('/')) return;
    this.#host.net.writeFifo(`/tmp/${name}`, Buffer.from(reply, 'utf8')).catch((error: unknown) => {
      this.#host.log.warn(`cannot answer on FIFO /tmp/${name}: ${errorText(error)}`);
    });
  }

  #accept(protocol: 'binrpc' | 'fifo', transport: ControlAddress, connection: StreamConnection): void {
    if (this.#clients.size >= MAX_CONNECTIONS) {
      this.refused++;
      connection.destroy();
      return;
    }
    const { remote } = connection;
    const peer: [string, string] =
      'path' in transport ? ['<anonymous unix socket>', ''] : [remote.address, String(remote.port)];
    this.#clients.set(connection, { protocol, transport, peer });
    let buffer: Buffer = Buffer.alloc(0);
    let text = '';
    connection.setHandler({
      onData: (data) => {
        if (protocol === 'binrpc') buffer = this.#packets(Buffer.concat([buffer, data]), connection);
        else
          text = this.#lines(text + data.toString('utf8'), (reply) =>
            connection.write(Buffer.from(reply, 'utf8')),
          );
      },
      onClose: () => this.#clients.delete(connection),
    });
  }

  /** Answers all whole packets; what is left of the last one stays. */
  #packets(data: Buffer, connection: StreamConnection): Buffer {
    let rest = data;
    for (;;) {
      const parsed = parseRequest(rest, MAX_REQUEST);
      if (parsed === 'more') return rest;
      if ('error' in parsed) {
        this.malformed++;
        this.#host.log.warn(`control client dropped: ${parsed.error}`);
        connection.destroy();
        return Buffer.alloc(0);
      }
      rest = rest.subarray(parsed.length);
      void this.#answer(parsed, connection);
    }
  }

  async #answer({ method, args, cookie }: BinrpcRequest, connection: StreamConnection): Promise<void> {
    const reply = await this.#call(method, args);
    // all parts at once: another answer must not come between
    for (const part of await encodeInSlices(reply, cookie, new LoopSlices(this.#host)))
      connection.write(part);
  }

  #datagram(protocol: 'binrpc' | 'fifo', data: Buffer, answer: (reply: Buffer) => void): void {
    if (protocol === 'fifo') {
      this.#lines(`${data.toString('utf8').trimEnd()}\n\n`, (reply) => answer(Buffer.from(reply, 'utf8')));
      return;
    }
    const parsed = parseRequest(data, MAX_REQUEST);
    if (parsed === 'more' || 'error' in parsed) {
      this.malformed++;
      return;
    }
    void this.#call(parsed.method, parsed.args).then((reply) => answer(encodeReply(reply, parsed.cookie)));
  }

  #lines(text: string, answer: (reply: string, replyTo: string) => void): string {
    let rest = text;
    for (;;) {
      const request = parseLineRequest(rest);
      if (request === undefined) return rest;
      if ('error' in request) {
        this.malformed++;
        return '';
      }
      rest = rest.slice(request.length);
      void this.#call(request.method, request.args).then((reply) =>
        answer(renderLineReply(reply), request.replyTo),
      );
    }
  }

  /** Two methods know about the control connections themselves; all others are the server's. */
  #call(method: string, args: readonly RpcArgument[]): Promise<RpcReply> {
    if (method === 'ctl.who') return Promise.resolve(this.whoRows().flat());
    if (method === 'ctl.connections') return Promise.resolve([this.connections]);
    return this.#host.rpc.call(method, args);
  }
}

/** What these methods answer when they are asked over another front end. */
export const onlyOverBinrpc = new RpcFault(606, 'rpc available only over binrpc (ctl)');
