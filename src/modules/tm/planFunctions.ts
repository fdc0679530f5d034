import type { ScriptContext } from '../../module/context.ts';
import { arg, type FunctionDeclaration, type SignatureMaker } from '../../module/define.ts';
import type { TransactionPlan } from './plan.ts';
import type { Tm } from './tm.ts';

type Functions = Readonly<Record<string, FunctionDeclaration<Tm>>>;

/** Changes the plan, and what is already running by it. */
function adjust(tm: Tm, context: ScriptContext, change: (plan: TransactionPlan) => void): number {
  change(tm.transactions.planOf(context));
  const transaction = tm.transactions.transactionOf(context);
  if (transaction === undefined) return 1;
  transaction.proxy.timers = tm.transactions.timersFor(transaction.plan);
  transaction.proxy.restartTimers();
  return 1;
}

function adjustLifetime(tm: Tm, context: ScriptContext, inviteMs: number, otherMs: number): number {
  const plan = tm.transactions.planOf(context);
  if (inviteMs >= 0) plan.inviteLifetimeMs = inviteMs;
  if (otherMs >= 0) plan.otherLifetimeMs = otherMs;
  const transaction = tm.transactions.transactionOf(context);
  if (transaction?.proxy.isOpen === true)
    transaction.proxy.limitLifetime(tm.transactions.lifetimeOf(transaction));
  return 1;
}

