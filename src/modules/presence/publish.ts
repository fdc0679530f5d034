import type { ScriptContext } from '../../module/context.ts';
import { HeaderKind } from '../../sip/headerKind.ts';
import { numberOf } from '../../sip/headerValues.ts';
import type { EventPackage } from './api.ts';
import { type Presentity, type PublishedDocument, presentityUri } from './documentStore.ts';
import type { Notifier } from './notifier.ts';
import { turnKey } from './notifier.ts';
import { accountOf, type Parts, refuse, refuseFor, uriIn, xavpNumber } from './parts.ts';

/** What the priority of a document counts from where the script gives none: 2015-01-01. */
const priorityEpochSec = 1_420_070_400;

/** A PUBLISH, understood. */
interface Publication {
  readonly context: ScriptContext;
  readonly event: EventPackage;
  readonly presentity: Presentity;
  readonly expiresSec: number;
  /** SIP-If-Match; '' for none. */
  readonly etag: string;
  /** '' for none. */
  readonly body: string;
  /** URI of the watcher that needs not be told. */
  readonly sender: string;
}

/** The event state compositor (RFC 3903 §6). */
export class Publisher {
  readonly #parts: Parts;
  readonly #notifier: Notifier;
  #count = 0;

  constructor(parts: Parts, notifier: Notifier) {
    this.#parts = parts;
    this.#notifier = notifier;
  }

  /** `handle_publish`: answers in any case; 1 or -1. */
  async handle(context: ScriptContext, sender: string): Promise<number> {
    const publication = this.#read(context, sender);
    if (typeof publication === 'number') return publication;
    const key = turnKey(presentityUri(publication.presentity), publication.event.name);
    try {
      return await this.#parts.turns.inTurn(key, () => this.#store(publication));
    } catch (error) {
      return refuseFor(this.#parts, context, 'cannot store a publication', error);
    }
  }

  /** What is asked, or the return code when it has been refused. */
  #read(context: ScriptContext, sender: string): Publication | number {
    const { message } = context;
    const { events, config } = this.#parts;
    const requested = events.requestedBy(message);
    if (requested === undefined) return refuseEvent(this.#parts, context);
    const account = accountOf(context.target.requestUri);
    const senderUri = sender === '' ? '' : uriIn(sender);
    if (account === undefined || senderUri === undefined)
      return refuse(this.#parts, context, 400, 'Bad request');
    const etag = message.value(HeaderKind.sipIfMatch) ?? '';
    const { body } = message;
    if (etag === '' && body === '') return refuse(this.#parts, context, 400, 'Invalid request');
    const { event } = requested;
    const refusal = body === '' ? undefined : event.checkPublish?.(context);
    if (refusal !== undefined) return refuse(this.#parts, context, refusal.status, refusal.reason);
    const asked = numberOf(message, HeaderKind.expires) ?? event.defaultExpiresSec;
    return {
      context,
      event,
      presentity: { ...account, event: event.name },
      expiresSec: Math.min(asked, config.max_expires),
      etag,
      body,
      sender: senderUri,
    };
  }

  async #store(publication: Publication): Promise<number> {
    if (publication.etag === '') return await this.#create(publication);
    return publication.expiresSec === 0 ? await this.#remove(publication) : await this.#change(publication);
  }

  /** RFC 3903 §6 step 5, an initial publication. One that has no life is told, but not kept. */
  async #create(publication: Publication): Promise<number> {
    const { presentity, event, expiresSec, sender } = publication;
    const etag = this.#newEtag();
    if (expiresSec === 0) return this.#accept(publication, etag);
    const nowSec = this.#parts.nowSec();
    const document: PublishedDocument = {
      ...presentity,
      etag,
      expiresSec: nowSec + expiresSec,
      receivedSec: nowSec,
      body: publication.body,
      sender,
      priority: this.#priorityOf(publication),
      ruid: this.#newRuid(),
    };
    await this.#parts.stores.documents.add(document);
    const result = this.#accept(publication, etag);
    await this.#notifier.tellAll(presentity, event, { sender });
    return result;
  }

  /** A refresh, or with a body a modification. */
  async #change(publication: Publication): Promise<number> {
    const { presentity, event, expiresSec, body, sender } = publication;
    const nowSec = this.#parts.nowSec();
    const etag = event.keepsEtag === true ? publication.etag : this.#newEtag();
    const life = { etag, expiresSec: nowSec + expiresSec };
    const content = { receivedSec: nowSec, body, sender, priority: this.#priorityOf(publication) };
    const { documents } = this.#parts.stores;
    const change = body === '' ? life : { ...life, ...content };
    if (!(await documents.change(presentity, publication.etag, change))) return this.#noMatch(publication);
    const result = this.#accept(publication, etag);
    if (body !== '') await this.#notifier.tellAll(presentity, event, { sender });
    return result;
  }

  /** Watchers see the document leave, so it goes only after they have been told. */
  async #remove(publication: Publication): Promise<number> {
    const { presentity, event, etag, sender } = publication;
    const { documents } = this.#parts.stores;
    const isThere = (await documents.list(presentity)).some((document) => document.etag === etag);
    if (!isThere) return this.#noMatch(publication);
    const result = this.#accept(publication, etag);
    await this.#notifier.tellAll(presentity, event, { leavingEtag: etag, sender });
    await documents.remove(presentity, etag);
    return result;
  }

  #noMatch({ context, etag }: Publication): number {
    this.#parts.host.log.info(`no document has the entity tag ${etag}`);
    return refuse(this.#parts, context, 412, 'Conditional request failed');
  }

  #accept({ context, expiresSec }: Publication, etag: string): number {
    const toldSec = Math.max(0, expiresSec - this.#parts.config.expires_offset);
    const headers = `Expires: ${toldSec}\r\nSIP-ETag: ${etag}\r\n`;
    return this.#parts.sl.reply(context, 200, 'OK', { headers }) ? 1 : -1;
  }

  #priorityOf({ context }: Publication): number {
    const { config } = this.#parts;
    if (config.xavp_cfg === '') return 0;
    return xavpNumber(this.#parts, context, 'priority') ?? this.#parts.nowSec() - priorityEpochSec;
  }

  #newEtag(): string {
    const { host } = this.#parts;
    this.#count++;
    return `a.${host.startedSec}.${host.machine.pid}.${this.#count}.${host.entropy.uint32()}`;
  }

  #newRuid(): string {
    const { host } = this.#parts;
    return `pres-${host.startedSec.toString(16)}-${host.startId}-${this.#count.toString(16)}`;
  }
}

/** RFC 6665 §7.2: which packages there are. */
export function refuseEvent(parts: Parts, context: ScriptContext): number {
  const headers = `Allow-Events: ${parts.events.names.join(', ')}\r\n`;
  return refuse(parts, context, 489, 'Bad Event', { headers });
}
