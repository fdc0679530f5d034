import type { ScriptContext } from '../../module/context.ts';
import { type Binding, type LocationRecord, type Maybe, then } from '../usrloc/api.ts';
import { aorOf } from './aor.ts';
import { textSetting } from './cfgXavp.ts';
import type { Parts } from './parts.ts';
import { publishRecord, restoreAttributes } from './recordXavp.ts';

/** Bits of the match option of `registered`. */
const MatchOption = { callId: 1, received: 2, contact: 4 } as const;
/** Bits of its action. */
const MatchAction = { restoreAttributes: 1, skipRecord: 2 } as const;

const notFound = -1;

/** `registered` and `unregister`. */
export class Registered {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Is there a valid contact, that also matches what xavp_cfg says? */
  registered(
    context: ScriptContext,
    table: string,
    uri: string | undefined,
    option: number,
    action: number,
  ): Maybe<number> {
    const aor = this.#aorOf(uri ?? defaultUri(context));
    if (aor === undefined) return notFound;
    return this.#parts.withDomain(table, notFound, (domain) =>
      then(domain.getRecord(aor), (record) => {
        const binding = record?.bindings.find(
          (other) => this.#parts.counts(domain, other) && this.#matches(context, other, option),
        );
        if (binding === undefined) return notFound;
        if ((action & MatchAction.skipRecord) === 0) publishRecord(this.#parts, context, binding);
        if ((action & MatchAction.restoreAttributes) !== 0) restoreAttributes(this.#parts, context, binding);
        return 1;
      }),
    );
  }

  /** 1 also when nothing was there, as in Kamailio; a record id that does not exist gives -3. */
  unregister(table: string, uri: string, ruid: string | undefined): Maybe<number> {
    const aor = uri === '' && ruid !== undefined ? '' : this.#aorOf(uri);
    if (aor === undefined) return -1;
    return this.#parts.withDomain(table, -2, (domain) => {
      if (ruid !== undefined)
        return then(domain.getByRuid(ruid), (binding) =>
          binding === undefined || (aor !== '' && binding.aor !== aor)
            ? -3
            : then(domain.remove(binding), () => 1),
        );
      return then(domain.getRecord(aor), (record: LocationRecord | undefined) =>
        record === undefined ? 1 : then(domain.removeRecord(record), () => 1),
      );
    });
  }

  #aorOf(uri: string): string | undefined {
    const aor = aorOf(uri, this.#parts.config, this.#parts.location.useDomain);
    if (typeof aor === 'string') return aor;
    this.#parts.host.log.error(`failed to extract address of record from <${uri}>: ${aor.text}`);
    return undefined;
  }

  /** What xavp_cfg leaves unset is not asked for. */
  #matches(context: ScriptContext, binding: Binding, option: number): boolean {
    const wanted = (bit: number, name: string) =>
      (option & bit) === 0 ? undefined : textSetting(context, this.#parts.config.xavp_cfg, name);
    const callId = wanted(MatchOption.callId, 'match_callid') ?? this.#parts.wantedCallIdOf(context);
    if (callId !== '' && callId !== binding.callId) return false;
    const received = wanted(MatchOption.received, 'match_received');
    if (received !== undefined && received !== binding.received) return false;
    const contact = wanted(MatchOption.contact, 'match_contact');
    return contact === undefined || contact === binding.contact;
  }
}

function defaultUri(context: ScriptContext): string {
  return context.message.isRequest ? context.target.requestUri : (context.message.to?.uri ?? '');
}
