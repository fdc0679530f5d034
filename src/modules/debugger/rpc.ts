import type { RpcDeclaration } from '../../module/define.ts';
import { type RpcArgument, RpcFault, type RpcReply, RpcStruct } from '../../module/rpc.ts';
import type { Debugger } from './debugger.ts';
import type { HeldMessage } from './heldMessages.ts';

const ok = ['200 ok'];

/** What is on, as `dbg.ls` shows it. */
const Switch = { trace: 1, breakpoints: 2 } as const;

const pidParameter = { name: 'pid', type: 'int', optional: true } as const;

function isProcess(self: Debugger, pid: RpcArgument | undefined): boolean {
  return Number(pid) === self.host.machine.pid;
}

/** The process first, then each message that stands at a breakpoint, as if it were a worker of its own. */
function list(self: Debugger, [pid]: readonly RpcArgument[]): RpcReply {
  const set = (self.isTracing ? Switch.trace : 0) | (self.isBreaking ? Switch.breakpoints : 0);
  const record = (entry: number, id: number, state: number): RpcStruct =>
    new RpcStruct({ entry, pid: id, set, state, 'in.pid': 0, 'in.cmd': 0 });
  const records = [
    record(0, self.host.machine.pid, 0),
    ...self.held
      .all()
      .map((held, i) =>
        record(i + 1, held.id, held.resume === undefined ? 0 : 1).add('callid', held.context.message.callId),
      ),
  ];
  if (pid === undefined) return records;
  const wanted = records.filter(({ members }) => members[1]?.value === Number(pid));
  return wanted.length > 0 ? wanted : new RpcFault(500, 'No such pid');
}

function trace(self: Debugger, [command, pid]: readonly RpcArgument[]): RpcReply {
  if (command === undefined) return new RpcFault(500, 'Config trace command missing');
  if (command !== 'on' && command !== 'off') return new RpcFault(500, 'Unknown trace command');
  if (pid !== undefined && !isProcess(self, pid)) return new RpcFault(500, 'No such pid');
  self.isTracing = command === 'on';
  self.applyModes();
  return ok;
}

type HeldCommand = (self: Debugger, held: HeldMessage, argument: string) => RpcReply;

const place = ({ step }: HeldMessage): string =>
  `[${step.file}:${step.line}] a=${step.number} n=${step.name}`;

function evaluate(self: Debugger, held: HeldMessage, name: string, tell: (text: string) => void): RpcReply {
  if (!name.startsWith('$')) return new RpcFault(500, 'invalid pv param');
  const result = self.evaluate(held, name);
  if ('error' in result) return new RpcFault(500, result.error);
  const { value } = result;
  tell(
    `${name} : ${value === null ? 't=null' : `t=${typeof value === 'string' ? 'str' : 'int'} v=${value}`}`,
  );
  return ok;
}

/** Commands to one held message. */
const heldCommands: Readonly<Record<string, HeldCommand>> = {
  show: (_self, held) => [`at bkp ${place(held)}`],
  next: (self, held) => {
    const reply = [`exec ${place(held)}`];
    self.held.next(held);
    return reply;
  },
  move: (self, held) => {
    self.held.move(held);
    self.applyModes();
    return ok;
  },
  eval: (self, held, name) => {
    let shown = '';
    const reply = evaluate(self, held, name, (text) => {
      shown = text;
    });
    return reply instanceof RpcFault ? reply : [shown];
  },
  log: (self, held, name) => evaluate(self, held, name, (text) => self.host.log.error(text)),
};

function breakpoints(self: Debugger, on: boolean): RpcReply {
  self.isBreaking = on;
  self.applyModes();
  return ok;
}

/** `keep` and `release` leave those that wait where they are; nobody else is held any more. */
function command(self: Debugger, args: readonly RpcArgument[]): RpcReply {
  const [name, pid, argument] = args;
  const wanted = String(name ?? '');
  const run = Object.hasOwn(heldCommands, wanted) ? heldCommands[wanted] : undefined;
  if (run === undefined) return switchCommand(self, wanted, pid);
  if (pid === undefined) return new RpcFault(500, 'Missing pid parameter');
  // by the id of the process, the message that has waited longest
  const held = isProcess(self, pid) ? self.held.all()[0] : self.held.find(Number(pid));
  return held === undefined ? new RpcFault(500, 'No such pid') : run(self, held, String(argument ?? ''));
}

function switchCommand(self: Debugger, name: string, pid: RpcArgument | undefined): RpcReply {
  switch (name) {
    case 'on':
      return breakpoints(self, true);
    case 'off':
    case 'release':
      return breakpoints(self, false);
    case 'keep':
      return pid === undefined ? new RpcFault(500, 'Missing pid parameter') : breakpoints(self, false);
    case '':
      return new RpcFault(500, 'Config breakpoint command missing');
    default:
      return new RpcFault(500, 'Unknown inner command');
  }
}

const moduleParameter = { name: 'module', type: 'string' } as const;
const noTable = new RpcFault(500, 'mod_hash_size is 0: set it to use levels and facilities by module');

const setLevel: RpcDeclaration<Debugger> = {
  doc: 'Sets the log level of a module; `core` is the core.',
  args: [moduleParameter, { name: 'level', type: 'int' }],
  run: (self, [module, level]) => (self.setLevel(String(module), Number(level)) ? ok : noTable),
};

const listing: RpcDeclaration<Debugger> = {
  doc: 'The process, and each message that stands at a breakpoint.',
  args: [pidParameter],
  returnsArray: true,
  run: list,
};

export const rpc: Readonly<Record<string, RpcDeclaration<Debugger>>> = {
  'dbg.ls': listing,
  'dbg.list': listing,
  'dbg.trace': {
    doc: 'Turns the trace on or off.',
    args: [{ name: 'command', type: 'string', optional: true }, pidParameter],
    run: trace,
  },
  'dbg.bp': {
    doc: 'on, off, release, keep id; for a held message: show, next, move, eval, log, with its id from dbg.ls.',
    args: [
      { name: 'command', type: 'string', optional: true },
      pidParameter,
      { name: 'argument', type: 'string', optional: true },
    ],
    run: command,
  },
  'dbg.mod_level': setLevel,
  'dbg.set_mod_level': setLevel,
  'dbg.get_mod_level': {
    doc: 'The log level in force for a module.',
    args: [moduleParameter],
    run: (self, [module]) => [self.levelOf(String(module))],
  },
  'dbg.set_mod_facility': {
    doc: 'Sets the syslog facility of a module.',
    args: [moduleParameter, { name: 'facility', type: 'string' }],
    run: (self, [module, facility]) => {
      if (!String(facility).startsWith('LOG_')) return new RpcFault(500, 'Wrong facility');
      return self.setFacility(String(module), String(facility)) ? ok : noTable;
    },
  },
  'dbg.get_mod_facility': {
    doc: 'The syslog facility of a module.',
    args: [moduleParameter],
    run: (self, [module]) => [self.facilityOf(String(module))],
  },
  'dbg.reset_msgid': {
    doc: 'The next message has the number 1 ($mi). Needs the parameter reset_msgid.',
    run: (self) => {
      if (self.config.reset_msgid === 0) return new RpcFault(500, 'reset_msgid is 0. Set it to 1 to enable.');
      self.resetMessageIds();
      return ok;
    },
  },
};
