import type { SessionKind, SessionPlan } from '../../client/sessions/plan.ts';
import type { SeriesPlan } from '../../client/sessions/series.ts';
import type { UserSettings } from '../../client/user.ts';
import { UsageError } from '../options.ts';
import { expectation } from './expect.ts';
import type { Given } from './recipe.ts';
import { secondUser } from './settings.ts';

/** What the session options ask for. */
export function sessionPlan(given: Given, user: UserSettings): SessionPlan {
  const kind = kindOf(given, String(user.profile.recipe.fields.method));
  const waitMs = given.number('sessionwait');
  return {
    kind,
    registerFirst: given.flag('register-first'),
    waitMs,
    ringMs: given.number('ring-time') ?? 0,
    durationMs: given.number('call-duration') ?? waitMs ?? 0,
    call: {
      ringTimeoutMs: given.number('ring-timeout') ?? 180_000,
      cancelAfterMs: given.number('cancel-after'),
    },
    user,
    second: kind === 'callUser' ? secondUser(given, user) : undefined,
  };
}

const exclusive = ['call-self', 'call-user', 'subscribe-session', 'listen'] as const;

function kindOf(given: Given, method: string): SessionKind {
  const asked = exclusive.filter((name) => given.flag(name));
  if (asked.length > 1) throw new UsageError(`only one of ${asked.map((name) => `--${name}`).join(', ')}`);
  switch (asked[0]) {
    case 'call-self':
      return 'callSelf';
    case 'call-user':
      return 'callUser';
    case 'subscribe-session':
      return 'subscribe';
    case 'listen':
      return 'listen';
    default:
      if (method === 'INVITE') return 'call';
      return method === 'REGISTER' && given.has('sessionwait') ? 'register' : 'single';
  }
}

/** What `--count`, `--rate` and `--until` ask for; undefined for a single run. */
export function seriesPlan(given: Given, user: UserSettings): SeriesPlan | undefined {
  const count = given.number('count', 1);
  const rate = given.number('rate', 0.001, 100_000);
  const untilSec = given.number('until', 0.001);
  if (count === undefined && rate === undefined && untilSec === undefined) return undefined;
  if (count === undefined && untilSec === undefined)
    throw new UsageError('--rate wants --count or --until beside it');
  if (sessionPlan(given, user).kind !== 'single') {
    throw new UsageError('--count, --rate and --until are for single requests, not for sessions');
  }
  return {
    user,
    count,
    rate,
    forMs: untilSec === undefined ? undefined : untilSec * 1000,
    expects: expectation(given.text('expect')),
  };
}
