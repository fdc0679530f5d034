import { arg, defineModule } from '../../module/define.ts';
import { webSocketStatistics } from './counters.ts';
import { webSocketParams } from './parameters.ts';
import { webSocketRpc } from './rpc.ts';
import { WebSockets } from './webSockets.ts';

const normal = { code: 1000, reason: 'Normal closure' } as const;

export default defineModule({
  name: 'websocket',
  summary: 'WebSocket transport for SIP (RFC 6455, RFC 7118), on the ports of HTTP and HTTPS.',
  requires: ['sl', 'tm'],
  params: webSocketParams,
  create: (host, config) => new WebSockets(host, config),
  functions: ({ signature }) => ({
    ws_handle_handshake: {
      doc: 'Makes a WebSocket of the connection of the HTTP request, or refuses it and ends the route.',
      returns: { 1: 'a WebSocket now', 0: 'refused', [-1]: 'there is no HTTP request' },
      signatures: [signature({ kemi: 'handle_handshake', run: (self, context) => self.handshake(context) })],
    },
    ws_close: {
      doc: 'Closes a WebSocket: that of the message, or the one with this id.',
      returns: { 1: 'closing', [-1]: 'there is no such connection, or no such status' },
      signatures: [
        signature({
          kemi: 'close',
          run: (self, context) => self.close(context, normal.code, normal.reason, undefined),
        }),
        signature({
          kemi: 'close_reason',
          args: [arg.int('status', 'Status (RFC 6455 §7.4).'), arg.string('reason', 'Reason.')],
          run: (self, context, status, reason) => self.close(context, status, reason, undefined),
        }),
        signature({
          kemi: 'close_conid',
          args: [
            arg.int('status', 'Status (RFC 6455 §7.4).'),
            arg.string('reason', 'Reason.'),
            arg.int('connection', 'Connection, as ws.dump shows it.'),
          ],
          run: (self, context, status, reason, id) => self.close(context, status, reason, id),
        }),
      ],
    },
  }),
  pvs: {
    ws_conid: {
      doc: 'Connection that has ended, in event_route[websocket:closed].',
      get: (self, context) => self.closedConnection(context),
    },
  },
  rpc: webSocketRpc,
  statistics: webSocketStatistics,
  events: [{ name: 'websocket:closed', doc: 'A WebSocket has ended; $si, $sp and $ws_conid tell which.' }],
  start: (self) => self.start(),
  stop: (self) => self.stop(),
});
