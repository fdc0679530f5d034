import type { Connection } from 'mysql2';

/** A command of mysql2: `execute` without a packet writes its request, with a packet it reads the answer. */
interface Command {
  next: unknown;
  readonly constructor: { readonly name: string };
  execute(packet: unknown, connection: Internals): boolean;
}

/** What mysql2 has inside; its tests and ours (test/databases/drivers.test.ts) fail when that changes. */
interface Internals {
  _command: Command | undefined;
  readonly _commands: { push(command: Command): void };
  sequenceId: number;
  addCommand(command: Command): Command;
}

/** One request packet, one answer: these may be written before earlier answers have come. */
const pipelined: ReadonlySet<string> = new Set(['Query', 'Execute', 'Ping', 'Prepare']);

/**
 * Makes a mysql2 connection write its commands at once instead of waiting for each answer. The protocol allows it: the
 * server reads one packet after the other and answers in order. A distant database then costs one round trip, not one
 * a query. Nothing may be asked that mysql2 must react to (LOCAL INFILE, compression).
 */
export function pipeline(connection: Connection): void {
  const inner = connection as unknown as Internals;
  const addAlone = inner.addCommand;
  /** Queued commands that were not written yet: what comes behind them must wait as well. */
  let waiting = 0;
  const addCommand = (command: Command): Command => {
    if (!inner._command) return addAlone.call(inner, command);
    if (waiting > 0 || !pipelined.has(command.constructor.name)) {
      waiting++;
      whenStarted(command, () => waiting--);
      inner._commands.push(command);
      return command;
    }
    const expected = inner.sequenceId;
    command.execute(undefined, inner);
    const written = inner.sequenceId;
    inner.sequenceId = expected;
    if (command.next === null) return command; // it has failed before writing anything
    skipStart(command, written);
    inner._commands.push(command);
    return command;
  };
  inner.addCommand = addCommand;
}

/** mysql2 starts a command when its turn comes: this one has been started, only the packet count is still to be set. */
function skipStart(command: Command, sequenceId: number): void {
  const { execute } = command;
  command.execute = (_packet, connection) => {
    command.execute = execute;
    connection.sequenceId = sequenceId;
    return false;
  };
}

function whenStarted(command: Command, started: () => void): void {
  const { execute } = command;
  command.execute = (packet, connection) => {
    command.execute = execute;
    started();
    return execute.call(command, packet, connection);
  };
}
