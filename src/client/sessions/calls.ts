import { splitUri } from '../../sip/uriParts.ts';
import type { Fields, Recipe } from '../compose.ts';
import { ClientFailure } from '../failure.ts';
import type { IncomingRequest } from '../incoming.ts';
import type { Answer } from '../pending.ts';
import type { Listener, Phone } from '../phone.ts';
import { type Stop, waitFor } from '../stop.ts';
import { IncomingCall } from './incomingCall.ts';
import { OutgoingCall } from './outgoingCall.ts';
import type { SessionPlan } from './plan.ts';

/** INVITE, wait, BYE. The answer is that of the INVITE. */
export async function callSomebody(phone: Phone, plan: SessionPlan, stop: Stop): Promise<Answer> {
  const call = new OutgoingCall(phone, stop);
  const answer = await call.place({}, {}, plan.call);
  if (call.isAnswered) await call.holdAndHangUp(plan.durationMs);
  return answer;
}

/** Calls a phone of our own, which rings, answers and sees the end of the call. */
export async function callOurselves(
  caller: Phone,
  called: Phone,
  plan: SessionPlan,
  stop: Stop,
): Promise<Answer> {
  const answering = new AnsweringPhone(called, plan.ringMs);
  const call = new OutgoingCall(caller, stop);
  const answer = await call.place(fieldsToCall(caller, called), bodyOfCall(caller), plan.call);
  if (!call.isAnswered) return answer;
  if (!answering.hasAnswered) {
    await call.bye();
    throw new ClientFailure('session', `the call was answered, but not by ${called.agent.name}`);
  }
  await answering.expect('confirmed', 'our ACK never reached the called side', stop);
  await call.holdAndHangUp(plan.durationMs);
  await answering.expect('ended', 'our BYE never reached the called side', stop);
  return answer;
}

/** Request-URI and To of a call to another phone: its address of record. */
function fieldsToCall(caller: Phone, called: Phone): Fields {
  const { fields } = called.profile.recipe;
  const registrar = splitUri(caller.profile.registrar);
  const host = registrar === undefined ? String(fields.fdomain) : registrar.text.slice(registrar.hostStart);
  return {
    ruri: `${registrar?.scheme ?? 'sip'}:${called.profile.user}@${host}`,
    tuser: fields.fuser,
    tdomain: fields.fdomain,
    tname: fields.fname,
    touri: fields.fromuri,
    expires: '',
  };
}

function bodyOfCall(caller: Phone): Partial<Recipe> {
  return { body: caller.profile.recipe.body };
}

/** Answers the calls that come, and remembers how far they got. */
export class AnsweringPhone implements Listener {
  readonly calls: IncomingCall[] = [];
  readonly #phone: Phone;
  readonly #ringMs: number;
  readonly #waiting = new Set<() => void>();

  constructor(phone: Phone, ringMs: number) {
    this.#phone = phone;
    this.#ringMs = ringMs;
    phone.listen(this);
  }

  take(request: IncomingRequest): boolean {
    if (request.message.method !== 'INVITE' || request.message.toTag !== '') return false;
    const from = request.message.from?.uri ?? '';
    const call = new IncomingCall(this.#phone, request, this.#ringMs, ({ state }) => {
      this.#phone.agent.note(`call from ${from}: ${state}`);
      for (const look of this.#waiting) look();
    });
    this.calls.push(call);
    return true;
  }

  /** One of the calls was taken here, not elsewhere. */
  get hasAnswered(): boolean {
    return this.calls.some(({ state }) => state !== 'ringing' && state !== 'cancelled');
  }

  /** Resolves when a call has come to this state, throws a `session` failure when none does as long as messages are repeated. */
  async expect(state: 'confirmed' | 'ended', otherwise: string, stop: Stop): Promise<void> {
    const arrived = new Promise<'arrived'>((resolve) => {
      const look = (): void => {
        if (this.calls.some((call) => call.state === state || call.state === 'ended')) resolve('arrived');
      };
      this.#waiting.add(look);
      look();
    });
    const { ports, timers } = this.#phone.agent;
    const end = await waitFor(ports.clock, timers.timerBMs, stop, arrived);
    if (end === 'time') throw new ClientFailure('session', otherwise);
  }

  /** Ends all calls that are still there. */
  async hangUp(): Promise<void> {
    for (const call of this.calls) await call.hangUp();
  }
}
