import type { PvSyntax, Value } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { PvBinding, PvReference } from '../../module/define.ts';
import { aorHash, type Binding, type LocationDomain, type Maybe, then } from '../usrloc/api.ts';
import { aorOf } from './aor.ts';
import type { Parts } from './parts.ts';

/** Contacts under a name, for `$ulc(profile=>attr)`. */
interface Profile {
  readonly domain: LocationDomain;
  readonly aor: string;
  readonly bindings: readonly Binding[];
}

const profilesKey = Symbol('registrar profiles');
/** Profiles that one message may hold. */
const maxProfiles = 64;

type Attribute = (binding: Binding, profile: Profile) => Value;

const attributes: Readonly<Record<string, Attribute>> = {
  aor: (_binding, profile) => profile.aor,
  domain: (_binding, profile) => profile.domain.name,
  aorhash: (_binding, profile) => aorHash(profile.aor),
  count: (_binding, profile) => profile.bindings.length,
  addr: (binding) => binding.contact,
  path: (binding) => binding.path,
  received: (binding) => binding.received,
  expires: (binding) => binding.expiresSec,
  callid: (binding) => binding.callId,
  q: (binding) => binding.q,
  cseq: (binding) => binding.cseq,
  flags: (binding) => binding.flags,
  cflags: (binding) => binding.branchFlags,
  user_agent: (binding) => binding.userAgent,
  socket: (binding) => binding.socketText,
  modified: (binding) => binding.lastModifiedSec,
  methods: (binding) => (binding.methods < 0 ? 0xffffffff : binding.methods),
  ruid: (binding) => binding.ruid,
  regid: (binding) => binding.regId,
  instance: (binding) => (binding.instance === '' ? null : binding.instance),
  conid: (binding) => (binding.connectionId > 0 ? binding.connectionId : isDatagram(binding) ? null : -1),
  server_id: (binding) => binding.serverId,
};

/** `reg_fetch_contacts`, `reg_free_contacts` and `$ulc`. */
export class Profiles {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  fetch(context: ScriptContext, table: string, uri: string, name: string): Maybe<number> {
    this.free(context, name);
    const aor = aorOf(uri, this.#parts.config, this.#parts.location.useDomain);
    if (typeof aor !== 'string') {
      this.#parts.host.log.error(`failed to extract address of record from <${uri}>: ${aor.text}`);
      return -1;
    }
    return this.#parts.withDomain(table, -1, (domain) =>
      then(domain.getRecord(aor), (record) => {
        if (record === undefined) return -1;
        return this.put(context, name, domain, aor, record.bindings.slice()) ? 1 : -1;
      }),
    );
  }

  /** False when the message holds too many profiles already. */
  put(
    context: ScriptContext,
    name: string,
    domain: LocationDomain,
    aor: string,
    bindings: readonly Binding[],
  ): boolean {
    const profiles = profilesOf(context) ?? new Map<string, Profile>();
    if (profiles.size >= maxProfiles && !profiles.has(name)) return false;
    profiles.set(name, { domain, aor, bindings });
    context.scratch.set(profilesKey, profiles);
    return true;
  }

  free(context: ScriptContext, name: string): number {
    profilesOf(context)?.delete(name);
    return 1;
  }

  /** `$(ulc(profile=>attr)[index])`. */
  bind(pv: PvReference): PvBinding | { message: string } {
    const named = parseName(pv.inner);
    if (named === undefined)
      return { message: `expected $ulc(profile=>attribute), got ${textOf(pv.syntax)}` };
    const attribute = attributes[named.attribute];
    if (attribute === undefined) return { message: `$ulc has no attribute '${named.attribute}'` };
    return {
      get: (context) => {
        const profile = profilesOf(context)?.get(named.profile);
        if (profile === undefined) return null;
        const index = pv.hasIndex ? pv.indexOf(context) : 0;
        const binding = profile.bindings[typeof index === 'number' ? Math.max(0, index) : 0];
        return binding === undefined ? null : attribute(binding, profile);
      },
    };
  }
}

function profilesOf(context: ScriptContext): Map<string, Profile> | undefined {
  return context.scratch.get(profilesKey) as Map<string, Profile> | undefined;
}

function parseName(inner: string | undefined): { profile: string; attribute: string } | undefined {
  const arrow = inner?.indexOf('=>') ?? -1;
  if (inner === undefined || arrow <= 0) return undefined;
  return { profile: inner.slice(0, arrow).trim(), attribute: inner.slice(arrow + 2).trim() };
}

function textOf(syntax: PvSyntax): string {
  return syntax.text;
}

function isDatagram(binding: Binding): boolean {
  return binding.socketText === '' || binding.socketText.startsWith('udp:');
}
