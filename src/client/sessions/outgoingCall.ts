import { errorText } from '../../base/errors.ts';
import { isWireError, parseMessage, type SipMessage } from '../../sip/message.ts';
import { buildCancel } from '../../sip/request.ts';
import type { Fields, Recipe } from '../compose.ts';
import { Dialog } from '../dialog.ts';
import { ClientFailure } from '../failure.ts';
import type { IncomingRequest } from '../incoming.ts';
import { messageLimits } from '../limits.ts';
import type { Way } from '../link.ts';
import type { Answer, PendingRequest } from '../pending.ts';
import type { Listener, Phone } from '../phone.ts';
import { type Stop, waitFor } from '../stop.ts';
import { answerInCall } from './reinvite.ts';

export interface CallSettings {
  /** How long it may ring before we give up. */
  readonly ringTimeoutMs: number;
  /** Cancel after this time, as wished; undefined never. */
  readonly cancelAfterMs: number | undefined;
}

/** A call that we make: INVITE, ACK, and BYE of either side. */
export class OutgoingCall implements Listener {
  readonly #phone: Phone;
  readonly #stop: Stop;
  #pending: PendingRequest | undefined;
  #dialog: Dialog | undefined;
  #ack: Acknowledgement | undefined;
  readonly #refused = new Set<string>();
  #cancelled = false;
  #hangUp: (value: 'bye') => void = () => undefined;
  /** The other side has hung up. */
  readonly hungUp: Promise<'bye'>;

  constructor(phone: Phone, stop: Stop) {
    this.#phone = phone;
    this.#stop = stop;
    this.hungUp = new Promise((resolve) => {
      this.#hangUp = resolve;
    });
  }

  get isAnswered(): boolean {
    return this.#dialog !== undefined;
  }

  /** INVITE until its final response, which is acknowledged. 487 after a CANCEL is an answer like others. */
  async place(fields: Fields, change: Partial<Recipe>, settings: CallSettings): Promise<Answer> {
    const way = await this.#phone.outbound.way();
    const contact = this.#phone.contactOn(way);
    const { recipe } = this.#phone.profile;
    const withContact = { ...fields, method: 'INVITE', contacturi: recipe.fields.contacturi ?? contact };
    this.#phone.listen(this);
    const request = this.#phone.compose(withContact, change, way);
    const limits = this.#limits(settings);
    try {
      const answer = await this.#phone.exchange(request, way, (pending) => this.#follow(pending));
      if (answer.response.statusCode < 300) await this.#accept(answer);
      else this.#phone.ignore(this);
      return answer;
    } finally {
      limits.cancel();
    }
  }

  /** Waits for `ms`, the other side's BYE, or a wish to stop; then hangs up unless the other side did. */
  async holdAndHangUp(ms: number): Promise<void> {
    const end = await waitFor(this.#phone.agent.ports.clock, ms, this.#stop, this.hungUp);
    if (end !== 'bye') await this.bye();
    this.#phone.ignore(this);
  }

  async bye(): Promise<void> {
    const dialog = this.#dialog;
    if (dialog === undefined) return;
    const { response } = await this.#phone.inDialog(dialog, 'BYE');
    // 481: both hung up at the same time
    if (response.statusCode >= 300 && response.statusCode !== 481) {
      const text = `BYE was answered ${response.statusCode} ${response.reasonPhrase}`;
      throw new ClientFailure('session', text);
    }
  }

  /** CANCEL (§9.1); false when there is nothing to cancel (any more). */
  cancel(): boolean {
    const pending = this.#pending;
    if (this.#cancelled || pending === undefined || pending.isSettled) return false;
    this.#cancelled = true;
    if (pending.lastProvisional > 0) this.#sendCancel(pending);
    return true;
  }

  // ---- what comes in

  take(request: IncomingRequest): boolean {
    if (this.#dialog?.owns(request.message) !== true) return false;
    answerInCall(this.#phone, this.#dialog, request, () => {
      this.#phone.agent.note('the other side has hung up');
      this.#hangUp('bye');
    });
    return true;
  }

  // ---- inside

  #limits({ ringTimeoutMs, cancelAfterMs }: CallSettings): { cancel(): void } {
    const { clock } = this.#phone.agent.ports;
    const timers = [
      clock.after(ringTimeoutMs, () => this.#cancelBecause(`nobody answers within ${ringTimeoutMs} ms`)),
    ];
    if (cancelAfterMs !== undefined) {
      timers.push(clock.after(cancelAfterMs, () => this.#cancelBecause('cancelling, as wished')));
    }
    let over = false;
    void this.#stop.promise.then(() => {
      if (!over) this.#cancelBecause('stopping');
    });
    return {
      cancel: () => {
        over = true;
        for (const timer of timers) timer.cancel();
      },
    };
  }

  #cancelBecause(why: string): void {
    if (this.cancel()) this.#phone.agent.note(why);
  }

  #follow(pending: PendingRequest): void {
    this.#pending = pending;
    pending.onProvisional = () => {
      // §9.1: not before a provisional response has come
      if (this.#cancelled) this.#sendCancel(pending);
    };
    pending.onFurtherSuccess = (response) => this.#onFurtherSuccess(pending.request, response);
  }

  #sendCancel(pending: PendingRequest): void {
    pending.onProvisional = undefined;
    const text = buildCancel(pending.request);
    const cancel = text === undefined ? undefined : parseMessage(text, messageLimits);
    if (cancel !== undefined && !isWireError(cancel)) this.#phone.agent.request(cancel, pending.way);
  }

  async #accept(answer: Answer): Promise<void> {
    this.#dialog = Dialog.ofAnswer(answer.request, answer.response);
    this.#ack = await this.#acknowledge(this.#dialog, answer.request, answer.response);
  }

  async #acknowledge(dialog: Dialog, request: SipMessage, response: SipMessage): Promise<Acknowledgement> {
    const way = await this.#phone.outbound.wayTo(dialog.nextHop);
    // the offer came in the 2xx: the answer goes into the ACK (§13.2.2.4)
    const lateAnswer = request.body === '' ? this.#phone.answerTo(response.body, way) : undefined;
    const message = dialog.request('ACK', way.link, this.#phone.agent.ports.entropy, {
      cseq: request.cseq?.number,
      headers: `User-Agent: ${this.#phone.profile.userAgent}\r\n`,
      body: lateAnswer,
      contentType: 'application/sdp',
    });
    this.#phone.agent.send(message.text, way, message);
    return { message, way };
  }

  /** Each repeated 2xx gets the ACK again; a 2xx of another fork gets one of its own, and BYE. */
  #onFurtherSuccess(request: SipMessage, response: SipMessage): void {
    if (this.#dialog?.remoteTag !== response.toTag) {
      void this.#refuseFork(request, response).catch((error: unknown) =>
        this.#phone.agent.note(`a second answer could not be refused: ${errorText(error)}`, 'warning'),
      );
    } else if (this.#ack !== undefined) {
      const { message, way } = this.#ack;
      this.#phone.agent.send(message.text, way, message, true);
    }
  }

  async #refuseFork(request: SipMessage, response: SipMessage): Promise<void> {
    if (this.#refused.has(response.toTag)) return;
    this.#refused.add(response.toTag);
    this.#phone.agent.note('somebody else has answered too: hanging up there');
    const dialog = Dialog.ofAnswer(request, response);
    await this.#acknowledge(dialog, request, response);
    await this.#phone.inDialog(dialog, 'BYE');
  }
}

interface Acknowledgement {
  readonly message: SipMessage;
  readonly way: Way;
}
