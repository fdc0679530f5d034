import { arg, defineModule } from '../../module/define.ts';
import { tlsParams } from './parameters.ts';
import { tlsRpc } from './rpc.ts';
import { tlsSelects } from './selects.ts';
import { Tls } from './tls.ts';
import { tlsVariables } from './variables.ts';

export default defineModule({
  name: 'tls',
  summary: 'TLS transport: profiles with certificates, verification of peers (RFC 5922), reload.',
  params: tlsParams,
  create: (host, config) => new Tls(host, config),
  functions: ({ signature }) => ({
    is_peer_verified: {
      doc: 'Has the peer shown a certificate that is valid?',
      routes: ['request'],
      returns: { 1: 'it has', [-1]: 'it has not, or the message did not come over TLS' },
      signatures: [
        signature({ kemi: 'is_peer_verified', run: (self, context) => self.isPeerVerified(context) }),
      ],
    },
    tls_set_connect_server_id: {
      doc: 'The next connection is opened with the client profile of this server_id.',
      signatures: [
        signature({
          kemi: 'set_connect_server_id',
          args: [arg.string('id', 'server_id of a client profile; empty takes it back.')],
          run: (self, _context, id) => self.setConnectServerId(id),
        }),
      ],
    },
  }),
  pvs: tlsVariables,
  selects: tlsSelects,
  rpc: tlsRpc,
  events: [
    { name: 'tls:connection-out', doc: 'A connection to another server has been secured; drop closes it.' },
  ],
  start: (self) => self.start(),
});
