/** What the script functions do: which command, what SDP goes there, and what is done with the reply. */

import type { VariableRef } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import { XavpNode } from '../../module/variables.ts';
import type { SipMessage } from '../../sip/message.ts';
import { replaceSdp, sdpBodyOf } from '../../sip/sdpBody.ts';
import { type Dictionary, listOf, numberOf, textOf } from './bencode.ts';
import type { Operation } from './command.ts';
import type { Rtpengine } from './rtpengine.ts';
import { toJson } from './statistics.ts';

export interface Options {
  readonly flags: string;
  readonly viaBranch?: string | undefined;
}

/** Offer or answer: the SDP that comes back goes into the message, or into the variable of `write_sdp_pv`. */
export async function exchange(
  self: Rtpengine,
  context: ScriptContext,
  operation: 'offer' | 'answer',
  options: Options,
): Promise<number> {
  const { message } = context;
  const sdp = self.sdpOf(context);
  if (sdp === undefined) return noSdp(self, operation);
  const { text, isFragment } = sdp;
  const reply = await self.command(context, { operation, ...options, sdp: text, isFragment });
  if (reply === undefined) return -1;
  const result = textOf(reply, 'sdp');
  if (result === undefined) {
    self.host.log.error(`${operation}: the reply has no SDP`);
    return -1;
  }
  writeSdp(self, context, message, result);
  return 1;
}

function writeSdp(self: Rtpengine, context: ScriptContext, message: SipMessage, sdp: string): void {
  const isVariable = self.variables.has('write_sdp_pv');
  if (isVariable) self.variables.set('write_sdp_pv', context, sdp);
  if (isVariable && self.config.write_sdp_pv_mode === 0) return;
  const body = sdpBodyOf(message);
  if (body !== undefined) replaceSdp(message, body, sdp);
}

function noSdp(self: Rtpengine, operation: string): number {
  self.host.log.error(`${operation}: the message has no SDP`);
  return -1;
}

/** `rtpengine_info`, and the answer of a subscriber: SDP goes there, none comes back. */
export async function send(
  self: Rtpengine,
  context: ScriptContext,
  operation: 'offer' | 'subscribe answer',
  options: Options,
): Promise<number> {
  const sdp = self.sdpOf(context);
  if (sdp === undefined) return noSdp(self, operation);
  const { text, isFragment } = sdp;
  const reply = await self.command(context, { operation, ...options, sdp: text, isFragment });
  return reply === undefined ? -1 : 1;
}

/** Commands without SDP. */
export async function simple(
  self: Rtpengine,
  context: ScriptContext,
  operation: Operation,
  options: Options,
): Promise<number> {
  const reply = await self.command(context, { operation, ...options });
  return reply === undefined ? -1 : 1;
}

export async function playMedia(self: Rtpengine, context: ScriptContext, flags: string): Promise<number> {
  const reply = await self.command(context, { operation: 'play media', flags });
  if (reply === undefined) return -1;
  self.variables.set('media_duration', context, numberOf(reply, 'duration') ?? -1);
  return 1;
}

/** `rtpengine_query_v`: `j` compact, `jp` indented. */
export async function queryAsJson(
  self: Rtpengine,
  context: ScriptContext,
  format: string,
  target: VariableRef,
): Promise<number> {
  if (format !== 'j' && format !== 'jp') {
    self.host.log.error(`query: the format '${format}' is neither j nor jp`);
    return -1;
  }
  const reply = await self.command(context, { operation: 'query', flags: '' });
  if (reply === undefined) return -1;
  target.set(context, toJson(reply, format === 'jp'));
  return 1;
}

/** Offer, answer or delete, as method, status and body say. */
export function manage(self: Rtpengine, context: ScriptContext, options: Options): number | Promise<number> {
  const { message } = context;
  if (context.routeKind === 'branch_failure') return -1;
  if (!message.isRequest) return manageResponse(self, context, options);
  const { method } = message;
  if (method === 'BYE' || method === 'CANCEL' || context.routeKind === 'failure')
    return simple(self, context, 'delete', options);
  const hasSdp = self.sdpOf(context) !== undefined;
  if (method === 'ACK') return hasSdp ? exchange(self, context, 'answer', options) : -1;
  if ((method !== 'INVITE' && method !== 'UPDATE') || !hasSdp) return -1;
  self.offered.add(message);
  return exchange(self, context, 'offer', options);
}

function manageResponse(self: Rtpengine, context: ScriptContext, options: Options): number | Promise<number> {
  const { message } = context;
  const { method } = message;
  if (method !== 'INVITE' && method !== 'UPDATE' && method !== 'PRACK') return -1;
  if (message.statusCode >= 300) return simple(self, context, 'delete', options);
  if (self.sdpOf(context) === undefined) return -1;
  const request = self.tm?.transactionOf(context)?.request;
  const isAnswer = self.tm === undefined || request === undefined || self.offered.has(request);
  return exchange(self, context, isAnswer ? 'answer' : 'offer', options);
}

/** Where `rtpengine_subscribe_request` puts what it gets. */
export interface SubscriptionTargets {
  readonly sdp: VariableRef;
  readonly toTag: VariableRef;
  /** Name of the xavp with a node for each party: `tag`, and `label` as often as it has streams. */
  readonly streams: string;
}

export async function subscribe(
  self: Rtpengine,
  context: ScriptContext,
  options: Options,
  targets: SubscriptionTargets,
): Promise<number> {
  const reply = await self.command(context, { operation: 'subscribe request', ...options });
  const sdp = textOf(reply, 'sdp');
  const toTag = textOf(reply, 'to-tag');
  if (reply === undefined || sdp === undefined || toTag === undefined) return -1;
  targets.sdp.set(context, sdp);
  targets.toTag.set(context, toTag);
  for (const party of [...listOf(reply, 'tag-medias')].reverse())
    if (party instanceof Map) context.variables.xavps.push(targets.streams, partyNode(party));
  return 1;
}

function partyNode(party: Dictionary): XavpNode {
  const node = new XavpNode();
  for (const media of [...listOf(party, 'medias')].reverse()) {
    const label = media instanceof Map ? textOf(media, 'label') : undefined;
    if (label !== undefined) node.push('label', label);
  }
  node.push('tag', textOf(party, 'tag') ?? '');
  return node;
}
