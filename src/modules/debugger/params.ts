import type { Config } from '../../module/define.ts';

const flag = { type: 'int', default: 0, min: 0, max: 1 } as const;
const oneLoop = 'a held message waits for its command without looking again and again';

export const params = {
  cfgtrace: { ...flag, doc: 'Log each step of the script from the start.' },
  cfgtrace_format: { ...flag, doc: '1: without the path of the file.' },
  breakpoint: { ...flag, doc: 'Hold each message at its first step from the start.' },
  log_level: { type: 'int', default: -1, min: -5, max: 4, doc: 'Level of the lines of the trace.' },
  log_level_name: { type: 'string', default: '', doc: 'Written instead of the name of that level.' },
  log_facility: { type: 'string', default: '', doc: 'Syslog facility of the trace.' },
  log_prefix: { type: 'string', default: '*** cfgtrace:', doc: 'Beginning of the lines of the trace.' },
  step_usleep: {
    type: 'meaningless',
    default: 100_000,
    because: oneLoop,
    doc: 'Pause between two looks, µs.',
  },
  step_loops: { type: 'meaningless', default: 200, because: oneLoop, doc: 'Looks before a command fails.' },
  mod_hash_size: {
    type: 'int',
    default: 0,
    min: 0,
    doc: 'Must be above 0 for levels and facilities by module; the size itself means nothing here.',
  },
  mod_level_mode: { ...flag, runtime: true, doc: 'Levels by module are in force.' },
  mod_level: { type: 'list', default: [], doc: 'Log level of a module: `tm=3`; `core` for the core.' },
  mod_facility_mode: { ...flag, runtime: true, doc: 'Facilities by module are in force.' },
  mod_facility: { type: 'list', default: [], doc: 'Syslog facility of a module: `tm=LOG_LOCAL1`.' },
  log_assign: { ...flag, doc: 'Log each assignment, at debug level.' },
  cfgpkgcheck: {
    type: 'meaningless',
    default: 0,
    because: 'there is no private memory pool',
    doc: 'Check it.',
  },
  reset_msgid: { ...flag, doc: 'Allows dbg.reset_msgid.' },
  cfgtest: {
    type: 'meaningless',
    default: 0,
    because: 'there is no module cfgt yet',
    doc: 'Write test reports with module cfgt.',
  },
} as const;

export type DebuggerConfig = Config<typeof params>;
