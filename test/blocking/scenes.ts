/** Slow services, a configuration that needs each of them, and the load on it. */
import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseDriver } from '../../src/base/ports.ts';
import { NodeClock } from '../../src/runtime/clock.ts';
import { NodeEntropy } from '../../src/runtime/entropy.ts';
import { serverDrivers } from '../../src/runtime/sql/drivers.ts';
import { createTables } from '../../src/server/schema/index.ts';
import { ownAddress } from '../support/loopback.ts';
import { Mariadb } from '../support/mariadb.ts';
import { Postgres, postgresPrograms } from '../support/postgres.ts';
import { type Program, startServer } from '../support/server.ts';
import { SlowLink } from '../support/slowLink.ts';
import { findTool } from '../support/tools.ts';
import { calledPort, type LoadOutcome, runLoad, serverPort } from './load.ts';

export const lateMs = 2000;
export const calls = 500;
/** Kamailio needs that many workers by its own defaults. */
const children = 8;

export const sceneNames = [
  'sqlops, MariaDB 2 s late',
  'sqlops, PostgreSQL 2 s late',
  'lookup in a location table on MariaDB (db_mode 3), 2 s late',
  'DNS server that never answers',
  'rtpengine that never answers',
] as const;
export type SceneName = (typeof sceneNames)[number];

/** What is missing for a scene on this machine; undefined when all is there. */
export function missingFor(name: SceneName): string | undefined {
  if (name.includes('MariaDB') && findTool('mariadbd') === undefined)
    return 'mariadbd is not installed (Debian package mariadb-server)';
  if (name.includes('PostgreSQL') && postgresPrograms() === undefined)
    return 'postgres is not installed (Debian package postgresql)';
  if (name.startsWith('DNS') && (process.getuid?.() !== 0 || findTool('unshare') === undefined))
    return 'another resolv.conf for one program needs root and unshare';
  return undefined;
}

interface Service {
  readonly modules: readonly string[];
  readonly settings: string;
  /** What the INVITE route does before it relays. */
  readonly route: string;
  readonly wrapper?: readonly string[];
  readonly host?: (call: number) => string;
  readonly body?: string;
  /** From now on the service is slow. */
  slowDown(): void;
  stop(): Promise<void>;
}

export interface SceneOutcome extends LoadOutcome {
  /** The same load while the service was not slow: what this machine can do at this time. */
  readonly before: LoadOutcome;
}

