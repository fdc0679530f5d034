import type { RouteKind, Value } from '../lang/catalogue.ts';
import type { ScriptContext, TransactionScope } from '../module/context.ts';
import type { ReplyBody } from '../module/replyExtras.ts';
import { type Scratch, SmallScratch } from '../module/scratch.ts';
import { VariableStores } from '../module/variables.ts';
import { makeTarget, type Target } from '../proxy/target.ts';
import type { Flow } from '../proxy/transport.ts';
import type { SipMessage } from '../sip/message.ts';

/** The one implementation of `ScriptContext`. What most messages never need is made when first asked for. */
export class RouteContext implements ScriptContext {
  returnCode = 1;
  exited = false;
  dropped = false;
  depth = 0;
  routeKind: RouteKind = 'request';
  routeName = '';
  message: SipMessage;
  response: SipMessage | undefined = undefined;
  flow: Flow;
  readonly receivedWallMs: number;
  readonly messageId: number;
  target: Target;
  uriChanged = false;
  readonly branches: Target[] = [];
  flags = 0;
  branchIndex = -1;
  replyHeaders = '';
  replyBody: ReplyBody | undefined = undefined;
  newBody: string | undefined = undefined;
  forceRport = false;
  addLocalRport = false;
  advertisedHost = '';
  advertisedPort = 0;
  transaction: TransactionScope | undefined = undefined;
  logPrefix: string | undefined = undefined;
  #variables: VariableStores | undefined = undefined;
  #locals: Map<string, Value> | undefined = undefined;
  readonly scratch: Scratch = new SmallScratch();

  constructor(message: SipMessage, flow: Flow, receivedWallMs: number, messageId: number) {
    this.message = message;
    this.flow = flow;
    this.receivedWallMs = receivedWallMs;
    this.messageId = messageId;
    this.target = makeTarget(message.requestUri);
  }

  get variables(): VariableStores {
    this.#variables ??= new VariableStores();
    return this.#variables;
  }
  set variables(stores: VariableStores) {
    this.#variables = stores;
  }

  get locals(): Map<string, Value> {
    this.#locals ??= new Map();
    return this.#locals;
  }
}
