import type { ListenSocket } from '../proxy/transport.ts';

/** Stands where a message has no socket. */
export const noSocketYet: ListenSocket = {
  index: 0,
  proto: 'udp',
  address: '127.0.0.1',
  port: 0,
  family: 4,
  sentByHost: '127.0.0.1',
  sentByPort: 0,
  advertised: false,
  name: '',
  virtual: false,
  text: 'udp:127.0.0.1:0',
};
