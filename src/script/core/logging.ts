import { LogLevel } from '../../base/ports.ts';
import { arg } from '../../module/define.ts';
import type { CoreFunctions, CoreState, CoreTools } from './state.ts';

/** `log`, `error`, `exec`: what the language had before xlog and the exec module. */

/** Time after which a program started by `exec` is given up, ms. */
const execTimeoutMs = 30_000;

function writeScriptLog(self: CoreState, level: number, text: string): number {
  self.host.log.record({ level, component: '<script>', text: text.replace(/\n$/, '') });
  return 1;
}

export function loggingFunctions({ signature }: CoreTools): CoreFunctions {
  return {
    log: {
      doc: 'Writes a constant text to the log; without a level at debug level.',
      returns: { 1: 'done' },
      signatures: [
        signature({
          args: [arg.constant('text', 'written as it stands')],
          run: (self, _context, text) => writeScriptLog(self, LogLevel.debug, text),
        }),
        signature({
          kemi: 'log',
          args: [arg.any('level', '-5 to 3'), arg.constant('text', 'written as it stands')],
          run: (self, _context, level, text) => writeScriptLog(self, Number(level), text),
        }),
      ],
    },
    error: {
      doc: 'Logs both texts.',
      returns: { 1: 'done' },
      signatures: [
        signature({
          args: [arg.constant('first', 'a text'), arg.constant('second', 'a text')],
          run: (self, _context, first, second) =>
            writeScriptLog(self, LogLevel.notice, `error("${first}", "${second}")`),
        }),
      ],
    },
    exec: {
      doc: 'Runs a command of the system shell; the route goes on when it has ended.',
      returns: { 1: 'ended with status 0', [-1]: 'failed' },
      signatures: [
        signature({
          args: [arg.string('command', 'command line')],
          waits: true,
          run: async (self, _context, command) => {
            try {
              const { status } = await self.host.processes.run(command, { timeoutMs: execTimeoutMs });
              return status === 0 ? 1 : -1;
            } catch {
              self.host.log.error(`cannot run ${command}`);
              return -1;
            }
          },
        }),
      ],
    },
  };
}
