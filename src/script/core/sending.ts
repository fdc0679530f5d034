import type { Value } from '../../lang/catalogue.ts';
import { arg } from '../../module/define.ts';
import { addSendFlag, SendFlag, setLargeRequestProtocol } from '../../module/sendFlags.ts';
import type { CoreFunctions, CoreTools } from './state.ts';

/** Core functions that say how copies of the message and its responses leave. */

const largeProtocols: ReadonlySet<string> = new Set(['udp', 'tcp', 'tls', 'sctp']);

function checkLargeProtocol(value: Value): string | undefined {
  return largeProtocols.has(String(value).toLowerCase())
    ? undefined
    : `expected UDP, TCP, TLS or SCTP, not "${value}"`;
}

export function sendingFunctions({ signature }: CoreTools): CoreFunctions {
  const sender = (doc: string, kemi: string, flag: number): CoreFunctions[string] => ({
    doc,
    returns: { 1: 'done' },
    signatures: [
      signature({
        kemi,
        run: (_self, context) => {
          addSendFlag(context, flag);
          return 1;
        },
      }),
    ],
  });
  return {
    force_rport: {
      doc: 'Answers to the source port, and adds rport to the Via of the client (RFC 3581).',
      aliases: ['add_rport'],
      returns: { 1: 'done' },
      signatures: [
        signature({
          kemi: 'force_rport',
          run: (_self, context) => {
            context.forceRport = true;
            return 1;
          },
        }),
      ],
    },
    add_local_rport: {
      doc: 'Asks for rport in our own Via (RFC 3581).',
      returns: { 1: 'done' },
      signatures: [
        signature({
          kemi: 'add_local_rport',
          run: (_self, context) => {
            context.addLocalRport = true;
            return 1;
          },
        }),
      ],
    },
    force_send_socket: {
      doc: 'Sends from this local socket.',
      returns: { 1: 'done', [-1]: 'there is no such socket' },
      signatures: [
        signature({
          args: [arg.string('socket', 'proto:address:port, address:port or a socket name')],
          run: (self, context, text) => {
            const { transport } = self.host;
            const socket = transport.findSocket(text) ?? transport.findSocket(`udp:${text}`);
            if (socket === undefined) {
              self.host.log.error(`no socket found to match [${text}]`);
              return -1;
            }
            context.target.socket = socket;
            return 1;
          },
        }),
      ],
    },
    set_advertised_address: {
      doc: 'Shows this address in the Via of the copies of this message.',
      returns: { 1: 'done' },
      signatures: [
        signature({
          kemi: 'set_advertised_address',
          args: [arg.string('address', 'host name or address')],
          run: (_self, context, address) => {
            context.advertisedHost = address;
            return 1;
          },
        }),
      ],
    },
    set_advertised_port: {
      doc: 'Shows this port in the Via of the copies of this message.',
      returns: { 1: 'done', [-1]: 'no port' },
      signatures: [
        signature({
          kemi: 'set_advertised_port',
          args: [arg.int('port', '1 to 65535')],
          run: (_self, context, port) => {
            if (!(port >= 1 && port <= 65535)) return -1;
            context.advertisedPort = port;
            return 1;
          },
        }),
      ],
    },
    force_tcp_alias: {
      doc: 'Lets requests to this port of the peer take the connection that this message came on.',
      aliases: ['add_tcp_alias'],
      returns: { 1: 'done, or not a connection', [-1]: 'no port' },
      signatures: [
        signature({
          kemi: 'add_tcp_alias',
          args: [arg.int('port', 'port of the peer; default: that of the topmost Via', { optional: true })],
          run: (self, context, given) => {
            const { connectionId } = context.flow;
            const port = given ?? (context.message.topmostVia?.port || 5060);
            if (!(port >= 1 && port <= 65535)) return -1;
            if (connectionId !== 0) self.host.transport.addAlias?.(connectionId, port);
            return 1;
          },
        }),
      ],
    },
    set_forward_no_connect: sender(
      'Forwards this request only over connections that are there already.',
      'set_forward_no_connect',
      SendFlag.forwardNoConnect,
    ),
    set_forward_close: sender(
      'Closes the connection after forwarding this request.',
      'set_forward_close',
      SendFlag.forwardClose,
    ),
    set_reply_no_connect: sender(
      'Sends responses only over connections that are there already.',
      'set_reply_no_connect',
      SendFlag.replyNoConnect,
    ),
    set_reply_close: sender(
      'Closes the connection after responding.',
      'set_reply_close',
      SendFlag.replyClose,
    ),
    udp_mtu_try_proto: {
      doc: 'Sends copies of this request over this transport when they are larger than udp_mtu.',
      returns: { 1: 'done', [-1]: 'no such transport' },
      signatures: [
        signature({
          args: [arg.constant('proto', 'UDP, TCP, TLS or SCTP', { check: checkLargeProtocol })],
          run: (_self, context, written) => {
            const proto = written.toLowerCase();
            if (!largeProtocols.has(proto)) return -1;
            setLargeRequestProtocol(context, proto);
            return 1;
          },
        }),
      ],
    },
  };
}
