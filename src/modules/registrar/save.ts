import type { ScriptContext } from '../../module/context.ts';
import type { SlApi } from '../sl/api.ts';
import { type Binding, type LocationDomain, type LocationRecord, type Maybe, then } from '../usrloc/api.ts';
import { aorOf } from './aor.ts';
import { isRefusal, type Refusal, refusals } from './errors.ts';
import type { Parts } from './parts.ts';
import { type Change, Planner, SaveFlag } from './plan.ts';
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
    return then(domain.getRecord(aor), (record) =>
      extension === undefined
        ? this.#change(job, record)
        : this.#refuse(context, flags, extension, subjectOf(job, record)),
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
    const changes = (record?.bindings ?? []).map((binding): Change => ({ kind: 'remove', binding }));
    return then(this.#applyAll(job, changes), (result) => (result < 0 ? result : SaveResult.removed));
  }

  #applyAll(job: Job, changes: readonly Change[]): Maybe<number> {
    let result: number = SaveResult.inserted;
    const waits: Promise<unknown>[] = [];
    for (const change of changes) {
      const write = this.#apply(job, change);
      if (write instanceof Promise) waits.push(write);
      result = resultOf(change);
    }
    if (waits.length === 0) return this.#accept(job, job.domain.getRecord(job.aor), result);
    return Promise.all(waits).then(() => this.#accept(job, job.domain.getRecord(job.aor), result));
  }

  #apply(job: Job, change: Change): Maybe<unknown> {
    const options = (job.flags & SaveFlag.memoryOnly) === 0 ? undefined : { memoryOnly: true };
    switch (change.kind) {
      case 'insert':
        return job.domain.insert(job.aor, change.data, options);
      case 'update':
        return job.domain.update(change.binding, change.data, options);
      case 'remove':
        return job.domain.remove(change.binding, options);
    }
  }

  #accept(job: Job, record: Maybe<LocationRecord | undefined>, result: number): Maybe<number> {
    return then(record, (found) => {
      this.#parts.acceptedCount++;
      const reply = acceptance(this.#parts, subjectOf(job, found));
      return this.#answer(job.context, job.flags, reply) ? result : SaveResult.error;
    });
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
  if (change.kind === 'insert') return SaveResult.inserted;
  return change.kind === 'update' ? SaveResult.updated : SaveResult.removed;
}
