import type { VariableRef } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { Host } from '../../module/host.ts';
import { HeaderKind } from '../../sip/headerKind.ts';
import { nameAddrsOf, viasOf } from '../../sip/headerValues.ts';
import { isIpAddress } from '../../sip/host.ts';
import { parseSipDate } from '../../sip/sipDate.ts';
import { SipUri } from '../../sip/uri.ts';
import type { SlApi } from '../sl/api.ts';
import { ChargingVector } from './chargingVector.ts';
import { decodedUri, notEncoded, unwrappedUri } from './contacts.ts';
import { isE164User } from './uris.ts';

export interface SipUtilsConfig {
  readonly options_accept: string;
  readonly options_accept_encoding: string;
  readonly options_accept_language: string;
  readonly options_support: string;
  readonly contact_flds_separator: string;
  readonly rpid_prefix: string;
  readonly rpid_suffix: string;
  readonly rpid_avp: string;
}

/** What siputils needs of auth, when that is loaded (it is not required, hence no import of its api). */
interface AuthorizedUsers {
  /** The user whose credentials were found right; undefined when there is none. */
  authorizedUser(context: ScriptContext): string | undefined;
}

const outdated = -4;

export class SipUtils {
  readonly config: SipUtilsConfig;
  readonly chargingVector: ChargingVector;
  readonly #host: Host;
  #sl: SlApi | undefined;
  #auth: AuthorizedUsers | undefined;
  #rpid: VariableRef | undefined;

  constructor(host: Host, config: SipUtilsConfig) {
    this.#host = host;
    this.config = config;
    this.chargingVector = new ChargingVector(host);
  }

  start(): void {
    this.#sl = this.#host.api<SlApi>('sl');
    this.#auth = this.#host.api<AuthorizedUsers>('auth');
    if (this.config.rpid_avp !== '') this.#rpid = this.#host.formats.variable(this.config.rpid_avp);
  }

  get separator(): string {
    return this.config.contact_flds_separator[0] ?? '*';
  }

  /** RFC 3261 §11.2: answers an OPTIONS that is for this server. */
  optionsReply(context: ScriptContext): number {
    const { message, target } = context;
    if (message.method !== 'OPTIONS') return -1;
    const uri = SipUri.parse(target.requestUri);
    if (uri === undefined || uri.user !== '') {
      this.#host.log.error('the Request-URI of OPTIONS has a user or is malformed');
      return -1;
    }
    const { options_accept, options_accept_encoding, options_accept_language, options_support } = this.config;
    const headers =
      `Accept: ${options_accept}\r\nAccept-Encoding: ${options_accept_encoding}\r\n` +
      `Accept-Language: ${options_accept_language}\r\nSupported: ${options_support}\r\n`;
    return this.#sl?.reply(context, 200, 'OK', { headers }) === true ? 1 : -1;
  }

  isUser(context: ScriptContext, user: string): number {
    const authorized = this.#auth?.authorizedUser(context);
    if (authorized === undefined) {
      this.#host.log.error('is_user: no credentials were checked before');
      return -1;
    }
    return authorized === user ? 1 : -1;
  }

  decodeRequestUri(context: ScriptContext): number {
    const uri = decodedUri(context.target.requestUri, this.separator);
    return uri === undefined ? notEncoded : setRequestUri(context, uri);
  }

  unwrapRequestUri(context: ScriptContext, param: string): number {
    const uri = unwrappedUri(context.target.requestUri, param);
    return uri === undefined ? 1 : setRequestUri(context, uri);
  }

  // ---- Remote-Party-ID

  #rpidOf(context: ScriptContext): string | undefined {
    const value = this.#rpid?.get(context) ?? null;
    return value === null || value === '' ? undefined : String(value);
  }

  appendRemotePartyId(context: ScriptContext, prefix: string, suffix: string): number {
    const rpid = this.#rpidOf(context);
    if (rpid === undefined) return -1;
    context.message.appendHeader(`Remote-Party-ID: ${prefix}${rpid}${suffix}\r\n`);
    return 1;
  }

  isRemotePartyE164(context: ScriptContext): number {
    const rpid = this.#rpidOf(context);
    return rpid !== undefined && isE164User(rpid) ? 1 : -1;
  }

  // ---- where a message stands

  /**
   * Is there no other server between the sender and us? Requests: one Via. Responses: the topmost Record-Route is
   * ours and, unless `trusting`, the response does not come from one of our own addresses.
   */
  isFirstHop(context: ScriptContext, trusting: boolean): number {
    const { message, flow } = context;
    if (message.isRequest) return viasOf(message)?.length === 1 ? 1 : -1;
    const routes = nameAddrsOf(message, HeaderKind.recordRoute);
    if (routes === undefined) return -1;
    const top = routes[0]?.parsedUri;
    // not record-routed at all: nobody else stands between
    if (top === undefined) return routes.length === 0 ? 1 : -1;
    const { transport } = this.#host;
    if (!transport.isLocal(top.host, top.port === 0 ? 5060 : top.port, undefined)) return -1;
    if (trusting) return 1;
    if (!isIpAddress(top.host)) return -1;
    return transport.isLocal(flow.address, flow.port, flow.proto) ? -1 : 1;
  }

  /** Is Date there and not older than that? -4 when it is. */
  checkDate({ message }: ScriptContext, maxAgeSec: number): number {
    const value = message.value(HeaderKind.date);
    const timeMs = value === undefined ? undefined : parseSipDate(value);
    if (timeMs === undefined) {
      this.#host.log.error('Date is missing or malformed');
      return -1;
    }
    return this.#host.clock.wallMs() > timeMs + maxAgeSec * 1000 ? outdated : 1;
  }
}

function setRequestUri(context: ScriptContext, uri: string): number {
  context.target.requestUri = uri;
  context.uriChanged = true;
  return 1;
}
