import type { Config } from '../../module/define.ts';

const flag = (what: string) =>
  ({ type: 'int', default: -1, min: -1, max: 31, doc: `Message flag: ${what}. -1 for none.` }) as const;
const column = (what: string, name: string) =>
  ({ type: 'string', default: name, doc: `Column for ${what}.` }) as const;
const cdr = (what: string, value: number) =>
  ({ type: 'int', default: value, doc: `${what} (call data records, need dialog).` }) as const;
const cdrText = (what: string, value: string) =>
  ({ type: 'string', default: value, doc: `${what} (call data records, need dialog).` }) as const;

export const params = {
  early_media: { type: 'int', default: 0, doc: 'Account provisional responses with a body too.' },
  failed_transaction_flag: flag('account the transaction also when it fails (300 and above)'),
  failed_filter: {
    type: 'string',
    default: '',
    check: checkFilter,
    doc: 'Status codes, separated by commas, that failed_transaction_flag leaves out.',
  },
  report_ack: { type: 'int', default: 0, doc: 'Account ACKs to 2xx.' },
  report_cancels: { type: 'int', default: 0, doc: 'Account CANCELs.' },
  detect_direction: {
    type: 'int',
    default: 0,
    doc: 'Exchange the tags of From and To in requests from callee to caller (needs rr).',
  },
  acc_prepare_flag: flag('the flags that count may be set later, in a failure route'),
  acc_prepare_always: { type: 'int', default: 0, doc: 'As if acc_prepare_flag were set in every request.' },
  acc_extra_nullable: {
    type: 'int',
    default: 0,
    doc: 'Missing extra values are NULL in the database, not empty.',
  },
  multi_leg_info: {
    type: 'string',
    default: '',
    doc: 'Attributes of call legs: name=$avp(x);name=$avp(y). Each set of values is a leg.',
  },
  log_flag: flag('account to the log'),
  log_missed_flag: flag('account missed calls to the log'),
  log_level: { type: 'int', default: 1, min: -5, max: 3, doc: 'Level of log lines.' },
  log_facility: { type: 'string', default: 'LOG_DAEMON', doc: 'Syslog facility of log lines.' },
  log_extra: { type: 'string', default: '', doc: 'Further values of log lines: name=$pv;name=$pv.' },
  db_flag: flag('account to the database'),
  db_missed_flag: flag('account missed calls to the database'),
  db_table_acc: { type: 'string', default: 'acc', doc: 'Table of transactions; may hold variables.' },
  db_table_missed_calls: {
    type: 'string',
    default: 'missed_calls',
    doc: 'Table of missed calls; may hold variables.',
  },
  db_url: { type: 'string', default: '', doc: 'Database; empty for none.' },
  acc_method_column: column('the method', 'method'),
  acc_from_tag_column: column('the From tag', 'from_tag'),
  acc_to_tag_column: column('the To tag', 'to_tag'),
  acc_callid_column: column('the Call-ID', 'callid'),
  acc_sip_code_column: column('the status code', 'sip_code'),
  acc_sip_reason_column: column('the reason phrase', 'sip_reason'),
  acc_time_column: column('the time', 'time'),
  db_extra: { type: 'string', default: '', doc: 'Further columns: name=$pv;name=$pv.' },
  db_insert_mode: {
    type: 'meaningless',
    default: 0,
    doc: 'Delayed or asynchronous inserts.',
    because: 'inserts never hold a call here',
  },
  cdr_enable: {
    type: 'int',
    default: 0,
    doc: 'Write call data records. They need the dialog module, which Olelo does not have yet: an error at start.',
  },
  cdr_skip: cdrText('Dialog variable that turns the record off', ''),
  cdr_expired_dlg_enable: cdr('Records of dialogs that expire', 0),
  cdr_start_on_confirmed: cdr('Start time is that of the answer', 0),
  cdr_facility: cdrText('Syslog facility', 'LOG_DAEMON'),
  cdr_extra: cdrText('Further values', ''),
  cdr_extra_nullable: cdr('Missing values are NULL', 0),
  cdr_start_id: cdrText('Name of the start time', 'start_time'),
  cdr_end_id: cdrText('Name of the end time', 'end_time'),
  cdr_duration_id: cdrText('Name of the duration', 'duration'),
  cdr_log_enable: cdr('Write to the log', 1),
  cdrs_table: cdrText('Table', ''),
  cdr_on_failed: cdr('Records of calls that were not answered', 1),
  cdr_extra_size: cdr('Greatest number of further values', 64),
  time_mode: {
    type: 'int',
    default: 0,
    min: 0,
    max: 4,
    doc: 'Further time values: 1 seconds and microseconds, 2 seconds with milliseconds, 3 local text, 4 UTC text.',
  },
  time_attr: { type: 'string', default: 'time_attr', doc: 'Name or column of the further time value.' },
  time_exten: {
    type: 'string',
    default: 'time_exten',
    doc: 'Name or column of the microseconds (time_mode 1).',
  },
  time_format: { type: 'string', default: '%Y-%m-%d %H:%M:%S', doc: 'strftime format of time_mode 3 and 4.' },
  reason_from_hf: {
    type: 'int',
    default: 0,
    doc: 'Take the reason from the Reason header when there is one.',
  },
  clone_msg: {
    type: 'meaningless',
    default: 1,
    doc: 'Clone the request for accounting.',
    because: 'no memory is shared between processes',
  },
  acc_extra_size: { type: 'int', default: 64, min: 1, doc: 'Greatest number of extra values of a record.' },
} as const;

export type AccConfig = Config<typeof params>;

function checkFilter(text: string): string | undefined {
  return text === '' || /^\s*[3-9]\d\d(\s*,\s*[3-9]\d\d)*\s*$/.test(text)
    ? undefined
    : `expected codes from 300 to 999 with commas between, got "${text}"`;
}
