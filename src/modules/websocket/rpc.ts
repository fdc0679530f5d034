import type { RpcDeclaration } from '../../module/define.ts';
import { RpcFault, type RpcReply, RpcStruct } from '../../module/rpc.ts';
import { Opcode } from './frames.ts';
import type { WebSocketSession } from './session.ts';
import type { WebSockets } from './webSockets.ts';

/** Connections that `ws.dump` shows. */
const maxShown = 50;
const unknown = new RpcFault(500, 'Unknown connection ID');
const idArgument = [{ name: 'id', type: 'int' }] as const;

export const webSocketRpc: Readonly<Record<string, RpcDeclaration<WebSockets>>> = {
  'ws.dump': {
    doc: 'The first 50 connections: by id, or by when they were last used.',
    args: [{ name: 'order', type: 'string', optional: true }],
    run: (self, [order]) => dump(self, order === undefined ? 'id_hash' : String(order)),
  },
  'ws.close': {
    doc: 'Begins the closing handshake of a connection.',
    args: idArgument,
    run: (self, [id]) => {
      const session = self.sessions.get(Number(id));
      if (session === undefined) return unknown;
      return session.close(1000, 'Normal closure') ? [] : new RpcFault(500, 'Error closing connection');
    },
  },
  'ws.ping': {
    doc: 'Sends a ping on a connection.',
    args: idArgument,
    run: (self, [id]) => control(self, Number(id), Opcode.ping),
  },
  'ws.pong': {
    doc: 'Sends a pong on a connection.',
    args: idArgument,
    run: (self, [id]) => control(self, Number(id), Opcode.pong),
  },
  'ws.enable': {
    doc: 'Lets new connections in.',
    run: (self) => {
      self.enabled = true;
      return [];
    },
  },
  'ws.disable': {
    doc: 'Refuses new connections with 503.',
    run: (self) => {
      self.enabled = false;
      return [];
    },
  },
};

function control(self: WebSockets, id: number, opcode: typeof Opcode.ping | typeof Opcode.pong): RpcReply {
  const sent = self.control(id, opcode);
  if (sent === undefined) return unknown;
  return sent ? [] : new RpcFault(500, 'Error sending frame');
}

function dump(self: WebSockets, order: string): RpcReply {
  const sessions = [...self.sessions.values()];
  if (order === 'used_desc') sessions.sort((a, b) => b.lastUsedMs - a.lastUsedMs);
  else if (order === 'used_asc') sessions.sort((a, b) => a.lastUsedMs - b.lastUsedMs);
  else if (order !== 'id_hash') return new RpcFault(400, 'Bad display order parameter');
  const nowMs = self.host.timers.nowMs;
  const connections = new RpcStruct({});
  for (const session of sessions.slice(0, maxShown)) {
    connections.add(String(session.link.connectionId), describe(session, nowMs));
  }
  const truncated = sessions.length > maxShown ? 'yes' : 'no';
  return [new RpcStruct({ connections, info: new RpcStruct({ wscounter: sessions.length, truncated }) })];
}

function describe({ link, state, lastUsedMs, protocol }: WebSocketSession, nowMs: number): string {
  const { proto, address, port, socket } = link.flow;
  const idleSec = Math.floor((nowMs - lastUsedMs) / 1000);
  const peer = `${proto}:${address}:${port}`;
  const own = `${proto}:${socket.address}:${socket.port}`;
  return `${peer} -> ${own} (state: ${state},  last used ${idleSec}s ago, sub-protocol: ${protocol})`;
}
