import { LogLevel } from '../../base/ports.ts';
import { arg, defineModule, type FunctionDeclaration, type SignatureMaker } from '../../module/define.ts';
import { checkFacility, checkLevel } from './levels.ts';
import { defaultPrefix, ScriptLog } from './scriptLog.ts';

type Maker = SignatureMaker<ScriptLog>;

const returns = { 1: 'always', [-1]: 'the level is none' };
const format = arg.string('format', 'text with variables');
const level = arg.any(
  'level',
  'L_ALERT, L_BUG, L_CRIT, L_ERR, L_WARN, L_NOTICE, L_INFO, L_DBG, or its number',
  {
    check: checkLevel,
  },
);
const facility = arg.string('facility', 'syslog facility, e.g. LOG_LOCAL3', { check: checkFacility });

/** `xdbg`, `xinfo` ...: the level is in the name. */
function fixedLevel(
  signature: Maker,
  doc: string,
  kemi: string,
  fixed: number,
): FunctionDeclaration<ScriptLog> {
  return {
    doc,
    returns: { 1: 'always' },
    signatures: [
      signature({ kemi, args: [format], run: (self, context, text) => self.write(context, fixed, text) }),
    ],
  };
}

/** `xlog` and `xlogl`: format, level and format, or facility, level and format. */
function anyLevel(signature: Maker, doc: string, located: boolean): FunctionDeclaration<ScriptLog> {
  const place = (self: ScriptLog, text: string): string => (located ? self.located(text) : text);
  return {
    doc,
    returns,
    signatures: [
      signature({
        ...(located ? {} : { kemi: 'xlog' }),
        args: [format],
        run: (self, context, text) => self.write(context, LogLevel.error, place(self, text)),
      }),
      signature({
        args: [level, format],
        run: (self, context, at, text) => self.writeAt(context, at, place(self, text)),
      }),
      signature({
        args: [facility, level, format],
        run: (self, context, to, at, text) => self.writeAt(context, at, place(self, text), to),
      }),
    ],
  };
}

export default defineModule({
  name: 'xlog',
  summary: 'Log lines of the script, with variables.',
  params: {
    buf_size: {
      type: 'int',
      default: 4096,
      min: 1,
      doc: 'Longest line in characters; what is longer is cut.',
    },
    force_color: {
      type: 'meaningless',
      default: 0,
      because: 'escape sequences of $C are never taken out, on any log engine',
      doc: 'Keep colours when the log goes to syslog.',
    },
    long_format: {
      type: 'int',
      default: 0,
      min: 0,
      max: 1,
      doc: '1: xlogl and xdbgl name the config file before the line number.',
    },
    prefix: { type: 'string', default: defaultPrefix, doc: 'Text before each line.' },
    prefix_mode: {
      type: 'int',
      default: 0,
      min: 0,
      max: 1,
      doc: '1: variables in the prefix are evaluated.',
    },
    log_facility: {
      type: 'string',
      default: '',
      check: (name) => (name === '' ? undefined : checkFacility(name)),
      doc: 'Syslog facility of the lines; that of the server when empty.',
    },
    log_colors: {
      type: 'meaningless',
      default: '',
      because: 'lines are not coloured by their level',
      doc: 'Colours of levels on a terminal: L_ERR=cr.',
    },
    methods_filter: {
      type: 'int',
      default: -1,
      runtime: true,
      doc: 'Methods (a mask of $rmid) that xlogm says nothing about; -1 is all.',
    },
  },
  create: (host, config) => new ScriptLog(host, config),
  functions: ({ signature }) => ({
    xlog: anyLevel(signature, 'Writes a line; without a level at L_ERR.', false),
    xlogl: anyLevel(signature, 'Like xlog, behind the line number of the config.', true),
    xlogm: {
      doc: 'Like xlog with a level, but not for the methods in methods_filter.',
      returns,
      signatures: [
        signature({
          kemi: 'xlogm',
          args: [level, format],
          run: (self, context, at, text) => self.writeFiltered(context, at, text),
        }),
      ],
    },
    xdbg: fixedLevel(signature, 'Writes a line at L_DBG.', 'xdbg', LogLevel.debug),
    xinfo: fixedLevel(signature, 'Writes a line at L_INFO.', 'xinfo', LogLevel.info),
    xnotice: fixedLevel(signature, 'Writes a line at L_NOTICE.', 'xnotice', LogLevel.notice),
    xwarn: fixedLevel(signature, 'Writes a line at L_WARN.', 'xwarn', LogLevel.warn),
    xerr: fixedLevel(signature, 'Writes a line at L_ERR.', 'xerr', LogLevel.error),
    xbug: fixedLevel(signature, 'Writes a line at L_BUG.', 'xbug', LogLevel.bug),
    xcrit: fixedLevel(signature, 'Writes a line at L_CRIT.', 'xcrit', LogLevel.crit),
    xalert: fixedLevel(signature, 'Writes a line at L_ALERT.', 'xalert', LogLevel.alert),
    xdbgl: {
      doc: 'Like xdbg, behind the line number of the config.',
      returns: { 1: 'always' },
      signatures: [
        signature({
          args: [format],
          run: (self, context, text) => self.write(context, LogLevel.debug, self.located(text)),
        }),
      ],
    },
  }),
  start: (self) => self.start(),
});
