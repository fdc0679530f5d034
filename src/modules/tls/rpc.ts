import { errorText } from '../../base/errors.ts';
import type { RpcDeclaration } from '../../module/define.ts';
import { RpcFault, RpcStruct, type RpcValue } from '../../module/rpc.ts';
import type { ConnectionInfo } from '../../proxy/transport.ts';
import type { Tls } from './tls.ts';

export const tlsRpc: Readonly<Record<string, RpcDeclaration<Tls>>> = {
  'tls.info': {
    doc: 'Numbers of connections over TLS and what waits on them.',
    run: (self) => [
      new RpcStruct({
        max_connections: Number(self.host.settings.get('tls_max_connections') ?? 2048),
        opened_connections: secured(self).length,
        clear_text_write_queued_bytes: 0, // bytes are encrypted before they wait
      }),
    ],
  },
  'tls.list': {
    doc: 'Connections over TLS.',
    returnsArray: true,
    run: (self) => secured(self).map((connection) => record(self, connection)),
  },
  'tls.options': { doc: 'The parameters in force.', run: (self) => [options(self)] },
  'tls.kill': {
    doc: 'Closes a connection over TLS.',
    args: [{ name: 'id', type: 'int' }],
    run: (self, [id]) => {
      const found = secured(self).some(({ connectionId }) => connectionId === id);
      if (!found || !self.host.transport.closeConnection(Number(id)))
        return new RpcFault(404, 'TLS connection not found');
      return [`Ok. TLS connection ${id} closed.`];
    },
  },
  'tls.reload': {
    doc: 'Reads tls.cfg and its files again, for new connections.',
    run: async (self) => {
      try {
        await self.reload();
        return ['Ok. TLS configuration reloaded.'];
      } catch (error) {
        return new RpcFault(500, errorText(error));
      }
    },
  },
};

function secured({ host }: Tls): readonly ConnectionInfo[] {
  const all = host.transport.connections?.() ?? [];
  return all.filter(({ proto }) => proto === 'tls' || proto === 'wss');
}

function record(self: Tls, connection: ConnectionInfo): RpcStruct {
  const { connectionId, address, port, socket, state } = connection;
  const { streams } = self.host.transport;
  const session = streams?.session(connectionId);
  return new RpcStruct({
    id: connectionId,
    timeout: streams?.secondsLeft(connectionId) ?? 0,
    src_ip: address,
    src_port: port,
    dst_ip: socket.address,
    dst_port: socket.port,
    cipher: session?.cipher ?? 'unknown',
    version: session?.version ?? 'unknown',
    ct_wq_size: 0,
    enc_rd_buf: 0,
    flags: 0,
    state: state === 'open' ? 'established' : connection.inbound ? 'tls_accept' : 'tls_connect',
  });
}

/** Names and order as Kamailio has them; 0 and -1 stand where a parameter means nothing. */
function options({ config }: Tls): RpcStruct {
  const orNull = (value: string): RpcValue => (value === '' ? '<null string>' : value);
  return new RpcStruct({
    force_run: 0,
    method: config.tls_method,
    verify_certificate: config.verify_certificate,
    verify_depth: config.verify_depth,
    require_certificate: config.require_certificate,
    verify_client: config.verify_client || 'off',
    verify_names: config.verify_names,
    private_key: orNull(config.private_key || config.certificate),
    ca_list: orNull(config.ca_list),
    certificate: config.certificate,
    cipher_list: orNull(config.cipher_list),
    session_cache: config.session_cache,
    session_id: config.session_id,
    config: orNull(config.config),
    log: config.tls_log,
    debug: 3,
    connection_timeout: config.connection_timeout,
    disable_compression: 1,
    ssl_release_buffers: -1,
    ssl_freelist_max: -1,
    ssl_max_send_fragment: -1,
    ssl_read_ahead: 0,
    send_close_notify: 1,
    low_mem_threshold1: 0,
    low_mem_threshold2: 0,
    ct_wq_max: 0,
    con_ct_wq_max: 0,
    ct_wq_blk_size: 0,
  });
}
