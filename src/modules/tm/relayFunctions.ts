import { hostOfAddress } from '../../base/ip.ts';
import type { TransportProtocol } from '../../base/ports.ts';
import type { ScriptContext } from '../../module/context.ts';
import { arg, type FunctionDeclaration, type Result, type SignatureMaker } from '../../module/define.ts';
import { type NextHop, nextHopOf, nextHopOfText } from '../../proxy/nextHop.ts';
import { unresolvable } from './failureReason.ts';
import type { RelayWay } from './relay.ts';
import type { Tm } from './tm.ts';

type Functions = Readonly<Record<string, FunctionDeclaration<Tm>>>;

const relayRoutes = ['request', 'failure', 'event', 'branch_failure'] as const;
const relayReturns = {
  1: 'sent',
  0: 'a repetition or an ACK to a failure response: dealt with, the script ends',
  [-1]: 'could not be sent',
};
const host = arg.string('host', 'name or address');
const port = arg.any('port', 'port number');

/** `host` and `port` of a function as a next hop; undefined when they are none. */
function hopOf(
  hostText: string,
  portValue: unknown,
  proto: TransportProtocol | undefined,
): NextHop | undefined {
  const number = Number(portValue);
  if (!Number.isInteger(number) || number < 0 || number > 65535) return undefined;
  const hop = nextHopOf(`sip:${hostText.startsWith('[') ? hostText : hostOfAddress(hostText)}`);
  return hop === undefined ? undefined : { ...hop, port: number, proto };
}

function relayTo(tm: Tm, context: ScriptContext, hop: NextHop | undefined): Result {
  if (hop !== undefined) return tm.relay(context, { hop });
  tm.fail(context, unresolvable);
  return unresolvable.code;
}

/** t_relay and its relatives: one function for each transport. */
function relayVariant(
  signature: SignatureMaker<Tm>,
  kemi: string,
  proto: TransportProtocol | undefined,
  doc: string,
): FunctionDeclaration<Tm> {
  return {
    doc,
    routes: relayRoutes,
    returns: relayReturns,
    signatures: [
      signature({
        kemi,
        waits: true,
        run: (tm, context) => tm.relay(context, proto === undefined ? {} : { proto }),
      }),
      signature({
        kemi: `${kemi}_to_addr`,
        args: [host, port],
        waits: true,
        run: (tm, context, hostText, portValue) =>
          relayTo(tm, context, hopOf(hostText, portValue, proto ?? context.flow.proto)),
      }),
    ],
  };
}

function forwardVariant(
  signature: SignatureMaker<Tm>,
  proto: TransportProtocol | undefined,
  isOptional: boolean,
): FunctionDeclaration<Tm> {
  const run = (tm: Tm, context: ScriptContext, way: RelayWay): Result =>
    context.message.method === 'ACK' ? -1 : tm.relay(context, way);
  const withAddress = signature({
    args: [host, port],
    waits: true,
    run: (tm, context, hostText, portValue) => {
      const hop = hopOf(hostText, portValue, proto ?? context.flow.proto);
      return hop === undefined ? -1 : run(tm, context, { hop });
    },
  });
  const plain = signature({ waits: true, run: (tm, context) => run(tm, context, {}) });
  return {
    doc: 'Relays a request that is no ACK; t_relay does all that is needed around it.',
    routes: relayRoutes,
    returns: relayReturns,
    signatures: isOptional ? [plain, withAddress] : [withAddress],
  };
}

/** `t_relay_to(proxy, flags)`: 1 no 100, 2 no answer on errors, 4 no failover. */
function relayToProxy(tm: Tm, context: ScriptContext, proxy: string, flags: number): Result {
  const plan = tm.transactions.planOf(context);
  if ((flags & 1) !== 0) plan.auto100 = false;
  if ((flags & 2) !== 0) plan.disableInternalReply = true;
  if ((flags & 4) !== 0) plan.disableFailover = true;
  if (proxy === '') return tm.relay(context);
  return relayTo(tm, context, nextHopOfText(proxy));
}

/** A lone argument of t_relay_to is a number of flags or a proxy. */
function isFlags(text: string): boolean {
  return /^(0x[\da-f]+|\d+)$/i.test(text);
}

