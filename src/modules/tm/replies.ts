import { stableHash } from '../../base/stableHash.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { Host } from '../../module/host.ts';
import { type ReplyExtras, withExtras } from '../../module/replyExtras.ts';
import type { ClientBranch } from '../../proxy/clientBranch.ts';
import { redirectContact } from '../../proxy/redirect.ts';
import type { Target } from '../../proxy/target.ts';
import { HeaderKind } from '../../sip/headerKind.ts';
import { reasonPhraseOf } from '../../sip/reasonPhrases.ts';
import { buildResponse } from '../../sip/response.ts';
import type { ReplyOptions } from './api.ts';
import { unsent } from './failureReason.ts';
import type { Transaction } from './transaction.ts';

/** Builds the responses that tm makes itself. */
export class Replies {
  readonly #host: Host;
  readonly #tagBase: string;

  constructor(host: Host) {
    this.#host = host;
    const random = (): string => host.entropy.uint32().toString(16).padStart(8, '0');
    this.#tagBase = random() + random();
  }

  /**
   * The To tag of all responses made here for one transaction, and for the CANCEL of it (RFC 3261 §8.2.6.2,
   * §9.2): not to be guessed by others, the same for each repetition.
   */
  tagOf(transaction: Transaction): string {
    if (transaction.toTag === '') {
      const { topmostVia, callId, cseq } = transaction.request;
      transaction.toTag = `${this.#tagBase}-${stableHash(`${topmostVia?.branch}|${callId}|${cseq?.number}`)}`;
    }
    return transaction.toTag;
  }

  /** A response of the script: with what it has appended, and for a 3xx where to go instead. */
  ofScript(
    transaction: Transaction,
    context: ScriptContext,
    status: number,
    reason: string,
    options: ReplyOptions = {},
  ): string {
    let headers = options.headers ?? '';
    if (status >= 300 && status < 400)
      headers += redirectContact(redirectTargets(context), richRedirect(transaction));
    return this.build(transaction, status, reason, { ...options, headers }, context);
  }

  /** With what the script had prepared before it sent the request on, or what it has now (`extras`). */
  build(
    transaction: Transaction,
    status: number,
    reason: string,
    options: ReplyOptions = {},
    extras: ReplyExtras | undefined = transaction.replyExtras,
  ): string {
    const { serverHeader } = this.#host.settings;
    const headers = (options.headers ?? '') + (serverHeader === '' ? '' : `${serverHeader}\r\n`);
    return buildResponse(transaction.request, status, reason, {
      toTag: options.toTag || this.tagOf(transaction),
      ...withExtras(extras, { headers, body: options.body, contentType: options.contentType }),
      source: transaction.flow,
      forceRport: transaction.forwarding.forceRport,
    });
  }

  /** What goes upstream instead of the chosen response itself; undefined when that will do. */
  composeFinal(
    transaction: Transaction,
    best: ClientBranch,
  ): { readonly status: number; readonly text: string } | undefined {
    const { config } = transaction.keeper;
    const { response } = best;
    if (transaction.isLocal || endsInSilence(transaction, best)) return { status: best.status, text: '' };
    if (best.isLocal || response === undefined) {
      const status = best.status;
      return { status, text: this.build(transaction, status, localReason(status)) };
    }
    if (best.status === 503 && config.remap_503_500 !== 0)
      return { status: 500, text: this.build(transaction, 500, reasonPhraseOf(503)) };
    if ((best.status === 401 || best.status === 407) && config.aggregate_challenges !== 0) {
      const challengers = transaction.branches.filter(
        ({ status, isDiscarded }) => !isDiscarded && (status === 401 || status === 407),
      );
      if (challengers.length > 1)
        return {
          status: best.status,
          text: this.build(transaction, best.status, response.reasonPhrase, {
            headers: challengers.map(challengesOf).join(''),
          }),
        };
    }
    return undefined;
  }
}

/** noisy_ctimer 0: nobody ever answered the only copy of an INVITE, and no script wants to know. */
function endsInSilence(transaction: Transaction, best: ClientBranch): boolean {
  const { keeper, branches, isInvite, hasRunFailureRoute } = transaction;
  if (keeper.config.noisy_ctimer !== 0 || !isInvite || hasRunFailureRoute) return false;
  return branches.length === 1 && best.hasTimedOut && best.responseCount === 0 && !transaction.isCancelled;
}

/** Statuses that are made here. */
export function localReason(status: number): string {
  return status === unsent.status ? unsent.reason : reasonPhraseOf(status);
}

/** The target set as a redirect offers it: the Request-URI when it was changed, then the branches. */
export function redirectTargets(context: ScriptContext): Target[] {
  const { target, message } = context;
  return target.requestUri === message.requestUri ? [...context.branches] : [target, ...context.branches];
}

function richRedirect(transaction: Transaction): { branchFlags: boolean; path: boolean } {
  const bits = transaction.keeper.config.rich_redirect;
  return { branchFlags: (bits & 1) !== 0, path: (bits & 2) !== 0 };
}

/** RFC 3261 §16.7 step 7: the challenges of one branch. */
function challengesOf(branch: ClientBranch): string {
  const { response } = branch;
  if (response === undefined) return '';
  let out = '';
  for (let i = 0; i < response.headerCount; i++) {
    const kind = response.headerKind(i);
    if (kind === HeaderKind.wwwAuthenticate || kind === HeaderKind.proxyAuthenticate)
      out += response.text.slice(response.headerStart(i), response.headerEnd(i));
  }
  return out;
}
