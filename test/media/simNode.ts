import type { SimPorts, SimWorld } from '../../sim/world.ts';
import type { DatagramSocket } from '../../src/base/ports.ts';
import type { NodeMode } from '../support/mediaNode.ts';
import { NgProtocol } from '../support/ngProtocol.ts';

/** A stand-in for rtpengine in a simulated world. */
export class SimNode {
  readonly protocol = new NgProtocol();
  readonly ports: SimPorts;
  /** Commands as text, pings aside. */
  readonly commands: string[] = [];
  /** Datagrams received, pings and repetitions too. */
  datagrams = 0;
  mode: NodeMode = { kind: 'ok' };
  #socket: DatagramSocket | undefined;

  private constructor(ports: SimPorts) {
    this.ports = ports;
  }

  static async open(world: SimWorld, address: string, port = 2223): Promise<SimNode> {
    const node = new SimNode(world.addHost({ name: `node${address}`, addresses: [address] }));
    node.#socket = await node.ports.net.bindDatagram(address, port, {
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
