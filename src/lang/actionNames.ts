import type { RouteKind } from './catalogue.ts';

/** What one step of a script is called in traces: Kamailio's name and number of it. */
export interface Action {
  readonly name: string;
  readonly number: number;
}

/** Statements of the language. */
export const statementActions = {
  if: { name: 'if', number: 16 },
  while: { name: 'while', number: 23 },
  switch: { name: 'case', number: 22 },
  assign: { name: 'assign', number: 63 },
  route: { name: 'route', number: 5 },
  // leaving a loop, a switch or a route is one kind of action
  exit: { name: 'exit', number: 2 },
  break: { name: 'exit', number: 2 },
  drop: { name: 'drop', number: 2 },
  return: { name: 'return', number: 2 },
} as const satisfies Readonly<Record<string, Action>>;

/** Core functions, which have actions of their own; observed on 5.6.3. */
const coreActions: ReadonlyMap<string, Action> = new Map(
  (
    [
      ['forward', 'forward', 1],
      ['log', 'log', 3],
      ['error', 'error', 4],
      ['exec', 'exec', 6],
      ['sethost', 'sethost', 7],
      ['rewritehost', 'sethost', 7],
      ['sethostport', 'sethostport', 8],
      ['rewritehostport', 'sethostport', 8],
      ['setuser', 'setuser', 9],
      ['rewriteuser', 'setuser', 9],
      ['setuserpass', 'setuserpass', 10],
      ['rewriteuserpass', 'setuserpass', 10],
      ['setport', 'setport', 11],
      ['rewriteport', 'setport', 11],
      ['seturi', 'seturi', 12],
      ['rewriteuri', 'seturi', 12],
      ['sethostporttrans', 'sethostporttrans', 13],
      ['rewritehostporttrans', 'sethostporttrans', 13],
      ['userphone', 'setuserphone', 15],
      ['setflag', 'setflag', 39],
      ['resetflag', 'resetflag', 40],
      ['isflagset', 'isflagset', 41],
      ['prefix', 'prefix', 44],
      ['strip', 'strip', 45],
      ['strip_tail', 'striptail', 46],
      ['remove_branch', 'unknown', 48],
      ['clear_branches', 'unknown', 49],
      ['revert_uri', 'reverturi', 50],
      ['forward_udp', 'forward_udp', 52],
      ['force_rport', 'force_rport', 55],
      ['add_rport', 'force_rport', 55],
      ['add_local_rport', 'add_local_rport', 56],
      ['set_advertised_address', 'set_adv_addr', 57],
      ['force_tcp_alias', 'force_tcp_alias', 59],
      ['add_tcp_alias', 'force_tcp_alias', 59],
      ['force_send_socket', 'force_send_socket', 62],
      ['udp_mtu_try_proto', 'udp_mtu_try_proto', 65],
      ['set_forward_no_connect', 'set_fwd_no_connect', 66],
      ['set_reply_no_connect', 'set_rpl_no_connect', 67],
      ['set_forward_close', 'set_fwd_close', 68],
      ['set_reply_close', 'set_rpl_close', 69],
    ] as const
  ).map(([written, name, number]) => [written, { name, number }]),
);

/** Functions of modules have an action by their number of arguments, up to six; one more for all beyond. */
const moduleAction = 24;
const mostArguments = 7;

export function callAction(name: string, argumentCount: number): Action {
  return coreActions.get(name) ?? { name, number: moduleAction + Math.min(argumentCount, mostArguments) };
}

const kindNames: Readonly<Record<RouteKind, string>> = {
  request: 'request_route',
  route: 'request_route',
  event: 'request_route',
  branch: 'branch_route',
  branch_failure: 'branch_failure_route',
  failure: 'failure_route',
  onreply: 'onreply_route',
  reply: 'onreply_route',
  onsend: 'onsend_route',
};

const defaultNames: Readonly<Partial<Record<RouteKind, string>>> = {
  request: 'DEFAULT_ROUTE',
  reply: 'DEFAULT_ONREPLY',
  onsend: 'DEFAULT_SEND',
};

/** `request_route=[NAME]`: the kind of the running block, and the name of the one that the step stands in. */
export function blockText(running: RouteKind, kind: RouteKind, name: string): string {
  return `${kindNames[running]}=[${name === '' ? (defaultNames[kind] ?? '') : name}]`;
}
