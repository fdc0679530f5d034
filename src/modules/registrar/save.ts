import type { ScriptContext } from '../../module/context.ts';
import type { SlApi } from '../sl/api.ts';
import { type Binding, type LocationDomain, type LocationRecord, type Maybe, then } from '../usrloc/api.ts';
import { aorOf } from './aor.ts';
import { isRefusal, type Refusal, refusals } from './errors.ts';
import type { Parts } from './parts.ts';
import { type Change, Planner, SaveFlag } from './plan.ts';
import { publishRecord } from './recordXavp.ts';
import { checkExtensions, type Registration, readRegistration } from './registration.ts';
import { acceptance, type PreparedReply, type ReplySubject, rejection } from './reply.ts';

/** Return codes of `save`. */
export const SaveResult = { inserted: 1, updated: 2, removed: 3, listed: 4, error: -1, tooMany: -2 } as const;

const preparedReply = Symbol('registrar reply');

/** One `save` under way. */
interface Job {
  readonly context: ScriptContext;
  readonly domain: LocationDomain;
  readonly flags: number;
  readonly registration: Registration;
  readonly aor: string;
  readonly aorUri: string;
}

/** The registrar of RFC 3261 §10.3. */
export class Saver {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  save(context: ScriptContext, table: string, flags: number, uri: string | undefined): Maybe<number> {
    const result = then(this.#parts.domain(table), (domain) => this.#saveIn(context, domain, flags, uri));
    if (!(result instanceof Promise)) return result;
    return result.catch((error: unknown) => {
      this.#parts.host.log.error(`cannot save contacts: ${error instanceof Error ? error.message : error}`);
      return this.#refuse(context, flags, refusals.recordWrite, undefined);
    });
  }

  /** Sends what `save` with flag 2 has kept back. */
  sendReply(context: ScriptContext): number {
    const prepared = context.scratch.get(preparedReply) as PreparedReply | undefined;
    if (prepared === undefined) {
      this.#parts.host.log.error('reg_send_reply: no reply was prepared by save()');
      return SaveResult.error;
    }
    return this.#send(context, prepared) ? 1 : SaveResult.error;
  }

