import { LogLevel } from '../../base/ports.ts';
import type { Value } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import { arg, type FunctionDeclaration, type SignatureMaker } from '../../module/define.ts';
import type { Debugger } from './debugger.ts';
import { messageReport } from './messageReport.ts';
import { dumpVariables } from './variableDump.ts';

const levels: Readonly<Record<string, number>> = {
  L_ALERT: LogLevel.alert,
  L_BUG: LogLevel.bug,
  L_CRIT2: LogLevel.crit2,
  L_CRIT: LogLevel.crit,
  L_ERR: LogLevel.error,
  L_WARN: LogLevel.warn,
  L_NOTICE: LogLevel.notice,
  L_INFO: LogLevel.info,
  L_DBG: LogLevel.debug,
};

function checkLevel(value: Value): string | undefined {
  return typeof value === 'string' && Object.hasOwn(levels, value)
    ? undefined
    : `a level is one of ${Object.keys(levels).join(', ')}`;
}

const level = arg.string('level', 'L_ALERT to L_DBG', { optional: true, check: checkLevel });

function levelNumber(name: string | undefined): number {
  return levels[name ?? 'L_DBG'] ?? LogLevel.debug;
}

function breakHere(self: Debugger, context: ScriptContext, mode: string): number | Promise<number> {
  if (mode.trim() !== '1' || self.held.isReleased(context)) return 1;
  const site = self.host.currentSite?.();
  const block = context.routeName === '' ? context.routeKind : context.routeName;
  const step = { file: site?.file ?? '', line: site?.line ?? 0, name: 'dbg_breakpoint', number: 25, block };
  return self.hold(context, step)?.then(() => 1) ?? 1;
}

function dump(self: Debugger, context: ScriptContext, mask: number, levelName: string | undefined): number {
  const number = levelNumber(levelName);
  if (!self.host.log.enabled(number)) return 1;
  const read = (name: string): Value => self.host.formats.variable(name).get(context);
  self.host.log.write(number, dumpVariables(context, mask, self.variableNames(), read));
  return 1;
}

function report(
  self: Debugger,
  context: ScriptContext,
  levelName: string | undefined,
  facility: string | undefined,
): number {
  const number = levelNumber(levelName);
  if (!self.host.log.enabled(number)) return 1;
  const text = messageReport(context, self.host.currentSite?.()?.line);
  self.host.log.record({ level: number, component: 'debugger', text, facility });
  return 1;
}

export function functions(
  signature: SignatureMaker<Debugger>,
): Readonly<Record<string, FunctionDeclaration<Debugger>>> {
  return {
    dbg_breakpoint: {
      doc: 'With mode 1, holds this message here until dbg.bp lets it go on; all others go on meanwhile.',
      returns: { 1: 'always' },
      signatures: [
        signature({
          kemi: 'dbg_breakpoint',
          args: [arg.string('mode', '1 to hold, 0 for nothing')],
          waits: true,
          run: breakHere,
        }),
      ],
    },
    dbg_pv_dump: {
      doc: 'Logs variables as JSON: 1 also $null, 2 $avp, 4 $var, 8 $xavp, 16 others that the config uses.',
      returns: { 1: 'always' },
      signatures: [
        signature({
          args: [arg.int('mask', 'sum of what to log; 31', { optional: true }), level],
          run: (self, context, mask, levelName) => dump(self, context, mask ?? 31, levelName),
        }),
      ],
    },
    dbg_sip_msg: {
      doc: 'Logs the message as it would leave now, and what has been changed on it.',
      returns: { 1: 'always' },
      signatures: [
        signature({
          args: [level, arg.string('facility', 'syslog facility', { optional: true })],
          run: report,
        }),
      ],
    },
  };
}
