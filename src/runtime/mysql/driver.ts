import { existsSync, readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'mysql2';
import type { DatabaseDriver, DatabaseOptions, DbResult, MysqlOptions } from '../../base/ports.ts';
import type { TableColumns } from '../sql/catalog.ts';
import type { LinkRole } from '../sql/link.ts';
import { type Engine, type EngineParts, ServerDatabase } from '../sql/serverDatabase.ts';
import { selectSql } from '../sql/statements.ts';
import { type DatabaseUrl, parseDatabaseUrl } from '../sql/url.ts';
import { mysqlBind, mysqlDialect, mysqlWrite } from './dialect.ts';
import { MysqlLink } from './link.ts';
import { type OptionGroup, readOptionGroup } from './optionFile.ts';

const defaultPort = 3306;
/** Where a server on this machine listens, as libmysql believes it. */
const defaultSockets = ['/run/mysqld/mysqld.sock', '/var/run/mysqld/mysqld.sock', '/tmp/mysql.sock'];
const defaultConnectTimeoutMs = 6_000;
const defaultSilenceMs = 6_000;
const defaultOptionFiles = ['/etc/my.cnf', '/etc/mysql/my.cnf'];

/** MySQL and MariaDB: `mysql://user:password@host:port/database`, `mysql://[group]/database`. */
export function mysqlDriver(parts: EngineParts): DatabaseDriver {
  return {
    schemes: ['mysql', 'db_mysql'],
    open: (url, options) => {
      const place = placeOf(parseDatabaseUrl(url), options.mysql);
      const given = { silenceTimeoutMs: defaultSilenceMs, ...options };
      return ServerDatabase.open(engineFor(place, options), given, parts);
    },
  };
}

interface Place {
  readonly user: string;
  readonly password: string;
  readonly host: string;
  readonly port: number;
  readonly socket: string;
  readonly database: string;
  readonly tlsFiles: Pick<OptionGroup, 'ssl-ca' | 'ssl-cert' | 'ssl-key'>;
}

/** Where the server is; what the URL leaves open comes from the my.cnf section that it names. */
function placeOf(url: DatabaseUrl, options: MysqlOptions = {}): Place {
  const files = options.optionFiles ?? defaultOptionFiles;
  const texts = url.group === '' ? [] : files.filter(existsSync).map((path) => readFileSync(path, 'latin1'));
  const group = readOptionGroup(texts, url.group);
  const host = url.host || group.host || '';
  const isLocal = host === '' || host === 'localhost';
  const socket = url.socket || group.socket || (isLocal ? defaultSockets.find(existsSync) : undefined) || '';
  return {
    user: url.user || group.user || '',
    password: url.password || group.password || '',
    host: host || 'localhost',
    port: url.port || group.port || defaultPort,
    socket: url.host === '' || isLocal ? socket : '',
    database: url.database,
    tlsFiles: group,
  };
}

function engineFor(place: Place, options: DatabaseOptions): Engine {
  const { serverTimezone = false, insertDelayed = false } = options.mysql ?? {};
  return {
    dialect: 'mysql',
    connect: (role, onLost) => MysqlLink.open(connectionOptions(place, options, role), onLost),
    columnsQuery: (table) => ({
      text:
        'SELECT COLUMN_NAME, DATA_TYPE FROM information_schema.COLUMNS ' +
        'WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?',
      values: [table],
      isPrepared: false,
    }),
    columnsOf,
    select: (query, columns) => {
      const isAll = serverTimezone && query.columns.length === 0;
      const asked = isAll ? { ...query, columns: [...columns.keys()] } : query;
      return selectSql(mysqlDialect(columns, serverTimezone), asked);
    },
    write: (statement, columns) =>
      mysqlWrite(mysqlDialect(columns, serverTimezone), statement, insertDelayed),
    bind: (value, column, columns) => mysqlBind(value, column, columns, serverTimezone),
  };
}

function columnsOf(result: DbResult): TableColumns {
  return new Map(
    result.rows.map(([name, type]) => {
      const sqlType = String(type).toLowerCase();
      const isTime = /^(timestamp|date)/.test(sqlType);
      return [String(name), { isTime, isBytes: /blob|binary/.test(sqlType), sqlType }];
    }),
  );
}

function connectionOptions(place: Place, options: DatabaseOptions, role: LinkRole): ConnectionOptions {
  const { affectedFound = false, tls = 'preferred' } = options.mysql ?? {};
  const isWriter = role === 'write';
  const found = isWriter || affectedFound ? '+FOUND_ROWS' : '-FOUND_ROWS';
  return {
    user: place.user,
    password: place.password,
    database: place.database,
    ...(place.socket === '' ? { host: place.host, port: place.port } : { socketPath: place.socket }),
    connectTimeout: options.connectTimeoutMs ?? defaultConnectTimeoutMs,
    charset: 'utf8mb4',
    // several statements in a text are for our own transactions only
    flags: [found, isWriter ? '+MULTI_STATEMENTS' : '-MULTI_STATEMENTS', '-LOCAL_FILES'],
    multipleStatements: isWriter,
    rowsAsArray: true,
    supportBigNumbers: true,
    dateStrings: true,
    jsonStrings: true,
    ...tlsOptions(tls, place.tlsFiles),
  };
}

/** `preferred` means plain here: what a server would not check protects nobody, and costs. */
function tlsOptions(mode: NonNullable<MysqlOptions['tls']>, files: Place['tlsFiles']): ConnectionOptions {
  if (mode === 'disabled' || mode === 'preferred') return {};
  const rejectUnauthorized = mode !== 'required';
  const given: { ca?: string; cert?: string; key?: string } = {};
  for (const name of ['ca', 'cert', 'key'] as const) {
    const path = files[`ssl-${name}`];
    if (path !== undefined) given[name] = readFileSync(path, 'latin1');
  }
  return { ssl: { rejectUnauthorized, verifyIdentity: mode === 'verify-identity', ...given } };
}
