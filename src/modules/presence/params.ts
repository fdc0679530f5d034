import type { Config } from '../../module/define.ts';

const table = (what: string, name: string) =>
  ({ type: 'string', default: name, doc: `Table of ${what}.` }) as const;

const hashSize = (doc: string) =>
  ({ type: 'meaningless', default: 9, doc, because: 'tables in memory grow by themselves' }) as const;

export const params = {
  db_url: {
    type: 'string',
    default: '',
    doc: 'Database of the tables. Without it the module only works from memory alone (subs_db_mode 0 and publ_cache 2); otherwise it serves other modules as a library.',
  },
  presentity_table: table('published documents', 'presentity'),
  active_watchers_table: table('subscriptions', 'active_watchers'),
  watchers_table: table('authorisation states', 'watchers'),
  clean_period: {
    type: 'int',
    default: 100,
    doc: 'Seconds between two sweeps over expired documents and old authorisation states; 0 or less for none.',
  },
  cseq_offset: {
    type: 'int',
    default: 0,
    min: 0,
    doc: 'By how much the CSeq of a SUBSCRIBE in a dialog may lie below the expected one.',
  },
  db_update_period: {
    type: 'int',
    default: 100,
    doc: 'Seconds between two flushes of changed subscriptions to the database; 0 or less for none.',
  },
  waitn_time: {
    type: 'int',
    default: 5,
    min: 1,
    doc: 'Seconds within which buffered NOTIFY requests are sent (notifier_processes above 0 in subs_db_mode 3).',
  },
  notifier_poll_rate: {
    type: 'int',
    default: 10,
    min: 1,
    max: 100,
    doc: 'How often in a second the notifier looks for work.',
  },
  notifier_processes: {
    type: 'int',
    default: 1,
    doc: 'Above 0, NOTIFY requests are buffered in the database in subs_db_mode 3 and sent within waitn_time; there are no processes.',
  },
  force_delete: { type: 'int', default: 0, doc: '1: documents expire without NOTIFY requests.' },
  startup_mode: {
    type: 'meaningless',
    default: 1,
    doc: 'Treatment of documents with very short lives at the start.',
    because: 'documents live as long as they say, also those from before the start',
  },
  expires_offset: {
    type: 'int',
    default: 0,
    min: 0,
    doc: 'Seconds that a publisher is told less than its document lives.',
  },
  max_expires: { type: 'int', default: 3600, min: 1, doc: 'Longest life in seconds; more is lowered to it.' },
  min_expires: { type: 'int', default: 0, min: 0, doc: 'Shortest life of a subscription in seconds.' },
  min_expires_action: {
    type: 'int',
    default: 1,
    min: 1,
    max: 2,
    doc: 'A shorter life is refused with 423 (1) or raised to min_expires (2).',
  },
  server_address: {
    type: 'string',
    default: '',
    doc: 'URI for Contact in answers to SUBSCRIBE and in NOTIFY; the receiving socket when empty.',
  },
  subs_db_mode: {
    type: 'int',
    default: 2,
    min: 0,
    max: 3,
    doc: 'Subscriptions: 0 memory only, 1 write-through, 2 write-back, 3 database only.',
  },
  publ_cache: {
    type: 'int',
    default: 1,
    min: 0,
    max: 2,
    doc: 'Documents: 0 database only, 1 with an index in memory of who has published, 2 memory only.',
  },
  subs_htable_size: hashSize('Size of the table of subscriptions.'),
  pres_htable_size: hashSize('Size of the table of publishers.'),
  send_fast_notify: {
    type: 'int',
    default: 1,
    doc: 'An empty NOTIFY is sent at once where the full one is buffered.',
  },
  enable_sphere_check: { type: 'int', default: 0, doc: 'Permission rules may ask for the sphere.' },
  timeout_rm_subs: { type: 'int', default: 1, doc: 'A NOTIFY without an answer ends the subscription.' },
  fetch_rows: { type: 'int', default: 500, min: 1, doc: 'Rows read at once.' },
  db_table_lock_type: {
    type: 'meaningless',
    default: 1,
    doc: 'Lock of tables during a change.',
    because: 'changes are single conditional statements; no table is locked',
  },
  local_log_level: { type: 'int', default: 2, doc: 'Level of the log line about each NOTIFY.' },
  local_log_facility: { type: 'string', default: '', doc: 'Syslog facility of that line.' },
  subs_remove_match: {
    type: 'meaningless',
    default: 0,
    doc: 'How a subscription to remove is found.',
    because: 'dialogs are always found by Call-ID and both tags',
  },
  xavp_cfg: {
    type: 'string',
    default: '',
    doc: 'Name of the xavp with the fields priority (of a document) and delete_subscription (in presence:notify-reply).',
  },
  retrieve_order: {
    type: 'int',
    default: 0,
    min: 0,
    max: 1,
    doc: 'Order of documents: by the time of publication (0) or by retrieve_order_by (1).',
  },
  retrieve_order_by: {
    type: 'string',
    default: 'priority',
    check: (value: string) =>
      /^\w+(\s+(asc|desc))?(\s*,\s*\w+(\s+(asc|desc))?)*$/i.test(value) ? undefined : 'expected column names',
    doc: 'Columns that documents are ordered by; the last one counts most.',
  },
  sip_uri_match: { type: 'int', default: 0, doc: 'Are URIs compared without regard to letter case?' },
  enable_dmq: { type: 'int', default: 0, doc: 'Replication by module dmq.' },
  pres_subs_mode: { type: 'int', default: 1, doc: 'Is $subs(...) filled?' },
  delete_same_subs: {
    type: 'int',
    default: 0,
    doc: 'A new subscription ends those with the same presentity and Call-ID.',
  },
  timer_mode: {
    type: 'meaningless',
    default: 1,
    doc: 'Which timer process works.',
    because: 'there are no timer processes',
  },
  subs_respond_200: { type: 'int', default: 1, doc: 'SUBSCRIBE is answered with 200 (1) or 202 (0).' },
} as const;

export type PresenceConfig = Config<typeof params>;