/** Routes and settings that a script arranges for the transaction of its message, made or yet to be made. */
export function planFunctions({ signature }: { readonly signature: SignatureMaker<Tm> }): Functions {
  const flag = arg.int('on', '0 or 1');
  const setter = (doc: string, kemi: string, set: (plan: TransactionPlan, on: boolean) => void) => ({
    doc,
    returns: { 1: 'always' },
    signatures: [
      signature({
        kemi,
        args: [flag],
        run: (tm, context, on) => {
          set(tm.transactions.planOf(context), on !== 0);
          return 1;
        },
      }),
    ],
  });
  const route = (
    doc: string,
    kemi: string,
    kind: 'failure' | 'branch' | 'onreply',
    set: (plan: TransactionPlan, name: string) => void,
  ) => ({
    doc,
    returns: { 1: 'always' },
    signatures: [
      signature({
        kemi,
        args: [arg.route('route', 'name of the block; "0" for none', kind)],
        run: (tm, context, name) => {
          set(tm.transactions.planOf(context), name === '0' ? '' : name);
          return 1;
        },
      }),
    ],
  });
  return {
    t_on_failure: route(
      'Sets the failure_route that runs when all branches have failed.',
      't_on_failure',
      'failure',
      (plan, name) => {
        plan.failureRoute = name;
      },
    ),
    t_on_branch: route(
      'Sets the branch_route that runs for each copy before it is sent.',
      't_on_branch',
      'branch',
      (plan, name) => {
        plan.branchRoute = name;
      },
    ),
    t_on_reply: route(
      'Sets the onreply_route that runs for each response.',
      't_on_reply',
      'onreply',
      (plan, name) => {
        plan.replyRoute = name;
      },
    ),
    t_on_branch_failure: {
      doc: 'Sets the event_route[tm:branch-failure:...] that runs when one branch fails.',
      returns: { 1: 'always' },
      signatures: [
        signature({
          kemi: 't_on_branch_failure',
          args: [arg.string('name', 'the part behind tm:branch-failure:; "0" for none')],
          run: (tm, context, name) => {
            tm.transactions.planOf(context).branchFailureRoute = name === '0' ? '' : name;
            return 1;
          },
        }),
      ],
    },
    t_set_fr: {
      doc: 'Sets fr_inv_timer and fr_timer (ms; 0 leaves one as it is) for this transaction.',
      returns: { 1: 'always' },
      signatures: [
        signature({
          kemi: 't_set_fr_inv',
          args: [arg.int('fr_inv_timeout', 'ms')],
          run: (tm, context, invite) =>
            adjust(tm, context, (plan) => {
              plan.frInvMs = invite || plan.frInvMs;
            }),
        }),
        signature({
          kemi: 't_set_fr',
          args: [arg.int('fr_inv_timeout', 'ms'), arg.int('fr_timeout', 'ms')],
          run: (tm, context, invite, other) =>
            adjust(tm, context, (plan) => {
              plan.frInvMs = invite || plan.frInvMs;
              plan.frMs = other || plan.frMs;
            }),
        }),
      ],
    },
    t_reset_fr: {
      doc: 'Back to the parameters fr_inv_timer and fr_timer.',
      returns: { 1: 'always' },
      signatures: [
        signature({
          kemi: 't_reset_fr',
          run: (tm, context) =>
            adjust(tm, context, (plan) => {
              plan.frInvMs = 0;
              plan.frMs = 0;
            }),
        }),
      ],
    },
    t_set_max_lifetime: {
      doc: 'Sets the longest life (ms; 0 leaves one as it is) of this transaction, for INVITE and others.',
      returns: { 1: 'always' },
      signatures: [
        signature({
          kemi: 't_set_max_lifetime',
          args: [arg.int('inv_lifetime', 'ms'), arg.int('noninv_lifetime', 'ms')],
          run: (tm, context, invite, other) => adjustLifetime(tm, context, invite || -1, other || -1),
        }),
      ],
    },
    t_reset_max_lifetime: {
      doc: 'Back to the parameters max_inv_lifetime and max_noninv_lifetime.',
      returns: { 1: 'always' },
      signatures: [
        signature({ kemi: 't_reset_max_lifetime', run: (tm, context) => adjustLifetime(tm, context, 0, 0) }),
      ],
    },
    t_set_retr: {
      doc: 'Sets the first and the highest retransmission interval (ms; 0 leaves one as it is).',
      returns: { 1: 'always' },
      signatures: [
        signature({
          kemi: 't_set_retr',
          args: [arg.int('retr_t1_interval', 'ms'), arg.int('retr_t2_interval', 'ms')],
          run: (tm, context, t1, t2) =>
            adjust(tm, context, (plan) => {
              plan.t1Ms = t1 || plan.t1Ms;
              plan.t2Ms = t2 || plan.t2Ms;
            }),
        }),
      ],
    },
    t_reset_retr: {
      doc: 'Back to the parameters retr_timer1 and retr_timer2.',
      returns: { 1: 'always' },
      signatures: [
        signature({
          kemi: 't_reset_retr',
          run: (tm, context) =>
            adjust(tm, context, (plan) => {
              plan.t1Ms = 0;
              plan.t2Ms = 0;
            }),
        }),
      ],
    },
    t_set_auto_inv_100: setter(
      'Answer this INVITE with 100 when it is relayed, or not.',
      't_set_auto_inv_100',
      (plan, on) => {
        plan.auto100 = on;
      },
    ),
    t_set_disable_6xx: setter(
      'A 6xx does not end the other branches of this transaction.',
      't_set_disable_6xx',
      (plan, on) => {
        plan.disable6xx = on;
      },
    ),
    t_set_disable_failover: setter(
      'No failover to further addresses for this transaction.',
      't_set_disable_failover',
      (plan, on) => {
        plan.disableFailover = on;
      },
    ),
    t_set_disable_internal_reply: setter(
      'No own answer when relaying fails.',
      't_set_disable_internal_reply',
      (plan, on) => {
        plan.disableInternalReply = on;
      },
    ),
    t_set_no_e2e_cancel_reason: setter(
      'Reason headers of a received CANCEL are not copied for this transaction.',
      't_set_no_e2e_cancel_reason',
      (plan, on) => {
        plan.noCancelReason = on;
      },
    ),
    t_drop_replies: {
      doc: "Forgets earlier responses when a branch is added: 'a' all, 'l' those of the last step, 'n' none.",
      routes: ['failure'],
      returns: { 1: 'always' },
      signatures: [
        signature({
          kemi: 't_drop_replies_all',
          run: (tm, context) => {
            tm.transactions.planOf(context).dropReplies = 'a';
            return 1;
          },
        }),
        signature({
          kemi: 't_drop_replies',
          args: [
            arg.string('mode', "'a', 'l' or 'n'", {
              check: (value) => (/^[anl]?$/.test(String(value ?? '')) ? undefined : "one of 'a', 'l', 'n'"),
            }),
          ],
          run: (tm, context, mode) => {
            tm.transactions.planOf(context).dropReplies = mode === 'n' || mode === 'l' ? mode : 'a';
            return 1;
          },
        }),
      ],
    },
    t_use_uac_headers: {
      doc: 'Own ACK and CANCEL take From and To of the sent INVITE; they always do here.',
      returns: { 1: 'always' },
      signatures: [signature({ kemi: 't_use_uac_headers', run: () => 1 })],
    },
    t_is_set: {
      doc: 'Is a branch_route, failure_route or onreply_route set?',
      returns: { 1: 'set', [-1]: 'not set' },
      signatures: [
        signature({
          kemi: 't_is_set',
          args: [
            arg.string('target', 'branch_route, failure_route or onreply_route', {
              check: (value) => (Object.hasOwn(planned, String(value)) ? undefined : 'no such target'),
            }),
          ],
          run: (tm, context, target) => {
            const key = planned[target as keyof typeof planned];
            return key !== undefined && tm.transactions.planOf(context)[key] !== '' ? 1 : -1;
          },
        }),
      ],
    },
  };
}

const planned = {
  branch_route: 'branchRoute',
  failure_route: 'failureRoute',
  onreply_route: 'replyRoute',
} as const;
