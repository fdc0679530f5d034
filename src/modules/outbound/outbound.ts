import { createHash } from 'node:crypto';
import type { ScriptContext } from '../../module/context.ts';
import type { Config } from '../../module/define.ts';
import type { Host } from '../../module/host.ts';
import { HeaderKind } from '../../sip/headerKind.ts';
import { contactsOf, valuesOf } from '../../sip/headerValues.ts';
import { hostOfAddress } from '../../sip/host.ts';
import type { SipMessage } from '../../sip/message.ts';
import { type NameAddr, parseNameAddr } from '../../sip/nameAddr.ts';
import type { FlowTokens, NamedFlow } from './api.ts';
import { decodeFlow, encodeFlow } from './flowToken.ts';

export const params = {
  force_outbound_flag: {
    type: 'int',
    default: -1,
    min: -1,
    max: 31,
    doc: 'Message flag that makes path and rr write flow tokens in any case; -1 for none.',
  },
  force_no_outbound_flag: {
    type: 'int',
    default: -1,
    min: -1,
    max: 31,
    doc: 'Message flag that keeps flow tokens away in any case; -1 for none.',
  },
  flow_token_secret: {
    type: 'string',
    default: '',
    doc: 'Secret that signs flow tokens, the same on servers that read each other; random at each start when empty.',
  },
} as const;

/** Methods whose requests can begin a dialog. */
const dialogMethods = new Set(['INVITE', 'SUBSCRIBE', 'REFER']);

/** The edge proxy's part of RFC 5626: remembering the flow of a client in the URIs that lead back to it. */
export class Outbound implements FlowTokens {
  readonly #host: Host;
  readonly #config: Config<typeof params>;
  readonly #key: Uint8Array;

  constructor(host: Host, config: Config<typeof params>) {
    this.#host = host;
    this.#config = config;
    const secret = config.flow_token_secret;
    this.#key = secret === '' ? host.entropy.bytes(20) : createHash('sha1').update(secret).digest();
  }

  start(): void {
    this.#host.api<{ useOutbound(tokens: FlowTokens): void }>('rr')?.useOutbound(this);
  }

  applies(context: ScriptContext): boolean {
    if (isSet(context.flags, this.#config.force_no_outbound_flag)) return false;
    if (isSet(context.flags, this.#config.force_outbound_flag)) return true;
    const { message } = context;
    if (!message.isRequest) return false;
    const isFirstHop = valuesOf(message, HeaderKind.via, 2).length === 1;
    const contacts = contactsOf(message)?.list ?? [];
    if (message.method === 'REGISTER')
      return isFirstHop && contacts.some((contact) => contact.params.has('reg-id'));
    if (!dialogMethods.has(message.method)) return false;
    // §5.3: a client that uses flows says ob in its Contact; towards it, the Path that became a Route does
    return isFirstHop ? contacts.some(saysOutbound) : saysOutbound(topmostRoute(message));
  }

  encode(context: ScriptContext): string {
    const { flow } = context;
    return encodeFlow(this.#key, {
      proto: flow.proto,
      localAddress: flow.socket.address,
      localPort: flow.socket.port,
      peerAddress: flow.address,
      peerPort: flow.port,
    });
  }

  decode(token: string): NamedFlow | 'tampered' | undefined {
    const flow = decodeFlow(this.#key, token);
    if (typeof flow !== 'object') return flow;
    const { proto } = flow;
    const local = `${proto}:${hostOfAddress(flow.localAddress)}:${flow.localPort}`;
    const socket = this.#host.transport.sockets.find(
      (other) =>
        other.proto === proto && other.address === flow.localAddress && other.port === flow.localPort,
    );
    if (socket === undefined) {
      this.#host.log.warn(`a flow token names ${local}, which is no socket of this server`);
      return undefined;
    }
    const transport = proto === 'udp' ? '' : `;transport=${proto === 'wss' ? 'ws' : proto}`;
    const nextHop = `sip:${hostOfAddress(flow.peerAddress)}:${flow.peerPort}${transport}`;
    return { socket, nextHop, connectionId: 0 };
  }
}

function saysOutbound(address: NameAddr | undefined): boolean {
  return address?.parsedUri?.params.has('ob') === true;
}

function topmostRoute(message: SipMessage): NameAddr | undefined {
  const first = valuesOf(message, HeaderKind.route, 1)[0];
  return first === undefined ? undefined : parseNameAddr(message.text, first.start, first.end);
}

function isSet(flags: number, flag: number): boolean {
  return flag >= 0 && ((flags >>> flag) & 1) === 1;
}
