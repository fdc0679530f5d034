import { runCommand } from '../cli/command.ts';
import { nodeProgram } from './program.ts';

/** The `olelo` command. Ends the process itself: what is still open must not keep it alive. */
const code = await runCommand(process.argv.slice(2), nodeProgram());
process.exit(code);
