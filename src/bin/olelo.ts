import { runCommand } from '../cli/command.ts';
import { nodeProgram } from './program.ts';

/** The `olelo` command. */
process.exitCode = await runCommand(process.argv.slice(2), nodeProgram());