export async function playScene(name: SceneName, program: Program, limitMs: number): Promise<SceneOutcome> {
  const folder = mkdtempSync(join(tmpdir(), 'olelo-blocking-'));
  const address = ownAddress();
  const service = await serviceFor(name, address, folder);
  const config = join(folder, 'blocking.cfg');
  writeFileSync(config, configText(service, address));
  try {
    const server = await startServer({
      program,
      config,
      memoryMb: { shared: 128, private: 16 },
      readyWhen: [{ kind: 'udp', address, port: serverPort }],
      ...(service.wrapper === undefined ? {} : { wrapper: service.wrapper }),
    });
    try {
      const before = await warmUp(address);
      service.slowDown();
      const { host, body } = service;
      const outcome = await runLoad({
        address,
        calls,
        limitMs,
        run: 'load',
        ...(host === undefined ? {} : { host }),
        ...(body === undefined ? {} : { body }),
      });
      return { ...outcome, before };
    } finally {
      await server.stop();
    }
  } finally {
    await service.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Code gets compiled and connections are made before the service becomes slow. */
function warmUp(address: string): Promise<LoadOutcome> {
  return runLoad({ address, calls: 400, limitMs: 5000, run: 'warm' });
}

function configText(service: Service, address: string): string {
  return `#!KAMAILIO
debug=-1
log_stderror=yes
children=${children}
auto_aliases=no
listen=udp:${address}:${serverPort}
mpath="/usr/lib/x86_64-linux-gnu/kamailio/modules/"
dns_retr_time=1
dns_retr_no=1
dns_servers_no=1
dns_try_ipv6=no
dns_try_naptr=no
use_dns_failover=no
${['tm', 'tmx', 'sl', 'pv', 'textops', 'siputils', ...service.modules].map((m) => `loadmodule "${m}.so"`).join('\n')}
${service.settings}
request_route {
  if (is_method("OPTIONS")) { sl_send_reply("200", "OK"); exit; }
  if (is_method("INFO")) { $du = "sip:${address}:${calledPort}"; forward(); exit; }
  if (is_method("ACK")) { if (t_check_trans()) t_relay(); exit; }
  if (t_precheck_trans()) { t_check_trans(); exit; }
  t_check_trans();
  ${service.route}
  if (!t_relay()) sl_reply_error();
}
`;
}

function serviceFor(name: SceneName, address: string, folder: string): Promise<Service> | Service {
  switch (name) {
    case 'sqlops, MariaDB 2 s late':
      return databaseService(address, startMariadb(), sqlopsPart(address, 'db_mysql'));
    case 'sqlops, PostgreSQL 2 s late':
      return databaseService(address, startPostgres(), sqlopsPart(address, 'db_postgres'));
    case 'lookup in a location table on MariaDB (db_mode 3), 2 s late':
      return databaseService(address, startMariadb(), lookupPart());
    case 'DNS server that never answers':
      return silentDns(address, folder);
    case 'rtpengine that never answers':
      return silentRtpengine(address);
  }
}

// ---- databases

interface Backend {
  readonly port: number;
  readonly url: string;
  urlOf(other: { port: number }): string;
  stop(): Promise<void>;
}

function startMariadb(): Promise<Backend> {
  return Mariadb.start({ server: findTool('mariadbd')!, installer: findTool('mariadb-install-db')! });
}

function startPostgres(): Promise<Backend> {
  return Postgres.start(postgresPrograms()!);
}

type DatabasePart = (url: string) => Pick<Service, 'modules' | 'settings' | 'route'>;

function sqlopsPart(address: string, driver: string): DatabasePart {
  return (url) => ({
    modules: [driver, 'sqlops'],
    settings: `${patience(driver)}\nmodparam("sqlops", "sqlcon", "ca=>${url}")`,
    route:
      `if (sql_query("ca", "select domain from dbaliases where alias_username='$rU'", "ra") != 1) ` +
      `{ sl_send_reply("404", "Not Found"); exit; }\n  $ru = "sip:" + $rU + "@${address}:" + $dbr(ra=>[0,0]);`,
  });
}

/** Late is not away: nobody shall give up. */
function patience(driver: string): string {
  return driver === 'db_mysql' ? 'modparam("db_mysql", "timeout_interval", 20)' : '';
}

function lookupPart(): DatabasePart {
  return (url) => ({
    modules: ['db_mysql', 'usrloc', 'registrar'],
    settings: `${patience('db_mysql')}\nmodparam("usrloc", "db_mode", 3)\nmodparam("usrloc", "db_url", "${url}")`,
    route: 'if (!lookup("location")) { sl_send_reply("404", "Not Found"); exit; }',
  });
}

async function databaseService(
  address: string,
  starting: Promise<Backend>,
  part: DatabasePart,
): Promise<Service> {
  const backend = await starting;
  const link = await SlowLink.open({ port: backend.port });
  await fill(backend.url, address);
  return {
    ...part(backend.urlOf({ port: link.port })),
    slowDown: () => {
      link.delayMs = lateMs;
    },
    stop: async () => {
      await link.close();
      await backend.stop();
    },
  };
}

/** Every user is an alias, and registered at the called side. */
async function fill(url: string, address: string): Promise<void> {
  const drivers: readonly DatabaseDriver[] = serverDrivers({
    clock: new NodeClock(),
    entropy: new NodeEntropy(),
  });
  const driver = drivers.find(({ schemes }) => schemes.includes(url.slice(0, url.indexOf(':'))))!;
  const database = await driver.open(url, { maxPending: 10_000, busyTimeoutMs: 1000 });
  await createTables(database, ['standard']);
  const expires = Math.floor(Date.now() / 1000) + 3600;
  await database.batch(
    Array.from({ length: calls }, (_, i) => {
      const row = {
        alias_username: `user${i}`,
        alias_domain: 'x',
        username: `user${i}`,
        domain: String(calledPort),
      };
      return { kind: 'insert', table: 'dbaliases', row } as const;
    }),
  );
  await database.batch(
    Array.from({ length: calls }, (_, i) => {
      const contact = `sip:user${i}@${address}:${calledPort}`;
      const row = {
        ruid: `r${i}`,
        username: `user${i}`,
        contact,
        expires,
        callid: `c${i}`,
        user_agent: 'test',
      };
      return { kind: 'insert', table: 'location', row } as const;
    }),
  );
  await database.close();
}

// ---- services over UDP

async function silentSocket(address: string, port: number): Promise<() => Promise<void>> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(port, address, resolve);
  });
  return () => new Promise((resolve) => socket.close(() => resolve()));
}

/** The program sees a resolv.conf of its own, whose server hears everything and says nothing. */
async function silentDns(address: string, folder: string): Promise<Service> {
  const close = await silentSocket(address, 53);
  const file = join(folder, 'resolv.conf');
  writeFileSync(file, `nameserver ${address}\noptions timeout:1 attempts:1\n`);
  const script = `mount --bind ${file} /etc/resolv.conf && exec "$@"`;
  return {
    modules: [],
    settings: '',
    route: `if ($rd == "${address}") $ru = "sip:" + $rU + "@${address}:${calledPort}";`,
    wrapper: ['unshare', '-m', 'sh', '-c', script, 'sh'],
    host: (call) => `host${call}.example.net:5070`,
    slowDown: () => {},
    stop: close,
  };
}

const sdp = [
  'v=0',
  'o=- 1 1 IN IP4 127.0.0.1',
  's=-',
  'c=IN IP4 127.0.0.1',
  't=0 0',
  'm=audio 4000 RTP/AVP 0',
  '',
];

async function silentRtpengine(address: string): Promise<Service> {
  const close = await silentSocket(address, 2223);
  return {
    modules: ['rtpengine'],
    settings: [
      `modparam("rtpengine", "rtpengine_sock", "udp:${address}:2223")`,
      'modparam("rtpengine", "rtpengine_tout_ms", 500)',
      'modparam("rtpengine", "rtpengine_retr", 1)',
    ].join('\n'),
    route: `rtpengine_offer();\n  $ru = "sip:" + $rU + "@${address}:${calledPort}";`,
    body: sdp.join('\r\n'),
    slowDown: () => {},
    stop: close,
  };
}
