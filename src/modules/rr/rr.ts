import type { VariableRef } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { Host } from '../../module/host.ts';
import { SipUri } from '../../sip/uri.ts';
import type { OutboundTokens, RecordRouteApi } from './api.ts';
import { LooseRouter, notRouted, preloadedOnly } from './looseRoute.ts';
import {
  extendRecordRoute,
  hasRecordRoute,
  insertRecordRoute,
  type RecordRouteParts,
  removeRecordRoutes,
} from './recordRoute.ts';
import { topmostRouteUri } from './routeHeader.ts';
import { directionOf, outcomeOf, paramOf, routeParamsOf } from './routeParams.ts';

export interface RecordRouteConfig {
  readonly enable_full_lr: number;
  readonly append_fromtag: number;
  readonly enable_double_rr: number;
  readonly add_username: number;
  readonly enable_socket_mismatch_warning: number;
  readonly custom_user_avp: string;
  readonly force_send_socket: number;
  readonly ignore_sips: number;
  readonly sockname_mode: number;
}

type Kind = RecordRouteParts['kind'];

const early = Symbol('rr.earlyParams');

/** The rr module: writes Record-Route, follows Route. */
export class RecordRouting {
  readonly #host: Host;
  readonly #config: RecordRouteConfig;
  readonly #router: LooseRouter;
  #customUser: VariableRef | undefined;

  constructor(host: Host, config: RecordRouteConfig) {
    this.#host = host;
    this.#config = config;
    this.#router = new LooseRouter(host);
  }

  start(): void {
    const { custom_user_avp: avp } = this.#config;
    if (avp !== '') this.#customUser = this.#host.formats.variable(avp);
  }

  // ---- Record-Route

  recordRoute(context: ScriptContext, kind: Kind, addresses: readonly string[], params: string): number {
    const { message } = context;
    if (!message.isRequest) return -1;
    if (hasRecordRoute(message)) {
      this.#host.log.error('Record-Route is there already');
      return -1;
    }
    const user = this.#user(context);
    if (user === undefined) {
      this.#host.log.error(`no user part in the Request-URI ${context.target.requestUri}`);
      return -1;
    }
    const token = this.#outbound?.applies(context) === true ? this.#outbound.encode(context) : '';
    if (kind === 'preset') this.#warnOfForeignHost(addresses);
    const name = token === '' ? user : token;
    insertRecordRoute(message, {
      kind,
      style: {
        lr: this.#config.enable_full_lr !== 0 ? 'lr=on' : 'lr',
        double: token === '' ? this.#config.enable_double_rr : 0,
        socketNames: this.#config.sockname_mode !== 0,
      },
      prefix: `${this.#scheme(context)}:${name === '' ? '' : `${name}@`}`,
      addresses,
      fromTag: this.#fromTag(context),
      params: params + this.#takeEarlyParams(context),
      inbound: context.flow.socket,
      sockets: this.#host.transport.sockets,
    });
    return 1;
  }

  /** '' when no user is wanted, undefined when the Request-URI is malformed. */
  #user(context: ScriptContext): string | undefined {
    if (this.#config.add_username === 0) return '';
    const custom = this.#customUser?.get(context) ?? null;
    if (custom !== null) return String(custom);
    const uri = SipUri.parse(context.target.requestUri);
    return uri?.user;
  }

  #scheme(context: ScriptContext): string {
    const isSips = /^sips:/i.test(context.target.requestUri);
    return isSips && this.#config.ignore_sips === 0 ? 'sips' : 'sip';
  }

  /** The caller's tag: in a request from the callee that is the To tag. */
  #fromTag(context: ScriptContext): string {
    if (this.#config.append_fromtag === 0) return '';
    const { message } = context;
    const isUpstream = message.toTag !== '' && directionOf(context, this.#host.transport) === 'upstream';
    const tag = isUpstream ? message.toTag : message.fromTag;
    return tag === '' ? '' : `;ftag=${tag}`;
  }

  #takeEarlyParams(context: ScriptContext): string {
    const params = context.scratch.get(early);
    context.scratch.delete(early);
    return typeof params === 'string' ? params : '';
  }

  #warnOfForeignHost(addresses: readonly string[]): void {
    if (this.#config.enable_socket_mismatch_warning === 0) return;
    for (const address of addresses) {
      const uri = SipUri.parse(`sip:${address}`);
      if (uri !== undefined && !this.#host.transport.isLocal(uri.host, uri.port, undefined))
        this.#host.log.warn(`preset Record-Route does not lead here: ${address}`);
    }
  }

  removeRecordRoute(context: ScriptContext): number {
    removeRecordRoutes(context.message);
    return 1;
  }

  addParam(context: ScriptContext, param: string): number {
    if (!context.message.isRequest) return -1;
    if (extendRecordRoute(context.message, param)) return 1;
    const before = context.scratch.get(early);
    context.scratch.set(early, typeof before === 'string' ? before + param : param);
    return 1;
  }

  // ---- Route

  looseRoute(context: ScriptContext, looseOnly: boolean): number {
    return this.#router.route(context, {
      takesDouble: this.#config.enable_double_rr !== 0,
      forcesSocket: this.#config.force_send_socket !== 0,
      looseOnly,
    });
  }

  looseRoutePreloaded(context: ScriptContext): number {
    return this.looseRoute(context, false) === preloadedOnly ? 1 : notRouted;
  }

  hasNextHopRoute(context: ScriptContext): number {
    return outcomeOf(context)?.hasNextHop === true ? 1 : -1;
  }

  checkParam(context: ScriptContext, pattern: RegExp): number {
    const params = routeParamsOf(context, this.#host.transport);
    return params !== '' && pattern.test(params) ? 1 : -1;
  }

  direction(context: ScriptContext): 'downstream' | 'upstream' {
    return directionOf(context, this.#host.transport);
  }

  isDirection(context: ScriptContext, direction: string): number {
    return directionOf(context, this.#host.transport) === direction.toLowerCase() ? 1 : -1;
  }

  /** '' when there is no Route. */
  routeUri(context: ScriptContext): string {
    return topmostRouteUri(context.message) ?? '';
  }

  get #outbound(): OutboundTokens | undefined {
    return this.#router.outbound;
  }

  get api(): RecordRouteApi {
    return {
      recordRoute: (context, params = '') => this.recordRoute(context, 'socket', [], params) > 0,
      addParam: (context, param) => {
        this.addParam(context, param);
      },
      checkParam: (context, pattern) => this.checkParam(context, pattern) > 0,
      routeParam: (context, name) => paramOf(routeParamsOf(context, this.#host.transport), name),
      direction: (context) => directionOf(context, this.#host.transport),
      onLooseRoute: (handler) => this.#router.onRoute(handler),
      useOutbound: (outbound) => {
        this.#router.outbound = outbound;
      },
    };
  }
}

export function checkAvpName(text: string): string | undefined {
  return text === '' || /^\$avp\([^)]+\)$/.test(text.trim())
    ? undefined
    : `expected an AVP like $avp(user), got "${text}"`;
}
