/** The `olelo` command. Ends the process itself: what is still open must not keep it alive. */
const [command, ...rest] = process.argv.slice(2);
process.exit(await run());

/** A client does not load the server: it starts three times as fast. */
async function run(): Promise<number> {
  if (command === 'send') {
    const [{ sendCommand }, { nodeClientProgram }] = await Promise.all([
      import('../cli/send/command.ts'),
      import('./clientProgram.ts'),
    ]);
    return sendCommand(rest, nodeClientProgram());
  }
  if (command === 'ws') {
    const [{ wsCommand }, { nodeClientProgram }] = await Promise.all([
      import('../cli/ws/command.ts'),
      import('./clientProgram.ts'),
    ]);
    return wsCommand(rest, nodeClientProgram());
  }
  if (command === 'identity') {
    const [{ identityCommand }, { nodeIdentityProgram }] = await Promise.all([
      import('../cli/identity/command.ts'),
      import('./identityProgram.ts'),
    ]);
    return identityCommand(rest, nodeIdentityProgram());
  }
  const [{ runCommand }, { nodeProgram }] = await Promise.all([
    import('../cli/command.ts'),
    import('./program.ts'),
  ]);
  return runCommand(process.argv.slice(2), nodeProgram());
}
