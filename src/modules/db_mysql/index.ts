import type { DatabaseOptions, MysqlOptions } from '../../base/ports.ts';
import type { DatabaseModuleApi } from '../../module/databaseModule.ts';
import { type Config, defineModule, type ParamDeclarations } from '../../module/define.ts';

/** Kamailio's client library tries three times. */
const tries = 3;

/** `mysql_ssl_mode` of the client library, as `opt_ssl_mode` counts it. */
const tlsModes: readonly MysqlOptions['tls'][] = [
  undefined,
  'disabled',
  'preferred',
  'required',
  'verify-ca',
  'verify-identity',
];

const params = {
  ping_interval: {
    type: 'int',
    default: 300,
    min: 0,
    doc: 'Seconds after which an idle connection is asked for a sign of life; 0 for never.',
  },
  server_timezone: {
    type: 'int',
    default: 0,
    min: 0,
    max: 1,
    doc: '1: the database server turns seconds into times and back, in its own time zone. 0: the local one is used.',
  },
  timeout_interval: {
    type: 'int',
    default: 2,
    min: 0,
    doc: 'A third of the time in seconds that connecting, and the silence of a server that owes an answer, may last; 0 for no limit.',
  },
  auto_reconnect: {
    type: 'int',
    default: 1,
    min: 0,
    max: 1,
    doc: '1: a lost connection is made again, and what was under way on it is asked again.',
  },
  insert_delayed: {
    type: 'int',
    default: 0,
    min: 0,
    max: 1,
    doc: '1: INSERT DELAYED for single rows. Servers without it take it for INSERT or refuse it.',
  },
  update_affected_found: {
    type: 'int',
    default: 0,
    min: 0,
    max: 1,
    doc: '1: an UPDATE of sqlops tells how many rows it met, 0: how many it changed.',
  },
  opt_ssl_mode: {
    type: 'int',
    default: 0,
    min: 0,
    max: 5,
    doc: '0, 1 and 2: plain. 3: TLS. 4: TLS with a checked certificate. 5: and with the name of the server in it.',
  },
} as const satisfies ParamDeclarations;

function optionsOf(config: Config<typeof params>): Partial<DatabaseOptions> {
  const limitMs = config.timeout_interval * tries * 1000;
  return {
    pingIntervalMs: config.ping_interval * 1000,
    connectTimeoutMs: limitMs,
    silenceTimeoutMs: limitMs,
    reconnect: config.auto_reconnect !== 0,
    retries: config.auto_reconnect === 0 ? 0 : tries - 1,
    mysql: {
      serverTimezone: config.server_timezone !== 0,
      insertDelayed: config.insert_delayed !== 0,
      affectedFound: config.update_affected_found !== 0,
      tls: tlsModes[config.opt_ssl_mode],
    },
  };
}

export default defineModule({
  name: 'db_mysql',
  summary: 'MySQL and MariaDB as databases: URLs mysql://user:password@host:port/database.',
  params,
  create: (_host, config): DatabaseModuleApi => ({
    schemes: ['mysql', 'db_mysql'],
    optionsFor: () => optionsOf(config),
  }),
  api: (self): DatabaseModuleApi => self,
});
