/** The tests of `nat_uac_test`: signs that the sender is behind a NAT. */
import { addressOfHost } from '../../base/ip.ts';
import { contactUriOf } from '../../module/contactUris.ts';
import type { ScriptContext } from '../../module/context.ts';
import { defaultPort } from '../../proxy/transport.ts';
import { HeaderKind } from '../../sip/headerKind.ts';
import { contactsOf } from '../../sip/headerValues.ts';
import type { NameAddr } from '../../sip/nameAddr.ts';
import { parseSdp, type Sdp } from '../../sip/sdp.ts';
import { sdpBodyOf } from '../../sip/sdpBody.ts';
import { splitUri } from '../../sip/uriParts.ts';
import { parseVia } from '../../sip/via.ts';
import { isPrivate } from './privateAddress.ts';

const sipPort = 5060;

type Test = (context: ScriptContext, mode: number) => boolean;

/** By the bits that ask for them. */
const tests: readonly (readonly [bit: number, test: Test])[] = [
  [16, portDiffersFromVia],
  [2, addressDiffersFromVia],
  [1, contactIsPrivate],
  [4, viaIsPrivate],
  [8, sdpIsPrivate],
  [32, ({ flow }, mode) => isPrivate(flow.address, mode)],
  [64, ({ flow }) => flow.proto === 'ws' || flow.proto === 'wss'],
  [128, portDiffersFromContact],
  [256, sdpDiffersFromSource],
  [512, targetDiffers],
];

export function looksNated(context: ScriptContext, bits: number, mode: number): boolean {
  return tests.some(([bit, test]) => (bits & bit) !== 0 && test(context, mode));
}

function contacts(context: ScriptContext): readonly NameAddr[] {
  return contactsOf(context.message)?.list ?? [];
}

function contactIsPrivate(context: ScriptContext, mode: number): boolean {
  return contacts(context).some((contact) => {
    const host = splitUri(contactUriOf(context, contact))?.host;
    return host !== undefined && isPrivate(host, mode);
  });
}

function addressDiffersFromVia({ message, flow }: ScriptContext): boolean {
  const via = message.topmostVia;
  return via !== undefined && addressOfHost(via.host) !== flow.address;
}

function portDiffersFromVia({ message, flow }: ScriptContext): boolean {
  const via = message.topmostVia;
  return via !== undefined && (via.port || sipPort) !== flow.port;
}

function viaIsPrivate({ message }: ScriptContext, mode: number): boolean {
  return isPrivate(message.topmostVia?.host ?? '', mode);
}

function sdpOf({ message }: ScriptContext): Sdp | undefined {
  const body = sdpBodyOf(message);
  return body === undefined ? undefined : parseSdp(message.text, body.start, body.end);
}

function sdpIsPrivate(context: ScriptContext, mode: number): boolean {
  const sdp = sdpOf(context);
  if (sdp === undefined) return false;
  return [sdp, ...sdp.media].some(({ connection }) => isPrivate(connection?.address ?? '', mode));
}

/** The connection of the session, where it is an address. */
function sdpDiffersFromSource(context: ScriptContext): boolean {
  const address = addressOfHost(sdpOf(context)?.connection?.address ?? '');
  return address !== undefined && address !== context.flow.address;
}

function portDiffersFromContact(context: ScriptContext): boolean {
  const contact = contacts(context).at(-1);
  const parts = contact === undefined ? undefined : splitUri(contactUriOf(context, contact));
  return parts !== undefined && (parts.port || sipPort) !== context.flow.port;
}

/**
 * Requests: do `$ru` and `$du` name different places? Responses: does the second Via name another place than
 * its received and rport? A WebSocket is always a different place.
 */
function targetDiffers(context: ScriptContext): boolean {
  return context.message.isRequest ? nextHopDiffers(context) : clientDiffers(context);
}

function nextHopDiffers({ target }: ScriptContext): boolean {
  const uri = splitUri(target.requestUri);
  const hop = target.nextHop === '' ? undefined : splitUri(target.nextHop);
  if (uri === undefined) return false;
  if (isWebSocket((hop ?? uri).params)) return true;
  if (hop === undefined) return false;
  return hop.host.toLowerCase() !== uri.host.toLowerCase() || (hop.port || sipPort) !== (uri.port || sipPort);
}

function isWebSocket(params: string): boolean {
  return /(^|;)transport=wss?(;|$)/i.test(params);
}

function clientDiffers({ message }: ScriptContext): boolean {
  const line = message.find(HeaderKind.via);
  const top = message.topmostVia;
  const next = top?.more === true ? line : message.find(HeaderKind.via, line + 1);
  if (top === undefined || next < 0) return false;
  const start = top.more ? top.end + 1 : message.headerValueStart(next);
  const via = parseVia(message.text, start, message.headerValueEnd(next));
  if (via === undefined) return false;
  if (/^wss?$/i.test(via.transport)) return true;
  const received = via.params.get('received');
  const rport = Number(via.params.get('rport') ?? '');
  const own = via.port || defaultPort('udp');
  return (received !== undefined && received !== via.host) || (rport > 0 && rport !== own);
}
