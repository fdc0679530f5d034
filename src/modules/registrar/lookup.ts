import type { ScriptContext } from '../../module/context.ts';
import { makeTarget, type Target } from '../../proxy/target.ts';
import { methodIds, otherMethodId } from '../../sip/methodIds.ts';
import { splitUri } from '../../sip/uriParts.ts';
import type { Binding, LocationDomain, LocationRecord, Maybe } from '../usrloc/api.ts';
import { then } from '../usrloc/api.ts';
import { aorOfParts } from './aor.ts';
import { numberSetting } from './cfgXavp.ts';
import { ruidOfTemporaryGruu, withoutBrackets } from './gruu.ts';
import type { Parts } from './parts.ts';
import { hopsOf } from './pathVector.ts';
import { publishRecord, restoreAttributes } from './recordXavp.ts';

/** Return codes of `lookup`. */
export const LookupResult = { found: 1, notFound: -1, methodNotSupported: -2, error: -3 } as const;

/** Bits of `lookup_filter_mode`. */
const FilterMode = { branchFlags: 1, connection: 2 } as const;

/** Where the contacts go: the first one into the target and the others into branches, or all into branches. */
type Sink = 'target' | 'branches';

/** What a URI asks the location table for. */
interface Question {
  readonly aor: string;
  /** Instance of a public GRUU without brackets; '' for any. */
  readonly instance: string;
  /** Record id of a temporary GRUU; '' for any. */
  readonly ruid: string;
}

