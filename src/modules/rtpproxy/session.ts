/** What the script functions do: commands for the message of a context, and the SDP that comes of their replies. */
import type { ScriptContext } from '../../module/context.ts';
import { movesWithinDialog } from '../../module/dialogRequests.ts';
import type { SipMessage } from '../../sip/message.ts';
import { connectionOf, parseSdp, type Sdp, type SdpMedia } from '../../sip/sdp.ts';
import { type SdpBody, sdpBodyOf } from '../../sip/sdpBody.ts';
import { branchOfVia } from '../../sip/viaBranch.ts';
import { type Flags, parseFlags } from './flags.ts';
import type { Features, Rtpproxy } from './rtpproxy.ts';
import { type Relayed, relaySdp } from './sdpRelay.ts';

/** A call as the node knows it. */
interface Call {
  /** With the branch or the extra identifier behind it. */
  readonly id: string;
  readonly fromTag: string;
  readonly toTag: string;
}

function callOf(self: Rtpproxy, context: ScriptContext, flags: Flags): Call | undefined {
  const { message } = context;
  const suffix = suffixOf(self, context, flags);
  if (suffix === undefined || message.callId === '' || message.fromTag === '') {
    self.host.log.error('there is no Call-ID, no From tag, or no such branch');
    return undefined;
  }
  return { id: message.callId + suffix, fromTag: message.fromTag, toTag: message.toTag };
}

function suffixOf(self: Rtpproxy, context: ScriptContext, flags: Flags): string | undefined {
  const { message } = context;
  if (flags.extraId) {
    const id = self.extraId(context);
    return id === '' ? undefined : `;${id}`;
  }
  if (flags.viaBranch === 0) return '';
  const place = flags.viaBranch === 3 ? (message.isRequest ? 1 : 2) : flags.viaBranch;
  const branch = branchOfVia(message, place);
  return branch === '' ? undefined : `;${branch}`;
}

function readFlags(self: Rtpproxy, text: string): Flags | undefined {
  const flags = parseFlags(text);
  if (typeof flags !== 'string') return flags;
  self.host.log.error(`flags '${text}': ${flags}`);
  return undefined;
}

export interface Options {
  readonly flags: string;
  /** The address to put into the SDP; undefined for the node's. */
  readonly address?: string | undefined;
}

/** -1 failed, -2 another proxy has changed the SDP already. */
export async function exchange(
  self: Rtpproxy,
  context: ScriptContext,
  operation: 'offer' | 'answer',
  options: Options,
): Promise<number> {
  const { message } = context;
  const flags = readFlags(self, options.flags);
  const body = sdpBodyOf(message);
  const sdp = body === undefined ? undefined : parseSdp(message.text, body.start, body.end);
  if (flags === undefined || body === undefined || sdp === undefined) return -1;
  const mark = self.config.nortpproxy_str;
  if (!flags.ignoresMark && isMarked(body, mark)) return -2;
  const isAnswer = operation === 'answer' || flags.isLookup;
  const call = callOf(self, context, flags);
  if (call === undefined || (isAnswer && call.toTag === '')) return -1;
  const party = isAnswer === message.isRequest ? swapped(call) : call;
  const relays = await relaysFor(self, { context, sdp, flags, isAnswer, call: party });
  if (relays === undefined) return -1;
  relaySdp(message, body, sdp, relays, {
    address: options.address === '' ? undefined : options.address,
    mark,
    candidatePreference: self.candidatePreference(context),
  });
  return 1;
}

function isMarked(body: SdpBody, mark: string): boolean {
  const line = mark.trim();
  return line !== '' && body.text.split(/\r?\n/).includes(line);
}

/** Who speaks comes first. */
function swapped({ id, fromTag, toTag }: Call): Call {
  return { id, fromTag: toTag, toTag: fromTag };
}

interface Exchange {
  readonly context: ScriptContext;
  readonly sdp: Sdp;
  readonly flags: Flags;
  readonly isAnswer: boolean;
  readonly call: Call;
}

/** A port of the node for each media section; undefined when one cannot be had. */
async function relaysFor(self: Rtpproxy, exchange: Exchange): Promise<Relayed[] | undefined> {
  const { sdp, context, call } = exchange;
  const relays: Relayed[] = [];
  for (const [index, media] of sdp.media.entries()) {
    const text = await self.ask(context, context.message.callId, (features) =>
      mediaCommand(self, exchange, media, { index, features }),
    );
    const relay = text === undefined ? undefined : relayOf(text);
    if (relay === undefined) {
      self.host.log.error(`call ${call.id}: the node gives no port`);
      return undefined;
    }
    relays.push(relay);
  }
  return relays.length === 0 ? undefined : relays;
}

/** `PORT [ADDRESS]`; port 0 means that the node has none, or no such session. */
function relayOf(text: string): Relayed | undefined {
  const match = /^(\d+)(?: ([^\s]+))?/.exec(text);
  const port = Number(match?.[1] ?? 0);
  const address = match?.[2];
  return port > 0 && port < 65_536 && address !== undefined ? { port, address } : undefined;
}

