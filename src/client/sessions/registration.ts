import { HeaderKind } from '../../sip/headerKind.ts';
import { contactsOf, numberOf } from '../../sip/headerValues.ts';
import type { SipMessage } from '../../sip/message.ts';
import type { Answer } from '../pending.ts';
import type { Phone } from '../phone.ts';
import { refusal } from '../refusal.ts';

/** Seconds asked for when nobody says. */
const defaultExpiresSec = 300;

/** The contact of a phone at its registrar (RFC 3261 §10). */
export class Registration {
  readonly #phone: Phone;
  #callId = '';
  #cseq = 0;
  /** What the registrar granted; 0 when not registered. */
  expiresSec = 0;

  constructor(phone: Phone) {
    this.#phone = phone;
  }

  /** Throws a `ClientFailure` unless the answer is a 2xx. */
  async register(): Promise<Answer> {
    const answer = await this.#send(expiresOf(this.#phone) ?? defaultExpiresSec);
    if (answer.response.statusCode >= 300) throw refusal('REGISTER', answer);
    this.expiresSec = grantedSec(answer.request, answer.response);
    return answer;
  }

  /** Takes our contact away again, if it is there. */
  async unregister(): Promise<void> {
    if (this.expiresSec === 0) return;
    this.expiresSec = 0;
    const answer = await this.#send(0);
    if (answer.response.statusCode >= 300) throw refusal('REGISTER (expires 0)', answer);
  }

  /** §10.2: all REGISTERs of a contact have one Call-ID and rising numbers. */
  async #send(expiresSec: number): Promise<Answer> {
    const way = await this.#phone.outbound.way();
    const { profile } = this.#phone;
    const fields: Record<string, unknown> = { ...profile.registration, expires: String(expiresSec) };
    fields.contacturi = this.#phone.contactOn(way);
    if (this.#callId !== '') {
      fields.callid = this.#callId;
      fields.cseqnum = String(this.#cseq + 1);
    }
    // what is meant for the request of a session stays away from its REGISTER
    const isOwn = profile.recipe.fields.method === 'REGISTER';
    const change = isOwn ? {} : { body: undefined, headers: [] };
    const request = this.#phone.compose(isOwn ? fields : { ...fields, event: '', subject: '' }, change, way);
    this.#callId = request.callId;
    const answer = await this.#phone.exchange(request, way);
    this.#cseq = answer.request.cseq?.number ?? 0;
    return answer;
  }
}

/** The expires field of the recipe; undefined when there is none. */
export function expiresOf(phone: Phone): number | undefined {
  const { expires } = phone.profile.recipe.fields;
  return expires === undefined || expires === '' ? undefined : Number(expires);
}

/** §10.2.4: the expires parameter of our contact, else the Expires header, else what we asked for. */
function grantedSec(request: SipMessage, response: SipMessage): number {
  const own = contactsOf(request)?.list[0]?.uri;
  const mine = contactsOf(response)?.list.find(({ uri }) => uri === own);
  const text = mine?.params.get('expires');
  const granted = text === undefined ? undefined : Number(text);
  return (
    granted ??
    numberOf(response, HeaderKind.expires) ??
    numberOf(request, HeaderKind.expires) ??
    defaultExpiresSec
  );
}