/** Finding where to send a request (RFC 3261 §16.5, RFC 5627 §6, RFC 3327 §5.4). */
export class Lookup {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  lookup(context: ScriptContext, table: string, uri: string | undefined): Maybe<number> {
    return this.#parts.withDomain(table, LookupResult.error, (domain) =>
      this.#find(context, domain, uri ?? context.target.requestUri, 'target'),
    );
  }

  lookupToBranches(context: ScriptContext, table: string, uri: string | undefined): Maybe<number> {
    return this.#parts.withDomain(table, LookupResult.error, (domain) =>
      this.#find(context, domain, uri ?? context.target.requestUri, 'branches'),
    );
  }

  /** Looks up the Request-URI and every branch that is nothing but a URI. */
  lookupBranches(context: ScriptContext, table: string): Maybe<number> {
    return this.#parts.withDomain(table, LookupResult.error, (domain) => {
      const plain = context.branches.filter(isPlain);
      return then(this.#find(context, domain, context.target.requestUri, 'target'), (result) =>
        this.#replaceBranches(context, domain, plain, 0, result),
      );
    });
  }

  #replaceBranches(
    context: ScriptContext,
    domain: LocationDomain,
    plain: readonly Target[],
    at: number,
    result: number,
  ): Maybe<number> {
    const branch = plain[at];
    if (branch === undefined) return result;
    return then(this.#bindings(context, domain, branch.requestUri), (found) => {
      if (typeof found !== 'number') this.#intoBranch(context, domain, branch, found);
      const next = result < 0 && typeof found !== 'number' ? LookupResult.found : result;
      return this.#replaceBranches(context, domain, plain, at + 1, next);
    });
  }

  #intoBranch(
    context: ScriptContext,
    domain: LocationDomain,
    branch: Target,
    [first, ...others]: readonly Binding[],
  ): void {
    if (first === undefined) return;
    this.#fill(branch, domain, first);
    publishRecord(this.#parts, context, first);
    restoreAttributes(this.#parts, context, first);
    if (this.#parts.config.append_branches !== 0) this.#append(context, domain, others);
  }

  #find(context: ScriptContext, domain: LocationDomain, uri: string, sink: Sink): Maybe<number> {
    return then(this.#bindings(context, domain, uri), (bindings) => {
      if (typeof bindings === 'number') return bindings;
      if (sink === 'branches') {
        this.#append(context, domain, bindings);
        return LookupResult.found;
      }
      const [first, ...others] = bindings as [Binding, ...Binding[]];
      this.#fill(context.target, domain, first);
      context.uriChanged = true;
      publishRecord(this.#parts, context, first);
      restoreAttributes(this.#parts, context, first);
      if (this.#parts.config.append_branches !== 0) this.#append(context, domain, others);
      return LookupResult.found;
    });
  }

  /** The usable bindings, at least one, or a return code. */
  #bindings(context: ScriptContext, domain: LocationDomain, uri: string): Maybe<readonly Binding[] | number> {
    const question = this.#questionOf(uri);
    if (question === undefined) return LookupResult.notFound;
    if (question.ruid !== '')
      return then(domain.getByRuid(question.ruid), (binding) =>
        binding === undefined
          ? LookupResult.notFound
          : this.#usable(context, domain, { aor: binding.aor, bindings: [binding] }, question),
      );
    return then(domain.getRecord(question.aor), (record) =>
      record === undefined ? LookupResult.notFound : this.#usable(context, domain, record, question),
    );
  }

  #questionOf(uri: string): Question | undefined {
    const parts = splitUri(uri);
    if (parts === undefined) return undefined;
    const gruu = this.#parts.config.gruu_enabled === 0 ? undefined : parts.param('gr');
    if (gruu === '') {
      const ruid = ruidOfTemporaryGruu(parts.user);
      return ruid === undefined ? undefined : { aor: '', instance: '', ruid };
    }
    const aor = aorOfParts(parts, parts.user, this.#parts.config, this.#parts.location.useDomain);
    return typeof aor === 'string' ? { aor, instance: gruu ?? '', ruid: '' } : undefined;
  }

  #usable(
    context: ScriptContext,
    domain: LocationDomain,
    record: LocationRecord,
    question: Question,
  ): readonly Binding[] | number {
    const usable: Binding[] = [];
    const method = this.#wantedMethod(context);
    let result: number = LookupResult.notFound;
    for (const binding of record.bindings) {
      if (!this.#parts.counts(domain, binding)) continue;
      if (question.instance !== '' && withoutBrackets(binding.instance) !== question.instance) continue;
      if (!this.#passesFilter(context, binding)) continue;
      if (method !== 0 && binding.methods >= 0 && (binding.methods & method) === 0)
        result = LookupResult.methodNotSupported;
      else usable.push(binding);
    }
    return usable.length === 0 ? result : usable;
  }

  /** Bit of the method that contacts must allow; 0 when all will do. */
  #wantedMethod(context: ScriptContext): number {
    const { message } = context;
    if (this.#parts.config.method_filtering === 0 || !message.isRequest || message.toTag !== '') return 0;
    return methodIds[message.method] ?? otherMethodId;
  }

  #passesFilter(context: ScriptContext, binding: Binding): boolean {
    const { lookup_filter_mode: mode, xavp_cfg } = this.#parts.config;
    if ((mode & FilterMode.branchFlags) !== 0) {
      const wanted = numberSetting(context, xavp_cfg, 'rlf_bflags');
      if (wanted !== undefined && (binding.branchFlags & wanted) === 0) return false;
    }
    if ((mode & FilterMode.connection) === 0 || !isOverStream(binding)) return true;
    return binding.connectionId > 0 && this.#parts.host.transport.isConnected(binding.connectionId);
  }

  #append(context: ScriptContext, domain: LocationDomain, bindings: readonly Binding[]): void {
    const most = this.#parts.host.settings.maxBranches - 1;
    for (const binding of bindings) {
      if (context.branches.length >= most) {
        this.#parts.host.log.error(`no room for a further branch to ${binding.contact}`);
        return;
      }
      const target = makeTarget('');
      this.#fill(target, domain, binding);
      context.branches.push(target);
      restoreAttributes(this.#parts, context, binding);
    }
  }

  #fill(target: Target, domain: LocationDomain, binding: Binding): void {
    target.requestUri = binding.contact;
    this.#setRoute(target, binding);
    target.q = binding.q;
    target.socket = binding.socket;
    target.branchFlags = binding.branchFlags;
    target.instance = binding.instance;
    target.regId = binding.regId;
    target.ruid = binding.ruid;
    target.locationUser = domain.name === '' ? '' : binding.aor;
    target.userAgent = binding.userAgent;
    // only a flow promises that its connection leads to the client (RFC 5626 §5.3)
    target.connectionId = binding.regId > 0 ? binding.connectionId : 0;
  }

  /** The path of the registration leads the way, else the address that it came from. */
  #setRoute(target: Target, binding: Binding): void {
    target.path = '';
    target.nextHop = binding.received;
    if (binding.path === '') return;
    const hops = hopsOf(binding.path);
    const skip = this.#parts.config.path_check_local !== 0 && this.#isLocal(hops[0]?.uri) ? 1 : 0;
    const first = hops[skip];
    if (first === undefined) return;
    target.path = first.fromHere;
    target.nextHop = first.uri;
  }

  #isLocal(uri: string | undefined): boolean {
    const parts = uri === undefined ? undefined : splitUri(uri);
    if (parts === undefined) return false;
    return this.#parts.host.transport.isLocal(parts.host, parts.port, undefined);
  }
}

function isPlain(target: Target): boolean {
  return target.nextHop === '' && target.path === '' && target.ruid === '' && target.socket === undefined;
}

function isOverStream(binding: Binding): boolean {
  const proto = binding.socketText.slice(0, binding.socketText.indexOf(':')).toLowerCase();
  return proto === 'tcp' || proto === 'tls' || proto === 'ws' || proto === 'wss';
}
