import type { Config } from '../../module/define.ts';

const noDmq = 'there is no module dmq yet: nothing is replicated';

export const params = {
  htable: {
    type: 'list',
    default: [],
    doc: 'A table: name=>size=N;autoexpire=S;dbtable=T;cols=...;dbmode=1;initval=N;updateexpire=0;dmqreplicate=1.',
  },
  db_url: { type: 'string', default: '', doc: 'Database of the tables that have a dbtable.' },
  key_name_column: { type: 'string', default: 'key_name', doc: 'Column of the key.' },
  key_type_column: { type: 'string', default: 'key_type', doc: 'Column of the kind of key: 1 for an array.' },
  value_type_column: {
    type: 'string',
    default: 'value_type',
    doc: 'Column of the kind of value: 1 for a number.',
  },
  key_value_column: { type: 'string', default: 'key_value', doc: 'Column of the value.' },
  expires_column: { type: 'string', default: 'expires', doc: 'Column of the end of life, epoch seconds.' },
  array_size_suffix: {
    type: 'string',
    default: '::size',
    doc: 'Behind the name of an array: the key of its length.',
  },
  fetch_rows: {
    type: 'meaningless',
    default: 100,
    because: 'rows come in the portions that the database driver chooses',
    doc: 'Rows to fetch at once.',
  },
  timer_interval: {
    type: 'int',
    default: 20,
    min: 1,
    doc: 'Time between two sweeps of what has expired, s.',
  },
  db_expires: { type: 'int', default: 0, min: 0, max: 1, doc: 'The end of life is loaded and stored too.' },
  enable_dmq: { type: 'meaningless', default: 0, because: noDmq, doc: 'Replicate over dmq.' },
  dmq_init_sync: { type: 'meaningless', default: 0, because: noDmq, doc: 'Ask other nodes at the start.' },
  timer_procs: {
    type: 'meaningless',
    default: 0,
    because: 'the sweep works in small steps and holds nobody up',
    doc: 'Processes for the sweep.',
  },
  event_callback: { type: 'string', default: '', doc: 'KEMI function instead of the event routes.' },
  event_callback_mode: {
    type: 'int',
    default: 0,
    min: 0,
    max: 1,
    doc: 'When event_route[htable:mod-init] runs: 0 while modules start, 1 when all have started.',
  },
} as const;

export type HtableConfig = Config<typeof params>;
