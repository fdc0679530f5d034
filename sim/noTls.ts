import { TransportError } from '../src/base/errors.ts';
import type { TlsNet } from '../src/base/tlsPort.ts';

/** Virtual networks carry no TLS: cryptography has no place in virtual time. */
export const noTls: TlsNet = {
  context: (settings) => ({ settings }),
  listen: (address, port) => Promise.reject(refusal(`listening on tls ${address}:${port}`)),
  connect: (address, port) => Promise.reject(refusal(`connecting to ${address}:${port}`)),
};

function refusal(action: string): TransportError {
  return new TransportError('SIM_NO_TLS', `${action}: the simulator carries no TLS`);
}
