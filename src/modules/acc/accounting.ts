import { ServerError } from '../../base/errors.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { Host } from '../../module/host.ts';
import type { TmApi, TmTransaction } from '../tm/api.ts';
import { DbWriter } from './dbWriter.ts';
import { LogWriter } from './logWriter.ts';
import type { AccConfig } from './params.ts';
import { type AccountRecord, type Outcome, outcomeOfComment } from './record.ts';
import { type Accountant, RestingWatch, Watch } from './watch.ts';

const answered = 'ACC: transaction answered: ';
const missed = 'ACC: call missed: ';
const acknowledged = 'ACC: request acknowledged: ';
const requested = 'ACC: request accounted: ';

/** What of rr is used: which way a request goes. */
interface Directions {
  direction(context: ScriptContext): 'downstream' | 'upstream';
}

/** Accounts transactions whose flags ask for it, to the log and to a database. */
export class Accounting implements Accountant {
  readonly config: AccConfig;
  readonly log: LogWriter;
  readonly db: DbWriter;
  readonly #host: Host;
  readonly #notFailures: ReadonlySet<number>;
  #directions: Directions | undefined;

  constructor(host: Host, config: AccConfig) {
    this.#host = host;
    this.config = config;
    this.log = new LogWriter(host, config);
    this.db = new DbWriter(host, config);
    this.#notFailures = new Set(config.failed_filter.split(',').filter(hasText).map(Number));
  }

  async start(): Promise<void> {
    this.#checkNeeds();
    this.log.start();
    await this.db.start();
    this.#host.api<TmApi>('tm')?.observe({
      onRequest: (transaction, context) => this.#watch(transaction, context),
      onWake: (transaction, lastResponse) => this.#watchAgain(transaction, lastResponse),
    });
  }

  /** `acc_log_request`. */
  logRequest(context: ScriptContext, comment: string): number {
    this.log.write(requested, this.#recordOf(context, outcomeOfComment(comment, context.message.toTag)));
    return 1;
  }

  /** `acc_db_request`. */
  async dbRequest(context: ScriptContext, comment: string, table: string): Promise<number> {
    if (!this.db.isOn) {
      this.#host.log.error('acc_db_request: db_url is not set');
      return -1;
    }
    const record = this.#recordOf(context, outcomeOfComment(comment, context.message.toTag));
    return (await this.db.write(table, record)) ? 1 : -1;
  }

  /** `acc_request`: to the log, and to the database when there is one. */
  request(context: ScriptContext, comment: string, table: string): number | Promise<number> {
    this.logRequest(context, comment);
    return this.db.isOn ? this.dbRequest(context, comment, table) : 1;
  }

  #checkNeeds(): void {
    const { cdr_enable, detect_direction } = this.config;
    if (cdr_enable !== 0)
      throw new ServerError(
        'ACC_CDR_NEEDS_DIALOG',
        'cdr_enable: call data records need the dialog module, which Olelo does not have yet',
      );
    if (detect_direction === 0) return;
    this.#directions = this.#host.api<Directions>('rr');
    if (this.#directions === undefined)
      throw new ServerError('ACC_DIRECTION_NEEDS_RR', 'detect_direction needs the rr module to be loaded');
  }

  /** Decides, when a transaction is made, whether it can ever be accounted. */
  #watch(transaction: TmTransaction, context: ScriptContext): void {
    if (transaction.isLocal) return;
    if (transaction.method === 'CANCEL' && this.config.report_cancels === 0) return;
    if (!this.#isWanted(context.flags)) return;
    transaction.observe(new Watch(this, transaction, context));
  }

  /** Only the 2xx of another phone to an INVITE is worth a further record. */
  #watchAgain(transaction: TmTransaction, lastResponse: string): void {
    if (!transaction.isInvite || !this.isAccounted(transaction.flags)) return;
    transaction.observe(new RestingWatch(this, lastResponse));
  }

  contextOf(transaction: TmTransaction): ScriptContext {
    const context = this.#host.routes.contextFor(transaction.request, transaction.flow);
    const uri = transaction.branches[0]?.target.requestUri;
    if (uri !== undefined) context.target.requestUri = uri;
    context.transaction = transaction;
    context.variables = transaction.variables;
    context.flags = transaction.flags;
    return context;
  }

  #isWanted(flags: number): boolean {
    const c = this.config;
    if (c.acc_prepare_always !== 0 || isSet(flags, c.acc_prepare_flag)) return true;
    return this.isAccounted(flags) || this.isMissedWanted(flags);
  }

  isAccounted(flags: number): boolean {
    return isSet(flags, this.config.log_flag) || isSet(flags, this.config.db_flag);
  }

  isMissedWanted(flags: number): boolean {
    return isSet(flags, this.config.log_missed_flag) || isSet(flags, this.config.db_missed_flag);
  }

  /** Does a final status above 299 count? */
  isFailureWanted(flags: number, status: number): boolean {
    return isSet(flags, this.config.failed_transaction_flag) && !this.#notFailures.has(status);
  }

  reportAnswered(transaction: TmTransaction, context: ScriptContext, outcome: Outcome): void {
    const record = this.#recordOf(context, outcome);
    if (isSet(transaction.flags, this.config.log_flag)) this.log.write(answered, record);
    if (isSet(transaction.flags, this.config.db_flag)) this.db.writeAnswered(record);
  }

  /** The flags are taken back: a further attempt is only reported when they are set again. */
  reportMissed(transaction: TmTransaction, context: ScriptContext, outcome: Outcome): void {
    const record = this.#recordOf(context, outcome);
    if (isSet(transaction.flags, this.config.log_missed_flag)) this.log.write(missed, record);
    if (isSet(transaction.flags, this.config.db_missed_flag)) this.db.writeMissed(record);
    transaction.flags &= ~(maskOf(this.config.log_missed_flag) | maskOf(this.config.db_missed_flag));
  }

  reportAck(transaction: TmTransaction, ack: ScriptContext, context: ScriptContext): void {
    const outcome = { code: '200', reason: 'OK', toTag: ack.message.toTag };
    const record = { ...this.#recordOf(ack, outcome), context };
    if (isSet(transaction.flags, this.config.log_flag)) this.log.write(acknowledged, record);
    if (isSet(transaction.flags, this.config.db_flag)) this.db.writeAnswered(record);
  }

  #recordOf(context: ScriptContext, outcome: Outcome): AccountRecord {
    const { message } = context;
    const swaps = message.toTag !== '' && this.#directions?.direction(context) === 'upstream';
    return {
      method: message.method,
      fromTag: swaps ? outcome.toTag : message.fromTag,
      toTag: swaps ? message.fromTag : outcome.toTag,
      callId: message.callId,
      code: outcome.code,
      reason: outcome.reason,
      timeMicros: Math.floor(this.#host.clock.wallMs() * 1000),
      context,
    };
  }
}

function maskOf(flag: number): number {
  return flag < 0 ? 0 : 1 << flag;
}

function isSet(flags: number, flag: number): boolean {
  return flag >= 0 && ((flags >>> flag) & 1) === 1;
}

function hasText(text: string): boolean {
  return text.trim() !== '';
}
