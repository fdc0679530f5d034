import { parseArgs } from 'node:util';

/** A module parameter given on the command line. */
export interface CommandLineParam {
  readonly module: string;
  readonly name: string;
  readonly value: number | string;
}

/** The command line of `olelo`, which is that of `kamailio` (see `help.ts`). */
export interface ServerOptions {
  /** undefined: the built-in default configuration. */
  readonly configFile: string | undefined;
  readonly action: 'run' | 'check' | 'print' | 'help' | 'version' | 'compileFlags';
  readonly defines: readonly string[];
  readonly substitutions: readonly {
    readonly kind: 'subst' | 'substdef' | 'substdefs';
    readonly text: string;
  }[];
  readonly listen: readonly string[];
  readonly aliases: readonly string[];
  readonly autoAliases: boolean | undefined;
  readonly loadModules: readonly string[];
  readonly modParams: readonly CommandLineParam[];
  /** Level from `-d` (each one more) or `--debug`; undefined leaves it to the config. */
  readonly debug: number | undefined;
  readonly foreground: boolean;
  readonly logToStderr: boolean;
  readonly colorLog: boolean;
  readonly logEngine: string | undefined;
  readonly pidFile: string | undefined;
  readonly pgidFile: string | undefined;
  readonly user: string | undefined;
  readonly group: string | undefined;
  readonly chroot: string | undefined;
  readonly workDir: string | undefined;
  readonly runtimeDir: string | undefined;
  readonly tcpDisabled: boolean;
  readonly checkVia: boolean;
  readonly receiveBufferBytes: number | undefined;
  readonly serverId: number | undefined;
  /** Flags that were given but mean nothing here: said at debug level. */
  readonly meaningless: readonly string[];
}

export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const flag = { type: 'boolean', multiple: true } as const;
const text = { type: 'string' } as const;
const texts = { type: 'string', multiple: true } as const;

/** Letters and long names as `kamailio -h` lists them. */
const spec = {
  auto: { ...text, short: 'a' },
  alias: texts,
  atexit: text,
  define: { ...texts, short: 'A' },
  rcvbuf: { ...text, short: 'b' },
  check: { ...flag, short: 'c' },
  'cfg-print': flag,
  d: { ...flag, short: 'd' },
  debug: text,
  foreground: { ...flag, short: 'D' },
  color: { ...flag, short: 'e' },
  stderr: { ...flag, short: 'E' },
  file: { ...text, short: 'f' },
  group: { ...text, short: 'g' },
  pgid: { ...text, short: 'G' },
  help: { ...flag, short: 'h' },
  internal: { ...flag, short: 'I' },
  via: { ...flag, short: 'K' },
  listen: { ...texts, short: 'l' },
  loadmodule: texts,
  'log-engine': text,
  modpath: { ...text, short: 'L' },
  shm: { ...text, short: 'm' },
  modparam: texts,
  pkg: { ...text, short: 'M' },
  children: { ...text, short: 'n' },
  tcpchildren: { ...text, short: 'N' },
  optimize: { ...text, short: 'O' },
  pidfile: { ...text, short: 'P' },
  sctpchildren: { ...text, short: 'Q' },
  dns: { ...flag, short: 'r' },
  rdns: { ...flag, short: 'R' },
  'server-id': text,
  subst: texts,
  substdef: texts,
  substdefs: texts,
  nosctp: { ...flag, short: 'S' },
  chroot: { ...text, short: 't' },
  notcp: { ...flag, short: 'T' },
  user: { ...text, short: 'u' },
  version: { ...flag, short: 'v' },
  v2: { ...flag, short: 'V' },
  workdir: { ...text, short: 'w' },
  poll: { ...text, short: 'W' },
  shmmgr: { ...text, short: 'x' },
  pkgmgr: { ...text, short: 'X' },
  rundir: { ...text, short: 'Y' },
} as const;

