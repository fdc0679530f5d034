import type { DatabaseOptions } from '../../base/ports.ts';
import type { DatabaseModuleApi } from '../../module/databaseModule.ts';
import { type Config, defineModule, type ParamDeclarations } from '../../module/define.ts';

const params = {
  retries: {
    type: 'int',
    default: 2,
    min: 0,
    doc: 'How often a query is asked again whose connection was lost under it.',
  },
  timeout: {
    type: 'int',
    default: 0,
    min: 0,
    doc: 'Seconds that connecting, and the silence of a server that owes an answer, may last; 0: 10 and 30 seconds.',
  },
  tcp_keepalive: {
    type: 'int',
    default: 0,
    min: 0,
    doc: 'Seconds of silence after which TCP probes a connection; 0 for the choice of the system.',
  },
  lockset: {
    type: 'meaningless',
    default: 4,
    because: 'an upsert is one statement, and one connection writes: there is nothing to lock',
    doc: 'Size of the set of locks behind REPLACE, as a power of two.',
  },
  bytea_output_escape: {
    type: 'meaningless',
    default: 1,
    because: 'both forms of bytes are understood',
    doc: 'Asks the server for bytes in its escaped form.',
  },
  con_param: {
    type: 'string',
    default: '',
    doc: 'Parameters of libpq, `name=value;name=value`: host, port, user, password, dbname, connect_timeout, sslmode, sslrootcert, sslcert, sslkey, application_name, options, keepalives, keepalives_idle.',
    check: (value: string) => parametersOf(value).problem,
  },
} as const satisfies ParamDeclarations;

const known: ReadonlySet<string> = new Set([
  ...['host', 'hostaddr', 'port', 'user', 'password', 'dbname', 'connect_timeout', 'application_name'],
  ...['sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'options', 'keepalives', 'keepalives_idle'],
]);
/** They speak about what is not there: the system's choice holds. */
const ignored: ReadonlySet<string> = new Set([
  ...[
    'tcp_user_timeout',
    'keepalives_interval',
    'keepalives_count',
    'client_encoding',
    'fallback_application_name',
  ],
  ...['gssencmode', 'krbsrvname', 'target_session_attrs', 'sslcompression', 'channel_binding'],
]);

function parametersOf(text: string): { parameters: Record<string, string>; problem?: string } {
  const parameters: Record<string, string> = {};
  for (const part of text.split(';')) {
    const trimmed = part.trim();
    if (trimmed === '') continue;
    const at = trimmed.indexOf('=');
    const name = trimmed.slice(0, Math.max(0, at)).trim();
    if (!known.has(name) && !ignored.has(name)) {
      return { parameters, problem: `con_param: '${trimmed}' is no parameter that is understood` };
    }
    parameters[name] = trimmed.slice(at + 1).trim();
  }
  return { parameters };
}

function optionsOf(config: Config<typeof params>): Partial<DatabaseOptions> {
  const limitMs = config.timeout * 1000;
  return {
    retries: config.retries,
    ...(limitMs > 0 ? { connectTimeoutMs: limitMs, silenceTimeoutMs: limitMs } : {}),
    postgres: {
      keepAliveIdleMs: config.tcp_keepalive * 1000,
      parameters: parametersOf(config.con_param).parameters,
    },
  };
}

export default defineModule({
  name: 'db_postgres',
  summary: 'PostgreSQL as database: URLs postgres://user:password@host:port/database.',
  params,
  create: (_host, config): DatabaseModuleApi => ({
    schemes: ['postgres', 'postgresql', 'db_postgres'],
    optionsFor: () => optionsOf(config),
  }),
  api: (self): DatabaseModuleApi => self,
});