function replicate(tm: Tm, context: ScriptContext, hop: NextHop | undefined): Result {
  return hop === undefined ? -1 : tm.replicate(context, hop);
}

export function relayFunctions({ signature }: { readonly signature: SignatureMaker<Tm> }): Functions {
  const replicateVia = (proto: TransportProtocol | undefined, kemi?: string): FunctionDeclaration<Tm> => ({
    doc: 'Sends a copy of the request to an address; its responses go nowhere.',
    routes: relayRoutes,
    returns: relayReturns,
    signatures: [
      signature({
        ...(kemi === undefined ? {} : { kemi }),
        args: [host, port],
        waits: true,
        run: (tm, context, hostText, portValue) =>
          replicate(tm, context, hopOf(hostText, portValue, proto ?? context.flow.proto)),
      }),
    ],
  });
  return {
    t_relay: relayVariant(
      signature,
      't_relay',
      undefined,
      'Relays the request statefully to its target set, or to an address.',
    ),
    t_relay_to_udp: relayVariant(signature, 't_relay_to_udp', 'udp', 'Like t_relay, over UDP.'),
    t_relay_to_tcp: relayVariant(signature, 't_relay_to_tcp', 'tcp', 'Like t_relay, over TCP.'),
    t_relay_to_tls: relayVariant(signature, 't_relay_to_tls', 'tls', 'Like t_relay, over TLS.'),
    t_relay_to_sctp: relayVariant(signature, 't_relay_to_sctp', 'sctp', 'Like t_relay, over SCTP.'),
    t_forward_nonack: forwardVariant(signature, undefined, true),
    t_forward_nonack_udp: forwardVariant(signature, 'udp', false),
    t_forward_nonack_tcp: forwardVariant(signature, 'tcp', false),
    t_forward_nonack_tls: forwardVariant(signature, 'tls', false),
    t_forward_nonack_sctp: forwardVariant(signature, 'sctp', false),
    t_relay_to: {
      doc: 'Relays to a proxy (proto:host:port), with flags: 1 no 100, 2 no answer on errors, 4 no failover.',
      routes: relayRoutes,
      returns: relayReturns,
      signatures: [
        signature({ waits: true, run: (tm, context) => tm.relay(context) }),
        signature({
          kemi: 't_relay_to_proxy',
          args: [arg.string('proxy', 'proto:host:port, or flags')],
          waits: true,
          run: (tm, context, text) =>
            isFlags(text) ? relayToProxy(tm, context, '', Number(text)) : relayToProxy(tm, context, text, 0),
        }),
        signature({
          kemi: 't_relay_to_proxy_flags',
          args: [arg.string('proxy', 'proto:host:port'), arg.int('flags', 'bit mask')],
          waits: true,
          run: (tm, context, text, flags) => relayToProxy(tm, context, text, flags),
        }),
      ],
    },
    t_replicate: {
      doc: 'Sends a copy of the request to a URI (or where the target leads) or an address; its responses go nowhere.',
      routes: relayRoutes,
      returns: relayReturns,
      signatures: [
        signature({
          waits: true,
          run: (tm, context) =>
            replicate(tm, context, nextHopOf(context.target.nextHop || context.target.requestUri)),
        }),
        signature({
          kemi: 't_replicate',
          args: [arg.string('uri', 'SIP URI')],
          waits: true,
          run: (tm, context, uri) => replicate(tm, context, nextHopOf(uri)),
        }),
        signature({
          args: [host, port],
          waits: true,
          run: (tm, context, hostText, portValue) =>
            replicate(tm, context, hopOf(hostText, portValue, context.flow.proto)),
        }),
      ],
    },
    t_replicate_udp: replicateVia('udp'),
    t_replicate_tcp: replicateVia('tcp'),
    t_replicate_tls: replicateVia('tls'),
    t_replicate_sctp: replicateVia('sctp'),
    t_replicate_to: {
      doc: 'Sends a copy of the request to host:port over a transport; its responses go nowhere.',
      routes: relayRoutes,
      returns: relayReturns,
      signatures: [
        signature({
          args: [arg.string('proto', 'transport'), arg.string('hostport', 'host:port')],
          waits: true,
          run: (tm, context, proto, hostport) =>
            replicate(tm, context, nextHopOfText(`${proto}:${hostport}`)),
        }),
      ],
    },
  };
}
