import type { TlsNet } from '../../base/tlsPort.ts';
import { connectTls } from './connector.ts';
import { NodeTlsContext } from './context.ts';
import { listenTls } from './listener.ts';

/** TLS by Node's OpenSSL. */
export const nodeTls: TlsNet = {
  context: (settings) => new NodeTlsContext(settings),
  listen: listenTls,
  connect: connectTls,
};
