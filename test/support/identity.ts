import type { TestContext } from 'node:test';
import { killGroup, type ProgramResult, runProgram, startProgram } from './program.ts';
import { programPath } from './server.ts';

/** Runs `olelo` in a folder. */
export function olelo(folder: string, ...args: string[]): Promise<ProgramResult> {
  return runProgram(programPath('olelo') ?? 'olelo', args, { cwd: folder });
}

export interface IdentityServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** `olelo identity serve` on a free port of loopback, until the test ends. */
export async function identityServer(
  t: TestContext,
  folder: string,
  args: readonly string[],
  option = '-http-srv',
): Promise<IdentityServer> {
  const command = ['identity', 'serve', option, '127.0.0.1:0', ...args];
  const running = startProgram(programPath('olelo') ?? 'olelo', command, { cwd: folder, timeoutMs: 300_000 });
  const stop = async (): Promise<void> => {
    running.child.kill('SIGTERM');
    await running.ended;
  };
  t.after(() => killGroup(running.child.pid));
  const url = await new Promise<string>((resolve, reject) => {
    running.child.stdout?.on('data', () => {
      const match = /serving (https?:\/\/[^/]+)\//.exec(running.output());
      if (match !== null) resolve(match[1] as string);
    });
    void running.ended.then(({ stderr }) => reject(new Error(stderr)));
  });
  return { url, stop };
}
