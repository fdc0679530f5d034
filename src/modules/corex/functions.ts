import { errorText } from '../../base/errors.ts';
import type { Value } from '../../lang/catalogue.ts';
import { arg } from '../../module/define.ts';
import { isFake } from '../../module/fakeMessage.ts';
import type { Corex } from './corex.ts';
import type { Functions, Maker } from './flags.ts';
import { isIncoming } from './networkMessages.ts';

const yesNo = (yes: boolean): number => (yes ? 1 : -1);

/** `0.5` as 500; undefined when it is no q value (RFC 3261 §25.1). */
function qOf(text: string): number | undefined {
  return /^(0(\.\d{0,3})?|1(\.0{0,3})?)$/.test(text.trim()) ? Math.round(Number(text) * 1000) : undefined;
}

export function branchFunctions(signature: Maker): Functions {
  const uri = arg.string('uri', 'URI of the branch; empty for the Request-URI');
  return {
    append_branch: {
      doc: 'Appends a branch: by default with the Request-URI as it is now.',
      aliases: ['km_append_branch'],
      routes: ['request', 'route', 'failure', 'branch_failure', 'event'],
      returns: { 1: 'done', [-1]: 'too many branches, or no q value' },
      signatures: [
        signature({ run: (self, context) => self.appendBranch(context, '', undefined) }),
        signature({
          kemi: 'append_branch',
          args: [uri],
          run: (self, context, text) => self.appendBranch(context, text, undefined),
        }),
        signature({
          kemi: 'append_branch_uri_q',
          args: [uri, arg.string('q', '0 to 1')],
          run: (self, context, text, q) => {
            const value = qOf(q);
            return value === undefined ? -1 : self.appendBranch(context, text, value);
          },
        }),
      ],
    },
  };
}

export function sendFunctions(signature: Maker): Functions {
  const sender = (proto: 'udp' | 'tcp'): Functions[string] => ({
    doc: `Sends the request as received, without our Via, over ${proto.toUpperCase()}.`,
    routes: ['request', 'route', 'failure', 'onsend'],
    returns: { 1: 'sent', [-1]: 'not sent' },
    signatures: [
      signature({
        kemi: `send_${proto}`,
        waits: true,
        args: [
          arg.string('destination', 'host[:port]; default: the destination URI, else the Request-URI', {
            optional: true,
          }),
        ],
        run: (self, context, to) => self.sendReceived(context, proto, to),
      }),
    ],
  });
  return {
    send_udp: sender('udp'),
    send_tcp: sender('tcp'),
    send_data: {
      doc: 'Sends any text to a URI.',
      returns: { 1: 'sent', [-1]: 'not sent' },
      signatures: [
        signature({
          kemi: 'send_data',
          waits: true,
          args: [arg.string('uri', 'SIP URI'), arg.string('data', 'the text')],
          run: (self, _context, uri, data) => self.sendData(uri, data),
        }),
      ],
    },
    sendx: {
      doc: 'Sends any text to a URI from a local socket.',
      returns: { 1: 'sent', [-1]: 'not sent' },
      signatures: [
        signature({
          kemi: 'sendx',
          waits: true,
          args: [
            arg.string('uri', 'SIP URI'),
            arg.string('sock', 'local socket, as for $fs'),
            arg.string('data', 'the text'),
          ],
          run: (self, _context, uri, sock, data) => {
            const socket = self.host.transport.findSocket(sock);
            if (socket === undefined) self.host.log.warn(`no socket found to match [${sock}]`);
            return self.sendData(uri, data, socket);
          },
        }),
      ],
    },
    forward_reply: {
      doc: 'Forwards the response along its Via now.',
      routes: ['reply', 'onreply'],
      returns: { 1: 'sent', [-1]: 'not sent' },
      signatures: [
        signature({
          kemi: 'forward_reply',
          run: (self, { message, flow }) =>
            yesNo(!message.isRequest && self.host.stateless.forwardResponse(message, flow)),
        }),
      ],
    },
    is_incoming: {
      doc: 'In event_route[network:msg]: was the text received (or is it about to be sent)?',
      returns: { 1: 'received', [-1]: 'about to be sent, or another route' },
      signatures: [signature({ kemi: 'is_incoming', run: (_self, context) => yesNo(isIncoming(context)) })],
    },
  };
}

