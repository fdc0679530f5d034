import { HeaderKind } from '../../sip/headerKind.ts';
import { numberOf } from '../../sip/headerValues.ts';
import type { SipMessage } from '../../sip/message.ts';
import type { HeaderField } from '../compose.ts';
import { Dialog } from '../dialog.ts';
import { ClientFailure } from '../failure.ts';
import type { IncomingRequest } from '../incoming.ts';
import type { Answer } from '../pending.ts';
import type { Listener, Phone } from '../phone.ts';
import { refusal } from '../refusal.ts';
import { type Stop, waitFor } from '../stop.ts';
import { expiresOf } from './registration.ts';

const defaultExpiresSec = 300;
const defaultEvent = 'presence';

/** How long the last NOTIFY may take behind unsubscribing, ms. */
const patienceMs = 2000;

/** SUBSCRIBE and the NOTIFYs that it brings (RFC 6665). */
export class Subscription implements Listener {
  readonly #phone: Phone;
  readonly #event: string;
  #callId = '';
  #dialog: Dialog | undefined;
  #notifies = 0;
  #onTerminated: (value: 'terminated') => void = () => undefined;
  readonly #terminated: Promise<'terminated'>;

  constructor(phone: Phone) {
    this.#phone = phone;
    this.#event = eventOf(phone);
    this.#terminated = new Promise((resolve) => {
      this.#onTerminated = resolve;
    });
  }

  /** Subscribes for `waitMs`, or until the notifier or the user ends it; then unsubscribes. */
  async run(waitMs: number, stop: Stop): Promise<Answer> {
    this.#phone.listen(this);
    const answer = await this.#subscribe();
    if (answer.response.statusCode >= 300) return answer;
    this.#dialog = Dialog.ofAnswer(answer.request, answer.response);
    const end = await this.#stay(waitMs, grantedSec(answer), stop);
    if (end !== 'terminated') await this.#unsubscribe(stop);
    this.#phone.ignore(this);
    if (this.#notifies === 0)
      throw new ClientFailure('session', 'the subscription was accepted, but no NOTIFY came');
    return answer;
  }

  take(request: IncomingRequest): boolean {
    const { message } = request;
    if (message.method !== 'NOTIFY' || message.callId !== this.#callId) return false;
    request.respond(200);
    this.#notifies++;
    const state = message.value(HeaderKind.subscriptionState) ?? '';
    this.#phone.agent.note(notifyText(message, this.#notifies, state));
    if (/^\s*terminated/i.test(state)) this.#onTerminated('terminated');
    return true;
  }

  async #subscribe(): Promise<Answer> {
    const way = await this.#phone.outbound.way();
    const { recipe } = this.#phone.profile;
    const fields = {
      method: 'SUBSCRIBE',
      expires: String(expiresOf(this.#phone) ?? defaultExpiresSec),
      contacturi: recipe.fields.contacturi ?? this.#phone.contactOn(way),
      event: headerOf(recipe.headers, 'Event') === undefined ? this.#event : '',
    };
    const request = this.#phone.compose(fields, {}, way);
    this.#callId = request.callId;
    return this.#phone.exchange(request, way);
  }

  /** Refreshes when half of the granted time is over. */
  async #stay(waitMs: number, grantedSec: number, stop: Stop): Promise<'time' | 'stop' | 'terminated'> {
    const { clock } = this.#phone.agent.ports;
    const endMs = clock.nowMs() + waitMs;
    for (;;) {
      const leftMs = endMs - clock.nowMs();
      const refreshMs = Math.max(1000, grantedSec * 500);
      const end = await waitFor(clock, Math.max(0, Math.min(leftMs, refreshMs)), stop, this.#terminated);
      if (end !== 'time' || leftMs <= refreshMs) return end;
      await this.#again(expiresOf(this.#phone) ?? defaultExpiresSec);
    }
  }

  async #unsubscribe(stop: Stop): Promise<void> {
    await this.#again(0);
    if (!stop.isRequested) {
      await waitFor(this.#phone.agent.ports.clock, patienceMs, stop, this.#terminated);
    }
  }

  async #again(expiresSec: number): Promise<void> {
    const dialog = this.#dialog as Dialog;
    const way = await this.#phone.outbound.wayTo(dialog.nextHop);
    const { recipe } = this.#phone.profile;
    const event = headerOf(recipe.headers, 'Event') ?? this.#event;
    const headers = `Event: ${event}\r\nExpires: ${expiresSec}\r\n`;
    const answer = await this.#phone.inDialog(dialog, 'SUBSCRIBE', {
      headers,
      contact: this.#phone.contactOn(way),
    });
    // 481: it is gone already
    if (answer.response.statusCode >= 300 && answer.response.statusCode !== 481)
      throw refusal(`SUBSCRIBE (expires ${expiresSec})`, answer);
  }
}

function eventOf(phone: Phone): string {
  const { event } = phone.profile.recipe.fields;
  return event === undefined || event === '' ? defaultEvent : String(event);
}

function headerOf(headers: readonly HeaderField[], name: string): string | undefined {
  return headers.find((header) => header.name.toLowerCase() === name.toLowerCase())?.value;
}

function grantedSec({ request, response }: Answer): number {
  return numberOf(response, HeaderKind.expires) ?? numberOf(request, HeaderKind.expires) ?? defaultExpiresSec;
}

function notifyText(message: SipMessage, number: number, state: string): string {
  const type = message.value(HeaderKind.contentType);
  const title = `NOTIFY ${number}: ${state === '' ? 'no state' : state}${type === undefined ? '' : `, ${type}`}`;
  return message.body === '' ? title : `${title}\n${message.body.trimEnd()}`;
}
