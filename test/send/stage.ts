/** A server with all the transports it has, for `olelo send`. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { pemFolder, TestAuthority } from '../support/certificates.ts';
import { type ProgramResult, runProgram } from '../support/program.ts';
import { type Program, programPath, type RunningServer, repository, startServer } from '../support/server.ts';

export type Proto = 'udp' | 'tcp' | 'tls' | 'ws' | 'wss';
export type Family = 4 | 6;

export interface Stage {
  readonly program: Program;
  /** How the server is reached. */
  target(proto: Proto, family?: Family): string;
  /** Options that make the server's certificate trusted. */
  readonly trust: readonly string[];
  readonly folder: string;
  stop(): Promise<void>;
}

export interface StageOptions {
  readonly program: Program;
  readonly tls?: boolean;
  readonly webSocket?: boolean;
  readonly presence?: boolean;
  readonly sha256?: boolean;
}

const hosts = { 4: '127.0.0.1', 6: '[::1]' } as const;

export async function startStage(options: StageOptions): Promise<Stage> {
  const { program, tls = false, webSocket = false, presence = false } = options;
  const authority = await TestAuthority.create();
  const names = { name: 'server.example', dns: ['localhost', 'server.example'], ips: ['127.0.0.1', '::1'] };
  const { certificate, key } = await authority.issue(names);
  const files = pemFolder({ 'ca.pem': authority.certificate, 'cert.pem': certificate, 'key.pem': key });
  const port = await freeTcpPort();
  const tlsPort = await freeTcpPort();
  const database = `sqlite:///${join(files.path, 'presence.sqlite')}`;
  if (presence) await makeTables(database);
  const defines = [
    ...(tls
      ? ['WITH_TLS', `CERTIFICATE="${join(files.path, 'cert.pem')}"`, `KEY="${join(files.path, 'key.pem')}"`]
      : []),
    ...(webSocket ? ['WITH_WEBSOCKET'] : []),
    ...(presence ? ['WITH_PRESENCE', `DATABASE="${database}"`] : []),
    ...(options.sha256 === true ? ['WITH_SHA256'] : []),
  ];
  const listen = Object.values(hosts).flatMap((host) => [
    `udp:${host}:${port}`,
    `tcp:${host}:${port}`,
    ...(tls ? [`tls:${host}:${tlsPort}`] : []),
  ]);
  const server = await startServer({
    program,
    config: join(repository, 'test', 'send', 'server.cfg'),
    args: [...defines.flatMap((define) => ['-A', define]), ...listen.flatMap((each) => ['-l', each])],
    readyWhen: [
      { kind: 'udp', address: '127.0.0.1', port },
      { kind: 'tcp', address: '127.0.0.1', port: tls ? tlsPort : port },
    ],
  });
  return {
    program,
    folder: files.path,
    trust: ['-tls-ca', join(files.path, 'ca.pem')],
    target: (proto, family = 4) => targetOf(proto, hosts[family], port, tlsPort),
    stop: () => end(server, files.remove),
  };
}

function targetOf(proto: Proto, host: string, port: number, tlsPort: number): string {
  if (proto === 'ws') return `ws://${host}:${port}/sip`;
  if (proto === 'wss') return `wss://${host}:${tlsPort}/sip`;
  return `${proto}:${host}:${proto === 'tls' ? tlsPort : port}`;
}

async function end(server: RunningServer, remove: () => void): Promise<void> {
  await server.stop();
  remove();
}

async function makeTables(database: string): Promise<void> {
  const made = await runProgram(join(repository, 'bin', 'olelo'), ['db', 'create', database]);
  if (made.code !== 0) throw new Error(made.stdout + made.stderr);
}

function freeTcpPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** Runs `olelo send` to its end. */
export function send(
  args: readonly string[],
  options: { readonly env?: Record<string, string> } = {},
): Promise<ProgramResult> {
  return runProgram(join(repository, 'bin', 'olelo'), ['send', ...args], { timeoutMs: 60_000, ...options });
}

/** Does this machine have an IPv6 loopback? */
export function hasIpv6(): boolean {
  return existsSync('/proc/net/if_inet6');
}

/** The programs that are here. */
export function programs(): Program[] {
  return (['olelo', 'kamailio'] as const).filter((program) => programPath(program) !== undefined);
}

/** Modules of the real server that are Debian packages of their own. */
export function kamailioHas(module: string): boolean {
  const found = spawnSync('sh', ['-c', `ls /usr/lib/*/kamailio/modules/${module}.so`], { stdio: 'ignore' });
  return found.status === 0;
}
