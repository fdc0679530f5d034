import { buildCancel } from '../sip/request.ts';
import { NonInviteClientTransaction } from '../transaction/clientTransaction.ts';
import type { TimerTable } from '../transaction/timers.ts';
import { CancelUser, type ClientBranch } from './clientBranch.ts';

/** Sends the CANCEL of an INVITE branch, once (RFC 3261 §9.1). `headers` are full lines for it. */
export function sendCancel(
  branch: ClientBranch,
  headers: string,
  extraPrefix: string,
  timers: TimerTable,
): void {
  branch.cancelHeaders = undefined;
  const invite = branch.client;
  if (branch.isCancelled || invite === undefined) return;
  branch.isCancelled = true;
  const request = buildCancel(invite.request, headers + extraHeaders(invite.request, extraPrefix));
  if (request === undefined) return;
  invite.cancel = new NonInviteClientTransaction(new CancelUser(branch), branch.context.core.timers, {
    reliable: invite.reliable,
    timers,
    branch: invite.branch,
    request,
    isBounded: false,
  });
  invite.cancel.start();
}

/** Header lines of a request as sent whose names begin with `prefix`, letter case aside. */
export function extraHeaders(request: string, prefix: string): string {
  if (prefix === '') return '';
  const lower = prefix.toLowerCase();
  const end = request.indexOf('\r\n\r\n');
  const lines = request.slice(0, end).split('\r\n').slice(1);
  let out = '';
  let taking = false;
  for (const line of lines) {
    taking = line.startsWith(' ') || line.startsWith('\t') ? taking : line.toLowerCase().startsWith(lower);
    if (taking) out += `${line}\r\n`;
  }
  return out;
}
