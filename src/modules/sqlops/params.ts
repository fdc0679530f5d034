import type { ParamDeclarations } from '../../module/define.ts';

export const params = {
  sqlcon: { type: 'list', default: [], doc: 'A connection: `name=>database URL`.' },
  sqlres: { type: 'list', default: [], doc: 'The name of a result; those in the config need none.' },
  tr_buf_size: {
    type: 'int',
    default: 2048,
    min: 16,
    doc: 'Room for the result of {sql.val}: a longer one gives $null.',
  },
  log_buf_size: { type: 'int', default: 128, min: 8, doc: 'Characters of a failing query in the log.' },
  connect_mode: {
    type: 'int',
    default: 0,
    min: 0,
    max: 1,
    doc: '0: the start fails when a database cannot be reached. 1: it is tried again when it is asked.',
  },
  results_maxsize: { type: 'int', default: 32, min: 1, doc: 'Names of results at most.' },
} as const satisfies ParamDeclarations;
