import { createHash } from 'node:crypto';
import { errorText, ServerError } from '../../base/errors.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { Host } from '../../module/host.ts';
import type {
  Authorization,
  Decision,
  EventPackage,
  PresenceApi,
  PublishedBody,
  Refusal,
  Rules,
  Watcher,
} from '../presence/api.ts';
import type { PresenceXmlConfig } from './params.ts';
import { activitiesIn, composePidf, dummyPidf, hasBasic, mostImportantPidf, sphereIn } from './pidf.ts';
import { decideBy, type RuleQuestion } from './rules.ts';
import { filteredBody } from './transformations.ts';
import { XcapDocuments } from './xcapDocuments.ts';
import { parseXml } from './xml.ts';

const unsupported: Refusal = { status: 415, reason: 'Unsupported media type' };

/** The event packages with XML documents: presence, presence.winfo, dialog;sla, xcap-diff. */
export class PresenceXml {
  readonly host: Host;
  readonly config: PresenceXmlConfig;
  #presence: PresenceApi | undefined;
  #documents: XcapDocuments | undefined;

  constructor(host: Host, config: PresenceXmlConfig) {
    this.host = host;
    this.config = config;
    const { passive_mode, integrated_xcap_server, force_active } = config;
    if (passive_mode === 0 && force_active === 0 && integrated_xcap_server === 0)
      throw new ServerError(
        'PRESENCE_XML_XCAP',
        'rules from an XCAP server by HTTP need module xcap_client, which is not there: set integrated_xcap_server or force_active to 1',
      );
  }

  async start(): Promise<void> {
    const { config, host } = this;
    if (config.passive_mode !== 0) return;
    this.#presence = host.api<PresenceApi>('presence');
    if (this.#presence === undefined)
      throw new ServerError('PRESENCE_XML_MODULES', 'presence_xml needs module presence');
    if (config.xcap_server.length > 0)
      host.log.warn('xcap_server has no effect: rules come from xcap_table, or none are asked');
    if (config.integrated_xcap_server !== 0)
      this.#documents = new XcapDocuments(await host.database(config.db_url), config.xcap_table);
    for (const event of this.#events()) this.#presence.addEvent(event);
  }

  /** 1 when a tuple of the presentity has this basic status, else -1. */
  async checkBasic(uri: string, status: string): Promise<number> {
    const body = await this.#bodyOf(uri);
    return body !== undefined && hasBasic(body, status) ? 1 : -1;
  }

  /** 1 when the person does this, -1 when not, -2 when the document tells of no activities. */
  async checkActivities(uri: string, activity: string): Promise<number> {
    const body = await this.#bodyOf(uri);
    if (body === undefined) return -1;
    const activities = activitiesIn(body);
    if (activities === undefined) return -2;
    return activities.includes(activity) ? 1 : -1;
  }

  async #bodyOf(uri: string): Promise<string | undefined> {
    try {
      return await this.#presence?.bodyFor(uri, 'presence');
    } catch (error) {
      this.host.log.error(`cannot read the documents of ${uri}: ${errorText(error)}`);
      return undefined;
    }
  }

  // ---- the packages

  #events(): readonly EventPackage[] {
    const { config } = this;
    const events: EventPackage[] = [];
    if (config.disable_presence === 0) events.push(this.#presenceEvent());
    if (config.disable_winfo === 0) events.push(this.#watcherInfoEvent());
    if (config.disable_bla === 0) events.push(this.#bridgedLineEvent());
    if (config.disable_xcapdiff === 0) events.push(this.#xcapDiffEvent());
    return events;
  }

  /** RFC 3856. */
  #presenceEvent(): EventPackage {
    return {
      name: 'presence',
      contentType: 'application/pidf+xml',
      defaultExpiresSec: this.config.default_expires,
      authorization: this.#authorization(),
      aggregate: (user, domain, documents) => this.#compose(user, domain, documents),
      checkPublish: checkXml,
    };
  }

  /** RFC 3857. */
  #watcherInfoEvent(): EventPackage {
    return {
      name: 'presence.winfo',
      contentType: 'application/watcherinfo+xml',
      defaultExpiresSec: this.config.default_expires,
      watchedPackage: 'presence',
      checkPublish: checkXml,
    };
  }

  /** draft-anil-sipping-bla. */
  #bridgedLineEvent(): EventPackage {
    return {
      name: 'dialog;sla',
      contentType: 'application/dialog-info+xml',
      defaultExpiresSec: this.config.default_expires,
      keepsEtag: true,
      isBridgedLine: true,
      checkPublish: checkXml,
    };
  }

  /** RFC 5875. */
  #xcapDiffEvent(): EventPackage {
    return {
      name: 'xcap-diff',
      contentType: 'application/xcap-diff+xml',
      defaultExpiresSec: this.config.default_expires,
      checkPublish: checkXml,
    };
  }

  #compose(user: string, domain: string, documents: readonly PublishedBody[]): string | undefined {
    const { config } = this;
    if (documents.length === 0)
      return config.force_dummy_presence === 0 ? undefined : dummyPidf(user, tupleIdOf(user, domain));
    if (config.force_presence_single_body === 0) return composePidf(documents);
    return mostImportantPidf(documents, {
      element: config.presence_single_body_lookup_element,
      priorities: config.presence_single_body_priorities.split('|'),
    });
  }

  #authorization(): Authorization {
    return {
      isEnabled: this.config.force_active === 0,
      rules: async (user, domain): Promise<Rules> => await this.#documents?.rules(user, domain),
      decide: (watcher, rules, sphere): Decision | undefined =>
        decideBy(rules, this.#question(watcher, sphere), this.config.xcapauth_userdel_reason),
      filter: (body, watcher, rules, sphere): string =>
        filteredBody(body, rules, this.#question(watcher, sphere)),
      sphereOf: sphereIn,
      hardState: async (user, domain, uri) => await this.#documents?.at(user, domain, uri),
    };
  }

  #question(watcher: Watcher, sphere: string | undefined): RuleQuestion {
    return { watcher, sphere, nowSec: this.host.clock.wallMs() / 1000 };
  }
}

function checkXml({ message }: ScriptContext): Refusal | undefined {
  return parseXml(message.body) === undefined ? unsupported : undefined;
}

function tupleIdOf(user: string, domain: string): string {
  return createHash('md5').update(`${user}@${domain}`).digest('hex');
}
