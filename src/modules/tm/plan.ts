/**
 * What a script has arranged for a transaction, before or after it exists: routes to run and settings that
 * replace module parameters. 0, '' and undefined leave the parameter in force.
 */
export class TransactionPlan {
  failureRoute = '';
  branchRoute = '';
  replyRoute = '';
  branchFailureRoute = '';
  frMs = 0;
  frInvMs = 0;
  inviteLifetimeMs = 0;
  otherLifetimeMs = 0;
  t1Ms = 0;
  t2Ms = 0;
  auto100: boolean | undefined = undefined;
  disable6xx: boolean | undefined = undefined;
  disableFailover = false;
  disableInternalReply = false;
  noCancelReason: boolean | undefined = undefined;
  /** `a`, `l` or `n` of t_drop_replies; '' when it was not called. */
  dropReplies: '' | 'a' | 'l' | 'n' = '';
}
