import { networkInterfaces } from 'node:os';
import type { InterfaceAddress, Net } from '../base/ports.ts';
import { bindDatagram, sourceAddressFor } from './datagram.ts';
import { openFifo, writeFifo } from './fifo.ts';
import { NodeHttpCodec } from './httpCodec.ts';
import { connectStream, listenStream } from './stream.ts';
import { nodeTls } from './tls/index.ts';
import { bindUnixDatagram, listenUnix } from './unix.ts';

/** The network of this machine. */
export const nodeNet: Net = {
  bindDatagram,
  listenStream,
  connectStream,
  tls: nodeTls,
  httpCodec: (limits) => new NodeHttpCodec(limits),
  interfaces,
  sourceAddressFor,
  listenUnix,
  bindUnixDatagram,
  openFifo,
  writeFifo,
};

function interfaces(): readonly InterfaceAddress[] {
  const found: InterfaceAddress[] = [];
  for (const [name, addresses] of Object.entries(networkInterfaces())) {
    for (const { address, family, netmask, internal } of addresses ?? []) {
      found.push({ name, address, family: family === 'IPv6' ? 6 : 4, netmask, internal });
    }
  }
  return found;
}
