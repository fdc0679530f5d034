import type { SipMessage } from '../sip/message.ts';
import type { ServerTransaction } from '../transaction/serverTransaction.ts';
import type { Agent, AgentUser } from './agent.ts';
import { answerSdp, offerSdp, type SdpSelf } from './answerSdp.ts';
import { composeRequest, contactUri, type Fields, type Recipe } from './compose.ts';
import { authorize, type Credentials, maxChallenges } from './credentials.ts';
import type { Dialog, DialogRequest } from './dialog.ts';
import type { IncomingRequest } from './incoming.ts';
import type { Way } from './link.ts';
import type { Outbound } from './outbound.ts';
import type { Answer, PendingRequest } from './pending.ts';
import type { Variables } from './template/variables.ts';

export interface PhoneProfile {
  readonly recipe: Recipe;
  readonly credentials: Credentials | undefined;
  /** The Request-URI of REGISTER. */
  readonly registrar: string;
  /** Fields of REGISTER that differ from the recipe: whose address of record it is. */
  readonly registration: Fields;
  /** User part of our own contact. */
  readonly user: string;
  /** `<uri>` of `--contact-uri`; undefined builds one from the local address. */
  readonly contact: string | undefined;
  /** A Contact in single requests: always, never, or where the method needs one. */
  readonly buildContact: boolean | undefined;
  readonly userAgent: string;
}

/** Something that waits for requests from outside: a call, a subscription. */
export interface Listener {
  /** True when it has taken the request. */
  take(request: IncomingRequest): boolean;
  takeAck?(transaction: ServerTransaction, ack: SipMessage): void;
  /** The other side took its request back; it has been answered 487. */
  takeCancel?(transaction: ServerTransaction): void;
}

const allowed = 'INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, MESSAGE, NOTIFY, UPDATE, REFER';

/** A user at work: sends requests of its recipe, answers challenges, and answers what comes in. */
export class Phone implements AgentUser {
  readonly agent: Agent;
  readonly outbound: Outbound;
  readonly profile: PhoneProfile;
  readonly variables: Variables;
  readonly #listeners = new Set<Listener>();

  constructor(agent: Agent, outbound: Outbound, profile: PhoneProfile, variables: Variables) {
    this.agent = agent;
    this.outbound = outbound;
    this.profile = profile;
    this.variables = variables;
    agent.user = this;
  }

  listen(listener: Listener): void {
    this.#listeners.add(listener);
  }

  ignore(listener: Listener): void {
    this.#listeners.delete(listener);
  }

  /** Sends a request of the recipe with some fields changed, answering challenges; the final response, whatever it is. */
  async send(
    fields: Fields = {},
    change: Partial<Recipe> = {},
    onPending?: (pending: PendingRequest) => void,
  ): Promise<Answer> {
    const way = await this.outbound.way();
    return this.exchange(this.compose(fields, change, way), way, onPending);
  }

  /** A request of the recipe, not sent. */
  compose(fields: Fields, change: Partial<Recipe>, way: Way): SipMessage {
    const recipe = { ...this.profile.recipe, ...change };
    return composeRequest({ ...recipe, fields: { ...recipe.fields, ...fields } }, this.variables, way);
  }

  /** The next request of a dialog, answered. */
  async inDialog(dialog: Dialog, method: string, extra: DialogRequest = {}): Promise<Answer> {
    const way = await this.outbound.wayTo(dialog.nextHop);
    const headers = `User-Agent: ${this.profile.userAgent}\r\n${extra.headers ?? ''}`;
    const request = dialog.request(method, way.link, this.agent.ports.entropy, { ...extra, headers });
    return this.exchange(request, way);
  }

  /** Sends until a final response that is no challenge, or one that we cannot answer (then it throws). */
  async exchange(
    first: SipMessage,
    way: Way,
    onPending?: (pending: PendingRequest) => void,
  ): Promise<Answer> {
    let request = first;
    for (let challenges = 0; ; challenges++) {
      const pending = this.agent.request(request, way);
      onPending?.(pending);
      const answer = await pending.answer;
      const status = answer.response.statusCode;
      if ((status !== 401 && status !== 407) || challenges === maxChallenges) return answer;
      request = authorize(request, answer.response, this.profile.credentials, this.agent.ports.entropy);
    }
  }

  /** The value of our Contact on a way. */
  contactOn(way: Way): string {
    return this.profile.contact ?? `<${contactUri(this.profile.user, way.link)}>`;
  }

  /** The answer to an offer, as if media were to come; undefined when the offer is missing or unreadable. */
  answerTo(offer: string, way: Way): string | undefined {
    return answerSdp(offer, this.#sdpSelf(way));
  }

  /** An offer of ours, where the other side made none. */
  offerOn(way: Way): string {
    return offerSdp(this.#sdpSelf(way));
  }

  #sdpSelf(way: Way): SdpSelf {
    const { clock, entropy } = this.agent.ports;
    const port = 20_000 + (entropy.uint32() % 10_000) * 2;
    return { address: way.link.local.address, port, sessionId: Math.floor(clock.wallMs() / 1000) };
  }

  // ---- what comes in

  onRequest(request: IncomingRequest): void {
    for (const listener of this.#listeners) if (listener.take(request)) return;
    this.#answerByItself(request);
  }

  onAck(transaction: ServerTransaction, ack: SipMessage): void {
    for (const listener of this.#listeners) listener.takeAck?.(transaction, ack);
  }

  onCancel(transaction: ServerTransaction): void {
    for (const listener of this.#listeners) listener.takeCancel?.(transaction);
  }

  /** What nobody waits for: keepalives and messages are accepted, calls are not. */
  #answerByItself(request: IncomingRequest): void {
    const { method, toTag } = request.message;
    const toTagOption = { toTag: this.agent.newTag() };
    if (toTag !== '' && method !== 'OPTIONS' && method !== 'NOTIFY') request.respond(481, toTagOption);
    else if (method === 'OPTIONS') request.respond(200, { ...toTagOption, headers: `Allow: ${allowed}\r\n` });
    else if (method === 'MESSAGE' || method === 'INFO' || method === 'NOTIFY')
      request.respond(200, toTagOption);
    else if (method === 'INVITE') request.respond(486, toTagOption);
    else request.respond(405, { ...toTagOption, headers: `Allow: ${allowed}\r\n` });
  }
}
