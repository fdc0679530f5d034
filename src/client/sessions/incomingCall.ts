import type { TimerHandle } from '../../base/ports.ts';
import type { SipMessage } from '../../sip/message.ts';
import type { ServerTransaction } from '../../transaction/serverTransaction.ts';
import { Dialog } from '../dialog.ts';
import type { IncomingRequest } from '../incoming.ts';
import type { Listener, Phone } from '../phone.ts';
import { acceptInvite, answerInCall } from './reinvite.ts';

/** How far a call has come that somebody makes to us. */
export type IncomingState = 'ringing' | 'answered' | 'confirmed' | 'ended' | 'cancelled';

/** A call to us: 180, after a while 200, until BYE of either side. */
export class IncomingCall implements Listener {
  readonly #phone: Phone;
  readonly #invite: IncomingRequest;
  readonly #tag: string;
  readonly #dialog: Dialog;
  readonly #onState: (call: IncomingCall) => void;
  state: IncomingState = 'ringing';
  #ringing: TimerHandle | undefined;
  #stopRepeating: () => void = () => undefined;

  constructor(phone: Phone, invite: IncomingRequest, ringMs: number, onState: (call: IncomingCall) => void) {
    this.#phone = phone;
    this.#invite = invite;
    this.#tag = phone.agent.newTag();
    this.#dialog = Dialog.ofRequest(invite.message, this.#tag);
    this.#onState = onState;
    phone.listen(this);
    const contact = phone.contactOn({ link: invite.link, to: invite.from });
    invite.respond(100);
    invite.respond(180, { toTag: this.#tag, contact });
    this.#ringing = phone.agent.ports.clock.after(ringMs, () => this.#answer());
    onState(this);
  }

  /** Ends the call from our side: 486 while it rings, BYE behind the answer. */
  async hangUp(): Promise<void> {
    if (this.state === 'ringing') {
      this.#end('ended');
      this.#invite.respond(486, { toTag: this.#tag });
    } else if (this.state === 'answered' || this.state === 'confirmed') {
      this.#end('ended');
      await this.#phone.inDialog(this.#dialog, 'BYE');
    }
  }

  take(request: IncomingRequest): boolean {
    if (!this.#dialog.owns(request.message)) return false;
    answerInCall(this.#phone, this.#dialog, request, () => this.#end('ended'));
    return true;
  }

  takeAck(transaction: ServerTransaction, _ack: SipMessage): void {
    if (transaction === this.#invite.transaction && this.state === 'answered') this.#become('confirmed');
  }

  takeCancel(transaction: ServerTransaction): void {
    if (transaction === this.#invite.transaction) this.#end('cancelled');
  }

  #answer(): void {
    const way = { link: this.#invite.link, to: this.#invite.from };
    const body = this.#phone.answerTo(this.#invite.message.body, way) ?? this.#phone.offerOn(way);
    this.#stopRepeating = acceptInvite(this.#phone, this.#invite, body, this.#tag);
    this.#become('answered');
  }

  #end(state: IncomingState): void {
    this.#ringing?.cancel();
    this.#stopRepeating();
    this.#phone.ignore(this);
    this.#become(state);
  }

  #become(state: IncomingState): void {
    this.state = state;
    this.#onState(this);
  }
}