  #saveIn(
    context: ScriptContext,
    domain: LocationDomain,
    flags: number,
    uri: string | undefined,
  ): Maybe<number> {
    const registration = readRegistration(context, this.#parts.config);
    if (isRefusal(registration)) return this.#refuse(context, flags, registration, undefined);
    const aorUri = uri ?? context.message.to?.uri;
    if (aorUri === undefined) return this.#refuse(context, flags, refusals.noTo, undefined);
    const aor = aorOf(aorUri, this.#parts.config, this.#parts.location.useDomain);
    if (typeof aor !== 'string') return this.#refuse(context, flags, aor, undefined);
    const job: Job = { context, domain, flags, registration, aor, aorUri };
    const extension = checkExtensions(registration, this.#parts.config);
    if (extension !== undefined && extension !== refusals.pathUnsupported)
      return this.#refuse(context, flags, extension, undefined);
    return domain.exclusively(aor, () =>
      then(domain.getRecord(aor), (record) =>
        extension === undefined
          ? this.#change(job, record)
          : this.#refuse(context, flags, extension, subjectOf(job, record)),
      ),
    );
  }

  #change(job: Job, record: LocationRecord | undefined): Maybe<number> {
    const { context, domain, registration, flags } = job;
    if (registration.isStar) return this.#removeAll(job, record);
    if (registration.contacts.length === 0) return this.#accept(job, record, SaveResult.listed);
    const changes = new Planner(this.#parts, context, registration, domain, record, flags).plan();
    if (isRefusal(changes)) {
      if (changes === refusals.cseq) this.#parts.host.log.error(`invalid cseq for aor <${job.aor}>`);
      return this.#refuse(context, flags, changes, subjectOf(job, record));
    }
    return this.#applyAll(job, changes);
  }

  /** `Contact: *` (RFC 3261 §10.3 step 6). */
  #removeAll(job: Job, record: LocationRecord | undefined): Maybe<number> {
    const { registration } = job;
    const isLate = (binding: Binding) =>
      binding.callId === registration.callId && registration.cseq <= binding.cseq;
    if (record?.bindings.some(isLate) === true)
      return this.#refuse(job.context, job.flags, refusals.cseq, subjectOf(job, record));
    const changes = (record?.bindings ?? []).map(
      (binding): Change => ({ kind: 'remove', binding, implied: false }),
    );
    return then(this.#applyAll(job, changes), (result) => (result < 0 ? result : SaveResult.removed));
  }

  #applyAll(job: Job, changes: readonly Change[]): Maybe<number> {
    let result: number = SaveResult.inserted;
    let isWaiting = false;
    const writes: Maybe<string>[] = [];
    for (const change of changes) {
      const write = this.#apply(job, change);
      if (write instanceof Promise) isWaiting = true;
      writes.push(write);
      if (change.kind !== 'remove' || !change.implied) result = resultOf(change);
    }
    const finish = (ruids: readonly string[]) =>
      then(job.domain.getRecord(job.aor), (record) => {
        this.#publish(job, record, ruids);
        return this.#accept(job, record, result);
      });
    return isWaiting ? Promise.all(writes).then(finish) : finish(writes as string[]);
  }

  /** Gives the record id of what is there now, '' for a removal. */
  #apply(job: Job, change: Change): Maybe<string> {
    const options = (job.flags & SaveFlag.memoryOnly) === 0 ? undefined : { memoryOnly: true };
    switch (change.kind) {
      case 'insert':
        return then(job.domain.insert(job.aor, change.data, options), (binding) => binding.ruid);
      case 'update':
        return then(job.domain.update(change.binding, change.data, options), () => change.binding.ruid);
      case 'remove':
        return then(job.domain.remove(change.binding, options), () => '');
      case 'keep':
        return change.binding.ruid;
    }
  }

  /** The last contact that was saved goes to `xavp_rcd`. */
  #publish(job: Job, record: LocationRecord | undefined, ruids: readonly string[]): void {
    if (this.#parts.config.xavp_rcd === '') return;
    const last = ruids.findLast((ruid) => ruid !== '');
    const binding = record?.bindings.find((other) => other.ruid === last);
    if (binding !== undefined) publishRecord(this.#parts, job.context, binding);
  }

  #accept(job: Job, record: LocationRecord | undefined, result: number): number {
    this.#parts.acceptedCount++;
    const reply = acceptance(this.#parts, subjectOf(job, record));
    return this.#answer(job.context, job.flags, reply) ? result : SaveResult.error;
  }

  #refuse(
    context: ScriptContext,
    flags: number,
    refusal: Refusal,
    subject: ReplySubject | undefined,
  ): number {
    this.#parts.rejectedCount++;
    this.#parts.host.log.warn(`REGISTER refused: ${refusal.text}`);
    this.#answer(context, flags, rejection(this.#parts, refusal, subject));
    return refusal === refusals.tooMany ? SaveResult.tooMany : SaveResult.error;
  }

  /** Answers, or keeps the answer for `reg_send_reply`. A response that is being looked at is not answered. */
  #answer(context: ScriptContext, flags: number, reply: PreparedReply): boolean {
    if (!context.message.isRequest) return true;
    if ((flags & SaveFlag.noReply) === 0) return this.#send(context, reply);
    context.scratch.set(preparedReply, reply);
    if ((flags & SaveFlag.prepareHeaders) !== 0) context.replyHeaders += reply.headers;
    return true;
  }

  #send(context: ScriptContext, reply: PreparedReply): boolean {
    const sl = this.#parts.host.api<SlApi>('sl');
    if (sl === undefined) {
      this.#parts.host.log.error('cannot answer: sl is not loaded');
      return false;
    }
    return sl.reply(context, reply.status, reply.reason, { headers: reply.headers });
  }
}

function subjectOf(job: Job, record: LocationRecord | undefined): ReplySubject {
  return { domain: job.domain, record, registration: job.registration, aorUri: job.aorUri };
}

function resultOf(change: Change): number {
  if (change.kind === 'update') return SaveResult.updated;
  return change.kind === 'remove' ? SaveResult.removed : SaveResult.inserted;
}
