import { HeaderKind } from '../src/sip/headerKind.ts';
import { nameAddrsOf } from '../src/sip/headerValues.ts';
import type { SipMessage } from '../src/sip/message.ts';
import { buildCancel, buildRequest } from '../src/sip/request.ts';
import type { RequestOptions, SipPeer } from './peer.ts';
import type { PeerRequest } from './peerClient.ts';
import type { PeerInvitation } from './peerServer.ts';

export interface CallOptions extends RequestOptions {
  /** Hang up this long after the answer. */
  readonly talkMs?: number;
  /** Cancel this long after the INVITE, when nobody has answered by then. */
  readonly cancelAfterMs?: number;
}

export interface CallOutcome {
  /** Of the INVITE; 0 when no final response came. */
  readonly status: number;
  /** Of the BYE; undefined when there was none, 0 when no response came. */
  readonly byeStatus: number | undefined;
  readonly cancelStatus: number | undefined;
  readonly invite: PeerRequest;
}

/** A whole call from the caller's side: INVITE, perhaps CANCEL, ACK, talk, BYE. */
export async function placeCall(peer: SipPeer, options: CallOptions): Promise<CallOutcome> {
  const { talkMs = 1000, cancelAfterMs, ...request } = options;
  const from = `<${peer.addressOfRecord}>;tag=${peer.token()}`;
  const callId = `${peer.token()}@${peer.name}`;
  const cseq = peer.nextCseq();
  const invite = peer.request('INVITE', { from, callId, cseq, ...request });
  const dialogs = new Map<string, Dialog>();
  invite.onResponse = (response) => {
    if (response.statusCode < 200 || response.statusCode >= 300) return;
    const dialog = dialogs.get(response.toTag) ?? new Dialog(peer, from, response);
    dialogs.set(response.toTag, dialog);
    dialog.acknowledge(); // each copy of the 2xx (RFC 3261 §13.2.2.4)
  };
  const cancelling = cancelAfterMs === undefined ? undefined : cancelLater(peer, invite, cancelAfterMs);
  const final = await invite.final;
  const cancelStatus = await cancelling;
  if (dialogs.size === 0)
    return { status: final?.statusCode ?? 0, byeStatus: undefined, cancelStatus, invite };
  await pass(peer, talkMs);
  let byeStatus = 0;
  for (const dialog of dialogs.values()) byeStatus = (await dialog.bye())?.statusCode ?? 0;
  return { status: final?.statusCode ?? 0, byeStatus, cancelStatus, invite };
}

/** RFC 3261 §9.1: only behind a provisional response, and not behind a final one. */
async function cancelLater(peer: SipPeer, invite: PeerRequest, afterMs: number): Promise<number | undefined> {
  await pass(peer, afterMs);
  if (invite.ended || invite.responses.length === 0) return undefined;
  const text = buildCancel(invite.text);
  if (text === undefined) return undefined;
  return (await peer.requestAsIs(text, 'CANCEL', invite.branch).final)?.statusCode ?? 0;
}

function pass(peer: SipPeer, ms: number): Promise<void> {
  return new Promise((resolve) => {
    peer.ports.clock.after(ms, resolve);
  });
}

/** The caller's dialog (RFC 3261 §12.1.2). */
class Dialog {
  readonly #peer: SipPeer;
  readonly #from: string;
  readonly #to: string;
  readonly #callId: string;
  readonly #target: string;
  readonly #routes: readonly string[];
  readonly #ack: string;

  constructor(peer: SipPeer, from: string, response: SipMessage) {
    this.#peer = peer;
    this.#from = from;
    this.#to = response.value(HeaderKind.to) ?? '';
    this.#callId = response.callId;
    this.#target = nameAddrsOf(response, HeaderKind.contact)?.[0]?.uri ?? '';
    const routes = nameAddrsOf(response, HeaderKind.recordRoute) ?? [];
    this.#routes = routes.map(({ uri }) => `<${uri}>`).reverse();
    this.#ack = this.#request('ACK', response.cseq?.number ?? 0);
  }

  acknowledge(): void {
    this.#peer.send(this.#ack);
  }

  bye(): Promise<SipMessage | undefined> {
    return this.#peer.request('BYE', {
      requestUri: this.#target,
      from: this.#from,
      to: this.#to,
      callId: this.#callId,
      routes: this.#routes,
    }).final;
  }

  #request(method: string, cseq: number): string {
    return buildRequest({
      method,
      requestUri: this.#target,
      via: this.#peer.newVia(),
      from: this.#from,
      to: this.#to,
      callId: this.#callId,
      cseq,
      routes: this.#routes,
    });
  }
}

export interface AnswerPolicy {
  /** 180 after this long; none when undefined. */
  readonly ringAfterMs?: number;
  /** The final answer after this long. */
  readonly answerAfterMs: number;
  readonly status: number;
}

/** Makes a peer answer its calls by a rule; the rule may differ from call to call. */
export function answerCalls(peer: SipPeer, policy: (invite: SipMessage) => AnswerPolicy): void {
  peer.handlers.set('INVITE', (incoming: PeerInvitation) => {
    const { ringAfterMs, answerAfterMs, status } = policy(incoming.request);
    const { clock } = peer.ports;
    if (ringAfterMs !== undefined) clock.after(ringAfterMs, () => incoming.respond(180));
    clock.after(answerAfterMs, () => incoming.respond(status));
  });
}
