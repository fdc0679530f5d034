import type { RouteKind, Value } from '../lang/catalogue.ts';
import type { Target } from '../proxy/target.ts';
import type { Flow } from '../proxy/transport.ts';
import type { SipMessage } from '../sip/message.ts';
import type { ReplyBody, ReplyExtras } from './replyExtras.ts';
import type { Scratch } from './scratch.ts';
import type { VariableStores } from './variables.ts';

/**
 * All that belongs to one run of a route: the message, where it came from, and the script state that
 * Kamailio keeps beside a message (new URI, destination, flags, branches, variables).
 * Functions and pseudo-variables receive it first.
 */
export interface ScriptContext extends ReplyExtras {
  // ---- run state, used by generated code
  returnCode: number;
  exited: boolean;
  dropped: boolean;
  depth: number;

  /** Kind and name of the running top-level block; '' for the default one. */
  routeKind: RouteKind;
  routeName: string;

  /**
   * The message that `$`-variables look at: the request; in an onreply_route the response; in a
   * failure_route the request (with the winning response in `response`).
   */
  message: SipMessage;
  /** The response in onreply_route (same as `message`), failure_route and branch_failure; else undefined. */
  response: SipMessage | undefined;
  /** Where `message` came from. For local requests, the sending socket with an empty peer. */
  flow: Flow;
  /** Milliseconds since the epoch at reception. */
  readonly receivedWallMs: number;
  /** Message number since start ($mi). */
  readonly messageId: number;

  /** Target of the (first) branch: `requestUri` is `$ru`, `nextHop` `$du`, `socket` `$fs`. Shared with nothing. */
  target: Target;
  /** True once the script or a function has rewritten the Request-URI. */
  uriChanged: boolean;
  /** Additional branches (append_branch, lookup). At most `max_branches - 1`. */
  readonly branches: Target[];
  /** Message flags (setflag), 32 bits. Branch flags of the first branch are in `target`. */
  flags: number;
  /** The branch in branch_route, onreply_route, branch_failure; -1 elsewhere. */
  branchIndex: number;

  /** avp, xavp ...: become the transaction's when one is made. */
  variables: VariableStores;
  /** `$var(name)`: 0 until assigned. */
  readonly locals: Map<string, Value>;

  /** Header lines that `append_to_reply` and friends want in all own responses from now on. */
  replyHeaders: string;
  replyBody: ReplyBody | undefined;

  /** Body set by the script instead of the received one (set_body ...); undefined when untouched. */
  newBody: string | undefined;
  /** `force_rport()` was called: answer to the source port even without `;rport` (RFC 3581). */
  forceRport: boolean;
  /** `add_local_rport()` was called, or the global setting asks for it: `;rport` in the own Via. */
  addLocalRport: boolean;
  /** Replaces `advertise` in the Via of this message's copies (`set_advertised_address/port`); '' and 0 for none. */
  advertisedHost: string;
  advertisedPort: number;

  /** The server transaction, once there is one; the tm module knows what stands behind it. */
  transaction: TransactionScope | undefined;
  /** `log_prefix` as it was evaluated for this message. */
  logPrefix?: string | undefined;
  /** Per-run data of modules, under their own symbols. */
  readonly scratch: Scratch;
}

/** What everybody may know of a transaction without knowing tm. */
export interface TransactionScope {
  readonly id: number;
  readonly method: string;
  flags: number;
  readonly variables: VariableStores;
}
