import { ClientFailure } from '../failure.ts';
import type { Answer } from '../pending.ts';
import type { Phone } from '../phone.ts';
import { waitFor } from '../stop.ts';
import { startPhone, stopPhone } from '../user.ts';
import { callOurselves, callSomebody } from './calls.ts';
import { listenForCalls } from './listening.ts';
import type { SessionContext, SessionPlan } from './plan.ts';
import { Registration } from './registration.ts';
import { single } from './single.ts';
import { Subscription } from './subscription.ts';

/** How long a subscription lasts when nobody says, ms. */
const subscriptionMs = 10_000;

/** Runs a session to its end. The answer is that of its main request; what stands in the way is thrown as a `ClientFailure`. */
export async function runSession(plan: SessionPlan, context: SessionContext): Promise<Answer> {
  const phone = startPhone(plan.user, context);
  const second = plan.second === undefined ? undefined : startPhone(plan.second, context);
  try {
    return await act(plan, context, phone, second);
  } finally {
    stopPhone(phone);
    if (second !== undefined) stopPhone(second);
  }
}

async function act(
  plan: SessionPlan,
  context: SessionContext,
  phone: Phone,
  second: Phone | undefined,
): Promise<Answer> {
  const { stop } = context;
  switch (plan.kind) {
    case 'single':
      return plan.registerFirst
        ? registered([phone], () => singleUnlessStopped(phone, context))
        : singleUnlessStopped(phone, context);
    case 'register':
      return stayRegistered(phone, plan, context);
    case 'call':
      return plan.registerFirst
        ? registered([phone], () => callSomebody(phone, plan, stop))
        : callSomebody(phone, plan, stop);
    case 'callSelf':
      return registered([phone], () => callOurselves(phone, phone, plan, stop));
    case 'callUser': {
      const called = second ?? phone;
      return registered([phone, called], () => callOurselves(phone, called, plan, stop));
    }
    case 'subscribe': {
      const run = (): Promise<Answer> => new Subscription(phone).run(plan.waitMs ?? subscriptionMs, stop);
      return plan.registerFirst ? registered([phone], run) : run();
    }
    case 'listen':
      return listenForCalls(phone, plan, stop);
  }
}

/** Nothing has to be put in order behind a single request: a wish to stop ends it at once. */
async function singleUnlessStopped(phone: Phone, { ports, stop }: SessionContext): Promise<Answer> {
  const answer = await waitFor(ports.clock, undefined, stop, single(phone));
  if (answer === 'stop' || answer === 'time') throw new ClientFailure('interrupted', 'interrupted');
  return answer;
}

/** REGISTER, wait, unregister. */
async function stayRegistered(
  phone: Phone,
  plan: SessionPlan,
  { ports, stop }: SessionContext,
): Promise<Answer> {
  const registration = new Registration(phone);
  const answer = await registration.register();
  await waitFor(ports.clock, plan.waitMs ?? 0, stop);
  await registration.unregister();
  return answer;
}

/** Does something while phones are registered; they are unregistered also when it fails. */
async function registered<T>(phones: readonly Phone[], work: () => Promise<T>): Promise<T> {
  const registrations = phones.map((phone) => new Registration(phone));
  try {
    for (const registration of registrations) await registration.register();
    return await work();
  } finally {
    for (const registration of registrations) await registration.unregister().catch(() => undefined);
  }
}
