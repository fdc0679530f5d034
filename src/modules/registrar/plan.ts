import { contactUriOf } from '../../module/contactUris.ts';
import type { ScriptContext } from '../../module/context.ts';
import { XavpNode } from '../../module/variables.ts';
import type { NameAddr } from '../../sip/nameAddr.ts';
import type { Binding, BindingData, LocationDomain, LocationRecord, Match } from '../usrloc/api.ts';
import { cloneXavp, numberSetting, textSetting } from './cfgXavp.ts';
import { expiresOf, instanceOf, qOf, regIdOf } from './contactValues.ts';
import { type Refusal, refusals } from './errors.ts';
import type { Parts } from './parts.ts';
import { type ReceivingSocket, receivingSocket } from './receivingSocket.ts';
import { methodsOf, type Registration } from './registration.ts';

/** Flags of `save`. */
export const SaveFlag = {
  memoryOnly: 0x01,
  noReply: 0x02,
  singleContact: 0x04,
  noRange: 0x08,
  prepareHeaders: 0x10,
} as const;

export type Change =
  | { readonly kind: 'insert'; readonly data: BindingData }
  | { readonly kind: 'update'; readonly binding: Binding; readonly data: BindingData }
  /** A retransmission. */
  | { readonly kind: 'keep'; readonly binding: Binding }
  /** `implied`: not what the client asked for, but what follows from it. */
  | { readonly kind: 'remove'; readonly binding: Binding; readonly implied: boolean };

const qOverride = Symbol('registrar q');

/** All contacts of this message get this q, in thousandths (`set_q_override`). */
export function overrideQ(context: ScriptContext, q: number): void {
  context.scratch.set(qOverride, q);
}

/** Longest source address that the column holds. */
const maxReceivedLength = 255;

/**
 * What a REGISTER with contacts changes. All contacts are checked before anything is changed, so that a
 * REGISTER is done as a whole or not at all (RFC 3261 §10.3 step 7).
 */
export class Planner {
  readonly #parts: Parts;
  readonly #context: ScriptContext;
  readonly #registration: Registration;
  readonly #domain: LocationDomain;
  readonly #record: LocationRecord | undefined;
  readonly #flags: number;
  readonly #common: CommonData;

  constructor(
    parts: Parts,
    context: ScriptContext,
    registration: Registration,
    domain: LocationDomain,
    record: LocationRecord | undefined,
    flags: number,
  ) {
    this.#parts = parts;
    this.#context = context;
    this.#registration = registration;
    this.#domain = domain;
    this.#record = record;
    this.#flags = flags;
    this.#common = commonData(parts, context, registration);
  }