/** Why a flag of a server of forked C workers means nothing here. */
const meaninglessFlags: readonly (readonly [keyof typeof spec, string])[] = [
  ['shm', '-m (shared memory size): memory is not pooled'],
  ['pkg', '-M (private memory size): memory is not pooled'],
  ['children', '-n (child processes): one process handles all sockets'],
  ['tcpchildren', '-N (TCP child processes): one process handles all sockets'],
  ['sctpchildren', '-Q (SCTP child processes): one process handles all sockets'],
  ['optimize', '-O (script optimisation level): V8 compiles the routes'],
  ['poll', '-W (poll method): the event loop chooses'],
  ['shmmgr', '-x (shared memory manager): memory is not pooled'],
  ['pkgmgr', '-X (private memory manager): memory is not pooled'],
  ['atexit', '--atexit: there are no C libraries to unload'],
  ['modpath', '-L (module path): modules are built in'],
  ['dns', '-r (DNS to decide on received=): the Via host is compared as it stands'],
  ['rdns', '-R (reverse DNS to decide on received=): the Via host is compared as it stands'],
  ['nosctp', '-S (no SCTP): SCTP is not there yet'],
];

/** Throws `UsageError` with one line for the user. */
export function parseServerOptions(argv: readonly string[]): ServerOptions {
  const values = parse(argv);
  return {
    configFile: values.file,
    action: actionOf(values),
    defines: values.define ?? [],
    substitutions: (['subst', 'substdef', 'substdefs'] as const).flatMap((kind) =>
      (values[kind] ?? []).map((each) => ({ kind, text: each })),
    ),
    listen: values.listen ?? [],
    aliases: values.alias ?? [],
    autoAliases: values.auto === undefined ? undefined : yesNo('-a', values.auto),
    loadModules: values.loadmodule ?? [],
    modParams: (values.modparam ?? []).map(modParam),
    debug: debugLevel(values.debug, values.d?.length),
    foreground: values.foreground !== undefined && values.foreground.length < 3,
    logToStderr: values.stderr !== undefined,
    colorLog: values.color !== undefined,
    logEngine: values['log-engine'],
    pidFile: values.pidfile,
    pgidFile: values.pgid,
    user: values.user,
    group: values.group,
    chroot: values.chroot,
    workDir: values.workdir,
    runtimeDir: values.rundir,
    tcpDisabled: values.notcp !== undefined,
    checkVia: values.via !== undefined,
    receiveBufferBytes: optionalNumber('-b', values.rcvbuf),
    serverId: optionalNumber('--server-id', values['server-id']),
    meaningless: meaninglessFlags.filter(([name]) => values[name] !== undefined).map(([, reason]) => reason),
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: spec, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}. Use -h for help.`);
  }
}

type Values = ReturnType<typeof parse>;

function actionOf(values: Values): ServerOptions['action'] {
  if (values.help !== undefined) return 'help';
  if (values.version !== undefined || values.v2 !== undefined) return 'version';
  if (values.internal !== undefined) return 'compileFlags';
  if (values['cfg-print'] !== undefined) return 'print';
  return values.check === undefined ? 'run' : 'check';
}

function debugLevel(level: string | undefined, count: number | undefined): number | undefined {
  return level === undefined ? count : optionalNumber('--debug', level);
}

function optionalNumber(option: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (!/^-?\d+$/.test(value)) throw new UsageError(`${option} takes a number, got "${value}"`);
  return Number(value);
}

function yesNo(option: string, value: string): boolean {
  if (/^(yes|on|1)$/i.test(value)) return true;
  if (/^(no|off|0)$/i.test(value)) return false;
  throw new UsageError(`${option} takes yes or no, got "${value}"`);
}

/** `module:name:type:value`, type `s` or `i`. */
function modParam(given: string): CommandLineParam {
  const match = /^([^:]+):([^:]+):([si]):(.*)$/s.exec(given);
  if (match === null) {
    throw new UsageError(`--modparam takes module:name:type:value with type s or i, got "${given}"`);
  }
  const [, module, name, type, value] = match as unknown as [string, string, string, string, string];
  if (type === 's') return { module, name, value };
  return { module, name, value: optionalNumber(`--modparam=${module}:${name}:i`, value) ?? 0 };
}
