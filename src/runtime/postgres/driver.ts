import { existsSync, readFileSync } from 'node:fs';
import type { ClientConfig } from 'pg';
import type { DatabaseDriver, DatabaseOptions, DbResult } from '../../base/ports.ts';
import type { TableColumns } from '../sql/catalog.ts';
import { type Engine, type EngineParts, ServerDatabase } from '../sql/serverDatabase.ts';
import { selectSql } from '../sql/statements.ts';
import { type DatabaseUrl, parseDatabaseUrl } from '../sql/url.ts';
import { postgresDialect, postgresWrite } from './dialect.ts';
import { PostgresLink } from './link.ts';
import { postgresBind } from './values.ts';

const defaultPort = 5432;
/** Where a server on this machine has its socket, as libpq believes it. */
const socketFolders = ['/var/run/postgresql', '/run/postgresql', '/tmp'];
const defaultConnectTimeoutMs = 10_000;
/** libpq would wait for ever. */
const defaultSilenceMs = 30_000;

/** PostgreSQL: `postgres://user:password@host:port/database`. */
export function postgresDriver(parts: EngineParts): DatabaseDriver {
  return {
    schemes: ['postgres', 'postgresql', 'db_postgres'],
    open: (url, options) => {
      const place = parseDatabaseUrl(url);
      const given = { silenceTimeoutMs: defaultSilenceMs, ...options };
      return ServerDatabase.open(engineFor(place, options), given, parts);
    },
  };
}

function engineFor(place: DatabaseUrl, options: DatabaseOptions): Engine {
  return {
    dialect: 'postgres',
    connect: (_role, onLost) => PostgresLink.open(clientConfig(place, options), onLost),
    columnsQuery: (table) => ({
      text:
        'SELECT attname, format_type(atttypid, NULL) FROM pg_attribute ' +
        'WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped',
      values: [`"${table}"`],
      isPrepared: false,
    }),
    columnsOf,
    select: (query) => selectSql(postgresDialect, query),
    write: (statement, columns) => postgresWrite(statement, columns),
    bind: postgresBind,
  };
}

function columnsOf(result: DbResult): TableColumns {
  return new Map(
    result.rows.map(([name, type]) => {
      const sqlType = String(type);
      return [
        String(name),
        { isTime: /^(timestamp|date)/.test(sqlType), isBytes: sqlType === 'bytea', sqlType },
      ];
    }),
  );
}

/** libpq's parameters by our names; those of the module's `con_param` win over the URL. */
function clientConfig(place: DatabaseUrl, options: DatabaseOptions): ClientConfig {
  const { parameters = {}, keepAliveIdleMs = 0 } = options.postgres ?? {};
  const host =
    parameters.host ?? parameters.hostaddr ?? (place.host || (place.socket ? folderOf(place.socket) : ''));
  const timeoutSec = Number(parameters.connect_timeout ?? 0);
  return {
    user: parameters.user ?? (place.user || undefined),
    password: parameters.password ?? place.password,
    database: parameters.dbname ?? place.database,
    host: host || socketFolders.find(existsSync) || 'localhost',
    port: Number(parameters.port ?? (place.port || defaultPort)),
    application_name: parameters.application_name ?? 'olelo',
    options: parameters.options,
    connectionTimeoutMillis:
      timeoutSec > 0 ? timeoutSec * 1000 : (options.connectTimeoutMs ?? defaultConnectTimeoutMs),
    keepAlive: parameters.keepalives !== '0',
    keepAliveInitialDelayMillis: Number(parameters.keepalives_idle ?? 0) * 1000 || keepAliveIdleMs,
    ssl: tlsOptions(parameters),
  };
}

/** `unix(/run/x/.s.PGSQL.5432)` names the socket, `unix(/run/x)` its folder. */
function folderOf(socket: string): string {
  return socket.replace(/\/\.s\.PGSQL\.\d+$/, '');
}

/** `sslmode`; `prefer` and `allow` mean plain here: what a server would not check protects nobody. */
function tlsOptions(parameters: Readonly<Record<string, string>>): ClientConfig['ssl'] {
  const mode = parameters.sslmode ?? 'prefer';
  if (!['require', 'verify-ca', 'verify-full'].includes(mode)) return false;
  const isChecked = mode !== 'require';
  const file = (path: string | undefined) => (path === undefined ? undefined : readFileSync(path, 'latin1'));
  return {
    rejectUnauthorized: isChecked,
    ca: file(parameters.sslrootcert),
    cert: file(parameters.sslcert),
    key: file(parameters.sslkey),
    ...(mode === 'verify-ca' ? { checkServerIdentity: () => undefined } : {}),
  };
}
