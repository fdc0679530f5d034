import type { SimPorts, SimWorld } from '../../sim/world.ts';
import type { DatagramSocket } from '../../src/base/ports.ts';
import type { NodeMode, NodeProtocol } from '../support/mediaNode.ts';
import { NgProtocol } from '../support/ngProtocol.ts';

/** A stand-in for rtpengine, or with another protocol for rtpproxy, in a simulated world. */
export class SimNode<P extends NodeProtocol = NgProtocol> {
  readonly protocol: P;
  readonly ports: SimPorts;
  /** Commands as text, pings aside. */
  readonly commands: string[] = [];
  /** Datagrams received, pings and repetitions too. */
  datagrams = 0;
  mode: NodeMode = { kind: 'ok' };
  #socket: DatagramSocket | undefined;

  private constructor(ports: SimPorts, protocol: P) {
    this.ports = ports;
    this.protocol = protocol;
  }

  static open(world: SimWorld, address: string): Promise<SimNode> {
    return SimNode.openWith(world, address, new NgProtocol());
  }

  static async openWith<Q extends NodeProtocol>(
    world: SimWorld,
    address: string,
    protocol: Q,
  ): Promise<SimNode<Q>> {
    const node = new SimNode(world.addHost({ name: `node${address}`, addresses: [address] }), protocol);
    node.#socket = await node.ports.net.bindDatagram(address, 2223, {
      onDatagram: (data, from, fromPort) => node.#take(data.toString('latin1'), from, fromPort),
      onError: () => {},
    });
    return node;
  }

  /** Only the names of the commands, and the Call-IDs. */
  get heard(): string[] {
    return this.commands.map(
      (text) => `${text.split('\r\n')[0]} ${/^call-id: (.*)$/m.exec(text)?.[1]?.trim()}`,
    );
  }

  send(text: string, address: string, port: number): void {
    this.#socket?.send(text, address, port);
  }

  #take(text: string, from: string, fromPort: number): void {
    this.datagrams++;
    const { shown, reply } = this.protocol.answer(text, this.mode);
    if (shown !== '') this.commands.push(shown);
    if (reply !== undefined) this.#socket?.send(reply, from, fromPort);
  }
}
