import type { Answer } from '../pending.ts';
import type { Phone } from '../phone.ts';
import { type Stop, waitFor } from '../stop.ts';
import { AnsweringPhone } from './calls.ts';
import type { SessionPlan } from './plan.ts';
import { Registration } from './registration.ts';

/** Registers and answers what comes, until the time is over or the user stops it. */
export async function listenForCalls(phone: Phone, plan: SessionPlan, stop: Stop): Promise<Answer> {
  const registration = new Registration(phone);
  const answering = new AnsweringPhone(phone, plan.ringMs);
  const answer = await registration.register();
  phone.agent.note(
    `registered for ${registration.expiresSec} s, waiting${plan.waitMs === undefined ? '; Ctrl-C ends' : ''}`,
  );
  await stayRegistered(phone, registration, plan.waitMs, stop);
  await answering.hangUp();
  await registration.unregister();
  return answer;
}

/** §10.2.4: registers again when half of the time is over. */
async function stayRegistered(
  phone: Phone,
  registration: Registration,
  waitMs: number | undefined,
  stop: Stop,
): Promise<void> {
  const { clock } = phone.agent.ports;
  const endMs = clock.nowMs() + (waitMs ?? Number.POSITIVE_INFINITY);
  for (;;) {
    const leftMs = endMs - clock.nowMs();
    const refreshMs = Math.max(1000, registration.expiresSec * 500);
    const end = await waitFor(clock, Math.max(0, Math.min(leftMs, refreshMs)), stop);
    if (end === 'stop' || leftMs <= refreshMs) return;
    await registration.register();
  }
}
