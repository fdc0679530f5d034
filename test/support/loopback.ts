import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';

/**
 * A loopback address that hardly anybody else uses: all of 127.0.0.0/8 is this host. With an address of one's own
 * every test can use the ports it likes. Each of the last three numbers has three digits, so that texts keep their length.
 */
export function ownAddress(): string {
  const number = (): number => randomInt(100, 255);
  return `127.${number()}.${number()}.${number()}`;
}

/** A UDP port of `address` that is free now. */
export async function freePort(address = '127.0.0.1'): Promise<number> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(0, address, resolve);
  });
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return port;
}