function mediaCommand(
  self: Rtpproxy,
  { sdp, context, flags, isAnswer, call }: Exchange,
  media: SdpMedia,
  { index, features }: { readonly index: number; readonly features: Features },
): string | undefined {
  const connection = connectionOf(sdp, media);
  if (connection === undefined || (flags.repacketizes && !features.canRepacketize)) return undefined;
  const isIpv6 = connection.addressType === 'IP6';
  const bridge = flags.bridges ? (isIpv6 ? 'EI' : 'IE') : '';
  const family = isIpv6 ? '6' : '';
  const isRtp = media.protocol.includes('RTP/');
  const codecs = isRtp && features.takesCodecs ? `c${media.formats.join(',')}` : '';
  const address =
    flags.trustsSdp && connection.address !== '0.0.0.0' ? connection.address : context.flow.address;
  const number = index + 1;
  const to = call.toTag === '' ? '' : ` ${call.toTag};${number}`;
  const notify =
    to === '' || isAnswer || self.config.timeout_socket === '' ? '' : ` ${self.config.timeout_socket}`;
  const letter = isAnswer ? 'L' : 'U';
  return `${letter}${flags.options}${bridge}${family}${codecs} ${call.id} ${address} ${media.port} ${call.fromTag};${number}${to}${notify}`;
}

/** Asks for the counters of the call, as `$rtppstat` cannot wait for them itself. */
export function fetchStatistics(self: Rtpproxy, context: ScriptContext): Promise<void> | undefined {
  const { message } = context;
  if (!movesWithinDialog(message)) return undefined;
  const { callId, fromTag, toTag } = message;
  return self
    .ask(context, callId, () => `Q ${callId} ${fromTag};1 ${toTag}`)
    .then((counters) => {
      if (counters !== undefined) self.keepStatistics(context, counters);
    });
}

export async function destroy(self: Rtpproxy, context: ScriptContext, text: string): Promise<number> {
  const flags = readFlags(self, text);
  const call = flags === undefined ? undefined : callOf(self, context, flags);
  if (flags === undefined || call === undefined) return -1;
  const { callId } = context.message;
  const to = call.toTag === '' ? '' : ` ${call.toTag}`;
  const end = flags.wholeCall ? '' : to;
  const reply = await self.ask(context, callId, () => `D ${call.id} ${call.fromTag}${end}`);
  return reply === undefined ? -1 : 1;
}

/** Offer, answer or end, as method, status and body say. */
export function manage(self: Rtpproxy, context: ScriptContext, options: Options): number | Promise<number> {
  const { message } = context;
  if (context.routeKind === 'branch_failure') return -1;
  const { method } = message;
  if (message.isRequest) {
    if (method === 'BYE' || method === 'CANCEL' || context.routeKind === 'failure')
      return destroy(self, context, options.flags);
    if (sdpBodyOf(message) === undefined) return -1;
    if (method === 'ACK') return exchange(self, context, 'answer', options);
    if (method !== 'INVITE' && method !== 'UPDATE' && method !== 'PRACK') return -1;
    self.offered.add(message);
    return exchange(self, context, 'offer', options);
  }
  if (method !== 'INVITE' && method !== 'UPDATE' && method !== 'PRACK') return -1;
  if (message.statusCode >= 300) return destroy(self, context, options.flags);
  return manageAnswer(self, context, message, options);
}

function manageAnswer(
  self: Rtpproxy,
  context: ScriptContext,
  message: SipMessage,
  options: Options,
): number | Promise<number> {
  if (sdpBodyOf(message) === undefined) return -1;
  const request = self.tm?.transactionOf(context)?.request;
  const isAnswer = self.tm === undefined || request === undefined || self.offered.has(request);
  return exchange(self, context, isAnswer ? 'answer' : 'offer', options);
}

/** `stream2uac` and `stream2uas`: an announcement to one side; without a prompt the end of it. */
export async function stream(
  self: Rtpproxy,
  context: ScriptContext,
  side: 'uac' | 'uas',
  prompt?: { readonly name: string; readonly count: number },
): Promise<number> {
  const { callId, fromTag, toTag } = context.message;
  const [first, second] = side === 'uac' ? [fromTag, toTag] : [toTag, fromTag];
  if (callId === '' || first === '') return -1;
  const tags = `${first};1${second === '' ? '' : ` ${second};1`}`;
  const command =
    prompt === undefined
      ? `S ${callId} ${tags}`
      : `P${prompt.count} ${callId} ${prompt.name} session ${tags}`;
  return (await self.ask(context, callId, () => command)) === undefined ? -1 : 1;
}

export async function startRecording(self: Rtpproxy, context: ScriptContext): Promise<number> {
  const { message } = context;
  const { callId, fromTag, toTag } = message;
  const tags = (message.isRequest ? [fromTag, toTag] : [toTag, fromTag]).filter((tag) => tag !== '');
  if (callId === '' || fromTag === '') return -1;
  const reply = await self.ask(context, callId, () => `R ${callId} ${tags.join(' ')}`);
  return reply === undefined ? -1 : 1;
}
