import { type BrokenTime, breakDown, strftime } from '../../base/strftime.ts';
import type { Value } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { PvBinding, PvReference } from '../../module/define.ts';
import { keyed } from './message.ts';
import type { PvState } from './state.ts';
import { type Pvs, readOnly } from './values.ts';

/** Times: cached ones ($Ts, $Tf, $time) are those of the message, the others those of the call. */

/** `ctime` without its line end. */
const ctime = (epochSec: number): string => strftime('%c', breakDown(epochSec, false));

const seconds = (wallMs: number): number => Math.floor(wallMs / 1000);

function microsText(wallMs: number): string {
  const micros = Math.floor((wallMs - seconds(wallMs) * 1000) * 1000);
  return String(micros).padStart(6, '0');
}

const micros = (wallMs: number): number => Math.floor((wallMs % 1000) * 1000);

const parts: Readonly<Record<string, (time: BrokenTime) => number>> = {
  sec: (time) => time.second,
  min: (time) => time.minute,
  hour: (time) => time.hour,
  mday: (time) => time.day,
  mon: (time) => time.month,
  year: (time) => time.year,
  wday: (time) => time.weekday + 1,
  yday: (time) => time.yearday,
  isdst: (time) => (time.isDst ? 1 : 0),
};

function timeKeys(utc: boolean): Readonly<Record<string, (self: PvState, context: ScriptContext) => Value>> {
  return Object.fromEntries(
    Object.entries(parts).map(([name, part]) => [
      name,
      (self: PvState) => part(breakDown(seconds(self.host.clock.wallMs()), utc)),
    ]),
  );
}

function bindFormat(utc: boolean) {
  return (self: PvState, pv: PvReference): PvBinding => ({
    get: (context) => strftime(pv.innerOf(context), breakDown(seconds(self.host.clock.wallMs()), utc)),
    type: 'string',
  });
}

export const timePvs: Pvs = {
  Tb: readOnly('start of the server, seconds since 1970', (self) => self.host.startedSec),
  Ts: readOnly('time of the message, seconds since 1970', (_self, context) =>
    seconds(context.receivedWallMs),
  ),
  TS: readOnly('time now, seconds since 1970', (self) => seconds(self.host.clock.wallMs())),
  Tf: readOnly('time of the message as text', (_self, context) => ctime(seconds(context.receivedWallMs))),
  TF: readOnly('time now as text', (self) => ctime(seconds(self.host.clock.wallMs()))),
  TV: keyed('TV', 'time with microseconds: of the message (s, u, and Sm as text), of now (sn, un, Sn)', {
    s: (_self, context) => seconds(context.receivedWallMs),
    u: (_self, context) => micros(context.receivedWallMs),
    Sm: (_self, context) => `${seconds(context.receivedWallMs)}.${microsText(context.receivedWallMs)}`,
    sn: (self) => seconds(self.host.clock.wallMs()),
    un: (self) => micros(self.host.clock.wallMs()),
    Sn: (self) => `${seconds(self.host.clock.wallMs())}.${microsText(self.host.clock.wallMs())}`,
  }),
  time: keyed(
    'time',
    'part of the local time: sec, min, hour, mday, mon, year, wday, yday, isdst',
    timeKeys(false),
  ),
  utime: keyed('utime', 'part of the time in UTC', timeKeys(true)),
  timef: { doc: 'local time in the format of strftime', inner: 'required', bind: bindFormat(false) },
  utimef: { doc: 'UTC in the format of strftime', inner: 'required', bind: bindFormat(true) },
};