  plan(): readonly Change[] | Refusal {
    if (this.#common.received.length > maxReceivedLength) return refusals.contactLength;
    const changes: Change[] = [];
    const kept = new Set<Binding>();
    const seen = new Set<Binding | string>();
    for (const contact of this.#registration.contacts) {
      const refusal = this.#planContact(contact, changes, kept, seen);
      if (refusal !== undefined) return refusal;
    }
    if ((this.#flags & SaveFlag.singleContact) !== 0) this.#removeOthers(changes, kept);
    else if (this.#exceedsLimit(changes)) return refusals.tooMany;
    return changes;
  }

  /** `seen`: what an earlier contact of the same REGISTER was about; the first one counts. */
  #planContact(
    contact: NameAddr,
    changes: Change[],
    kept: Set<Binding>,
    seen: Set<Binding | string>,
  ): Refusal | undefined {
    const data = this.#dataOf(contact);
    if ('status' in data) return data;
    const match = this.#match(data);
    if (match.kind === 'out-of-order') return refusals.cseq;
    const about = match.kind === 'new' ? data.contact : match.binding;
    if (seen.has(about)) return undefined;
    seen.add(about);
    const isRemoval = data.expiresSec <= this.#parts.nowSec();
    if (match.kind === 'retransmission') {
      kept.add(match.binding);
      changes.push({ kind: 'keep', binding: match.binding });
    } else if (match.kind === 'new') {
      if (!isRemoval) changes.push({ kind: 'insert', data });
    } else if (isRemoval) changes.push({ kind: 'remove', binding: match.binding, implied: false });
    else {
      kept.add(match.binding);
      changes.push({ kind: 'update', binding: match.binding, data });
      this.#removeTwins(match.binding, data, changes, kept);
    }
    return undefined;
  }

  #match(data: BindingData): Match {
    const usesRegId =
      this.#parts.config.regid_mode === 1 ||
      (this.#parts.config.outbound_mode !== 0 && this.#registration.supportsOutbound);
    return this.#domain.match(this.#record, {
      contact: data.contact,
      callId: data.callId,
      path: data.path,
      cseq: data.cseq,
      instance: data.instance,
      regId: usesRegId ? data.regId : 0,
    });
  }

  /** A client that registers its instance without flows has no other flows any more. */
  #removeTwins(binding: Binding, data: BindingData, changes: Change[], kept: Set<Binding>): void {
    const flows = this.#registration.supportsOutbound || this.#parts.config.regid_mode === 1;
    if (data.instance === '' || (flows && data.regId > 0)) return;
    for (const other of this.#record?.bindings ?? [])
      if (other !== binding && other.instance === data.instance && !kept.has(other))
        changes.push({ kind: 'remove', binding: other, implied: true });
  }

  #removeOthers(changes: Change[], kept: ReadonlySet<Binding>): void {
    const gone = new Set(changes.map((change) => (change.kind === 'remove' ? change.binding : undefined)));
    for (const binding of this.#record?.bindings ?? [])
      if (!kept.has(binding) && !gone.has(binding)) changes.push({ kind: 'remove', binding, implied: true });
  }

  #exceedsLimit(changes: readonly Change[]): boolean {
    const { config } = this.#parts;
    const limit = numberSetting(this.#context, config.xavp_cfg, 'max_contacts') ?? config.max_contacts;
    if (limit <= 0) return false;
    const nowSec = this.#parts.nowSec();
    let count = 0;
    for (const binding of this.#record?.bindings ?? []) if (this.#domain.isValid(binding, nowSec)) count++;
    let added = 0;
    for (const change of changes) {
      if (change.kind === 'insert') added++;
      else if (change.kind === 'remove') count--;
    }
    if (added === 0 || count + added <= limit) return false;
    this.#parts.host.log.info(`too many contacts for AoR: ${count + added}, at most ${limit}`);
    return true;
  }

  #dataOf(contact: NameAddr): BindingData | Refusal {
    const { config } = this.#parts;
    const seconds = this.#expiresSecOf(contact);
    if (typeof seconds !== 'number') return seconds;
    const q = this.#qOf(contact);
    if (q === undefined) return refusals.q;
    const instance = config.gruu_enabled === 0 && config.outbound_mode === 0 ? '' : instanceOf(contact);
    const regId = instance === '' ? 0 : regIdOf(contact);
    if (regId < 0) return refusals.regId;
    const common = this.#common;
    // one literal: spreading so many fields costs more than all else here
    return {
      contact: contactUriOf(this.#context, contact),
      expiresSec: this.#parts.nowSec() + seconds,
      q,
      callId: common.callId,
      cseq: common.cseq,
      flags: common.flags,
      branchFlags: common.branchFlags,
      userAgent: common.userAgent,
      received: common.received,
      path: common.path,
      socketText: common.socketText,
      socket: common.socket,
      methods: methodsOf(contact, this.#registration),
      instance,
      regId,
      serverId: common.serverId,
      connectionId: common.connectionId,
      lastModifiedSec: common.lastModifiedSec,
      attributes: common.attributes,
    };
  }

  #expiresSecOf(contact: NameAddr): number | Refusal {
    const { config } = this.#parts;
    const named =
      numberSetting(this.#context, config.xavp_cfg, 'expires') ??
      expiresOf(contact.params.get('expires')) ??
      this.#registration.expiresSec;
    if (named === 0) return 0;
    const range = named === undefined ? config.default_expires_range : config.expires_range;
    const wanted = this.#spread(Math.max(0, named ?? config.default_expires), range);
    if (config.min_expires > 0 && wanted < config.min_expires)
      return config.min_expires_mode === 1 && named !== undefined ? refusals.tooBrief : config.min_expires;
    return config.max_expires > 0 ? Math.min(wanted, config.max_expires) : wanted;
  }

  /** Takes up to `percent` off, at random. */
  #spread(seconds: number, percent: number): number {
    if (percent === 0 || (this.#flags & SaveFlag.noRange) !== 0) return seconds;
    const most = Math.floor((seconds * percent) / 100);
    return seconds - (this.#parts.host.entropy.uint32() % (most + 1));
  }

  /** undefined when it is malformed. */
  #qOf(contact: NameAddr): number | undefined {
    const { config } = this.#parts;
    const forced = this.#context.scratch.get(qOverride);
    if (typeof forced === 'number') return forced;
    const set = numberSetting(this.#context, config.xavp_cfg, 'q');
    if (set !== undefined) return clampQ(set);
    const named = qOf(lastParam(contact, 'q'));
    if (named !== undefined) return named < 0 ? undefined : named;
    return clampQ(config.default_q);
  }
}

function clampQ(q: number): number {
  return q < 0 ? -1 : Math.min(1000, q);
}

/** Of a repeated parameter the last one counts. */
function lastParam(contact: NameAddr, name: string): string | undefined {
  let value: string | undefined;
  for (const param of contact.params.list) if (param.name.toLowerCase() === name) value = param.value ?? '';
  return value;
}

type CommonData = Omit<BindingData, 'contact' | 'expiresSec' | 'q' | 'methods' | 'instance' | 'regId'>;

/** What all contacts of one REGISTER share. */
function commonData(parts: Parts, context: ScriptContext, registration: Registration): CommonData {
  const { config, location } = parts;
  const ownReceived = parts.receivedOf(context);
  const viaPath = config.path_use_received !== 0 && ownReceived === '';
  const pathReceived = viaPath ? (registration.path?.received ?? '') : '';
  const natFlag = pathReceived === '' || location.natBranchFlag < 0 ? 0 : 1 << location.natBranchFlag;
  const socket = socketOf(parts, context);
  return {
    callId: registration.callId,
    cseq: registration.cseq,
    flags: 0,
    branchFlags: (context.target.branchFlags | natFlag) >>> 0,
    userAgent: registration.userAgent,
    received: ownReceived === '' ? pathReceived : ownReceived,
    path: registration.path?.text ?? '',
    socketText: socket.text,
    socket: socket.socket,
    serverId: Number(parts.host.settings.get('server_id') ?? 0),
    connectionId: context.flow.connectionId,
    lastModifiedSec: parts.nowSec(),
    attributes: attributesOf(context, location.xavpContact),
  };
}

function socketOf(parts: Parts, context: ScriptContext): ReceivingSocket {
  const { config } = parts;
  const isNamed = config.sock_flag >= 0 && ((context.flags >>> config.sock_flag) & 1) === 1;
  const named = isNamed ? textSetting(context, config.xavp_cfg, 'socket') : undefined;
  return receivingSocket(parts, context, isNamed, named);
}

function attributesOf(context: ScriptContext, name: string): XavpNode | undefined {
  if (name === '') return undefined;
  const node = context.variables.xavps.get(name);
  return node instanceof XavpNode && node.fields.length > 0 ? cloneXavp(node) : undefined;
}