export function socketFunctions(signature: Maker): Functions {
  const address = arg.string('saddr', 'proto:address:port, or a socket name');
  const name = arg.string('sname', 'name of the socket');
  return {
    set_send_socket: {
      doc: 'Sends from this local socket.',
      returns: { 1: 'always' },
      signatures: [
        signature({
          kemi: 'set_send_socket',
          args: [address],
          run: (self, context, text) => {
            const socket = self.host.transport.findSocket(text);
            if (socket === undefined) self.host.log.warn(`no socket found to match [${text}]`);
            else context.target.socket = socket;
            return 1;
          },
        }),
      ],
    },
    set_send_socket_name: {
      doc: 'Sends from the local socket of this name.',
      returns: { 1: 'always' },
      signatures: [
        signature({
          kemi: 'set_send_socket_name',
          args: [name],
          run: (self, context, text) => {
            const socket = self.socketNamed(text);
            if (socket === undefined) self.host.log.warn(`no socket has the name [${text}]`);
            else context.target.socket = socket;
            return 1;
          },
        }),
      ],
    },
    set_recv_socket: {
      doc: 'Takes this local socket for the one that received the message.',
      returns: { 1: 'always' },
      signatures: [
        signature({
          kemi: 'set_recv_socket',
          args: [address],
          run: (self, context, text) => {
            const socket = self.host.transport.findSocket(text);
            if (socket === undefined) self.host.log.warn(`no socket found to match [${text}]`);
            else context.flow = { ...context.flow, socket };
            return 1;
          },
        }),
      ],
    },
    set_recv_socket_name: {
      doc: 'Takes the local socket of this name for the one that received the message.',
      returns: { 1: 'always' },
      signatures: [
        signature({
          kemi: 'set_recv_socket_name',
          args: [name],
          run: (self, context, text) => {
            const socket = self.socketNamed(text);
            if (socket === undefined) self.host.log.warn(`no socket has the name [${text}]`);
            else context.flow = { ...context.flow, socket };
            return 1;
          },
        }),
      ],
    },
    set_source_address: {
      doc: 'Takes another address for the source of the message.',
      returns: { 1: 'done', [-1]: 'no address' },
      signatures: [
        signature({
          kemi: 'set_source_address',
          args: [arg.string('saddr', '[proto:]address:port')],
          run: (self, context, text) => yesNo(self.setSource(context, text)),
        }),
      ],
    },
    is_socket_name: {
      doc: 'Has a local socket this name?',
      returns: { 1: 'yes', [-1]: 'no' },
      signatures: [
        signature({
          kemi: 'is_socket_name',
          args: [arg.string('sockname', 'the name')],
          run: (self, _context, text) => yesNo(self.socketNamed(text) !== undefined),
        }),
      ],
    },
    is_faked_msg: {
      doc: 'Is the message a stand-in, made for an event route that has none?',
      returns: { 1: 'yes', [-1]: 'no: it came from the network' },
      signatures: [signature({ kemi: 'is_faked_msg', run: (_self, context) => yesNo(isFake(context)) })],
    },
  };
}

export function fileFunctions(signature: Maker): Functions {
  const path = arg.string('fpath', 'path of the file');
  return {
    file_read: {
      doc: 'Reads a text file into a variable.',
      returns: { 1: 'done', [-1]: 'it cannot be read, or the variable is read-only' },
      signatures: [
        signature({
          waits: true,
          args: [path, arg.variable('var', 'a writable variable')],
          run: async (self, context, file, variable) => {
            const text = await readText(self, file);
            if (text === null || !variable.writable) return -1;
            variable.set(context, text);
            return 1;
          },
        }),
      ],
    },
    file_write: {
      doc: 'Writes a text file.',
      returns: { 1: 'done', [-1]: 'it cannot be written' },
      signatures: [
        signature({
          kemi: 'file_write',
          waits: true,
          args: [path, arg.string('content', 'the text')],
          run: async (self, _context, file, content) => {
            try {
              await self.host.files.write(file, Buffer.from(content, 'latin1'));
              return 1;
            } catch (error) {
              self.host.log.error(`cannot write ${file}: ${errorText(error)}`);
              return -1;
            }
          },
        }),
      ],
    },
  };
}

async function readText(self: Corex, file: string): Promise<Value> {
  try {
    return (await self.host.files.read(file)).toString('latin1');
  } catch (error) {
    self.host.log.error(`cannot read ${file}: ${errorText(error)}`);
    return null;
  }
}
