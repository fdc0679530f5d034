import { defineModule } from '../../module/define.ts';
import { ControlServer, onlyOverBinrpc } from './controlServer.ts';

export default defineModule({
  name: 'ctl',
  summary: 'Control sockets: BINRPC for kamcmd, and the old FIFO line protocol.',
  params: {
    binrpc: {
      type: 'list',
      default: [],
      doc: 'Address for BINRPC: `unix[s|d]:path`, `udp:host:port` or `tcp:host:port`. May be repeated.',
    },
    fifo: {
      type: 'list',
      default: [],
      doc: 'Address for the line protocol: `fifo:path`, `udp:host:port` or `tcp:host:port`. May be repeated.',
    },
    mode: { type: 'int', default: 0o600, min: 0, max: 0o7777, doc: 'Permissions of Unix sockets and FIFOs.' },
    user: { type: 'any', default: '', doc: 'Owner of Unix sockets and FIFOs: name or uid.' },
    group: { type: 'any', default: '', doc: 'Group of Unix sockets and FIFOs: name or gid.' },
    autoconversion: {
      type: 'meaningless',
      default: 0,
      because: 'arguments are always converted where the method wants another type',
      doc: 'Convert arguments to the type that the method wants.',
    },
    binrpc_buffer_size: {
      type: 'meaningless',
      default: 1024,
      because: 'reply buffers grow as needed',
      doc: 'Reply buffer, bytes.',
    },
    binrpc_max_body_size: {
      type: 'meaningless',
      default: 32,
      because: 'reply buffers grow as needed',
      doc: 'Reply size, kB.',
    },
    binrpc_struct_max_body_size: {
      type: 'meaningless',
      default: 8,
      because: 'reply buffers grow as needed',
      doc: 'Reply struct size, kB.',
    },
  },
  create: (host, config) => new ControlServer(host, config),
  rpc: {
    'ctl.listen': {
      doc: 'Sockets on which control commands are taken.',
      run: (self) => self.listenRows().flat(),
    },
    'ctl.connections': { doc: 'Open control connections (only over BINRPC).', run: () => onlyOverBinrpc },
    'ctl.who': { doc: 'Control connections with their peers (only over BINRPC).', run: () => onlyOverBinrpc },
  },
  start: (self) => self.start(),
  stop: (self) => self.stop(),
});
