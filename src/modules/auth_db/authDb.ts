import { textOf } from '../../base/dbValues.ts';
import type { DbCondition, DbRow } from '../../base/ports.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { Host } from '../../module/host.ts';
import { TableReader } from '../../module/tableReader.ts';
import { checkTableVersion } from '../../module/tableVersion.ts';
import { SipUri } from '../../sip/uri.ts';
import { type AuthApi, AuthCode, type Credentials, type CredentialsKind } from '../auth/api.ts';
import { type Attribute, parseAttributes, setAttributes } from './attributes.ts';
import type { AuthDbConfig } from './params.ts';

/** Version of the table `subscriber`. */
const tableVersion = 7;

/** Bits of the flags of `auth_check`. */
const CheckFlag = { user: 1, notForCalls: 2 } as const;
/** Bits of the flags of `is_subscriber`. */
const SubscriberFlag = { useDomain: 1, noAttributes: 2 } as const;

/** What may come from an anonymous caller (RFC 3323), so that From need not be its own. */
const anonymousMethods: ReadonlySet<string> = new Set(['INVITE', 'BYE', 'PRACK', 'UPDATE', 'MESSAGE']);

/** Digest authentication of the subscribers in a database. Nothing is kept: a new password counts at once. */
export class AuthDb {
  readonly #host: Host;
  readonly #config: AuthDbConfig;
  readonly #reader: TableReader;
  readonly #tables = new Set<string>();
  #attributes: readonly Attribute[] = [];
  #auth: AuthApi | undefined;

  constructor(host: Host, config: AuthDbConfig) {
    this.#host = host;
    this.#config = config;
    this.#reader = new TableReader(host);
  }

  /** Notes a table that the config uses, so that its version is checked. */
  expectTable(table: string): void {
    this.#tables.add(table);
  }

  async start(): Promise<void> {
    this.#auth = this.#host.api<AuthApi>('auth');
    this.#attributes = parseAttributes(this.#config.load_credentials, this.#host.formats);
    const database = await this.#reader.open(this.#config.db_url);
    if (this.#config.version_table === 0) return;
    for (const table of this.#tables) await checkTableVersion(database, table, tableVersion);
  }

  /** Checks the credentials for a realm. What needs no database is answered at once. */
  authenticate(
    context: ScriptContext,
    kind: CredentialsKind,
    realm: string,
    table: string,
    method = context.message.method,
  ): number | Promise<number> {
    const auth = this.#auth;
    if (auth === undefined || realm === '' || table === '' || method === '') {
      this.#host.log.error('authentication needs a realm, a table and a method');
      return AuthCode.error;
    }
    const found = auth.credentialsFor(context, realm, kind);
    if (typeof found === 'number') return found;
    return this.#verify(auth, context, found, realm, table, method);
  }

  async #verify(
    auth: AuthApi,
    context: ScriptContext,
    credentials: Credentials,
    realm: string,
    table: string,
    method: string,
  ): Promise<number> {
    const columns = [this.#passwordColumn(credentials), ...this.#attributes.map(({ column }) => column)];
    const domain = credentials.domain === '' ? realm : credentials.domain;
    const where = this.#whereUser(credentials.user, this.#config.use_domain === 0 ? undefined : domain);
    const rows = await this.#reader.rows({ table, columns, where });
    if (rows === undefined) return AuthCode.error;
    const row = rows[0];
    if (row === undefined) return AuthCode.unknownUser;
    const code = this.#checkRow(auth, context, credentials, row, method);
    if (code === AuthCode.ok || this.#config.force_generate_avps !== 0)
      setAttributes(this.#attributes, context, row, 1);
    return code;
  }

  #checkRow(
    auth: AuthApi,
    context: ScriptContext,
    credentials: Credentials,
    row: DbRow,
    method: string,
  ): number {
    // NULL is no password, not an empty one
    if ((row[0] ?? null) === null) return AuthCode.wrongPassword;
    const stored = textOf(row[0]);
    const ha1 = this.#config.calculate_ha1 === 0 ? stored : auth.ha1(context, credentials, stored);
    return auth.verify(context, credentials, ha1, method);
  }

  #passwordColumn({ domain }: Credentials): string {
    const { calculate_ha1, password_column, password_column_2 } = this.#config;
    return calculate_ha1 === 0 && domain !== '' ? password_column_2 : password_column;
  }

  #whereUser(user: string, domain: string | undefined): DbCondition[] {
    const { user_column, domain_column } = this.#config;
    const where: DbCondition[] = [{ column: user_column, op: '=', value: user }];
    if (domain !== undefined) where.push({ column: domain_column, op: '=', value: domain });
    return where;
  }

  /** REGISTER by Authorization, others by Proxy-Authorization, and with flag 1 the user must be who it says it is. */
  authenticateUser(
    context: ScriptContext,
    realm: string,
    table: string,
    flags: number,
  ): number | Promise<number> {
    const kind = context.message.method === 'REGISTER' ? 'www' : 'proxy';
    const code = this.authenticate(context, kind, realm, table);
    if (typeof code === 'number') return code;
    return code.then((verified) => (verified === AuthCode.ok ? this.#checkUser(context, flags) : verified));
  }

  #checkUser(context: ScriptContext, flags: number): number {
    if ((flags & CheckFlag.user) === 0) return AuthCode.ok;
    if ((flags & CheckFlag.notForCalls) !== 0 && anonymousMethods.has(context.message.method))
      return AuthCode.ok;
    const user = this.#auth?.authorizedUser(context);
    const isSender =
      user !== undefined && this.#auth?.isSender(context, user, this.#config.use_domain !== 0) === true;
    return isSender ? AuthCode.ok : AuthCode.userMismatch;
  }

  /** Is there a subscriber for a URI? Its attributes are handed over unless the flags say no. */
  async isSubscriber(context: ScriptContext, uriText: string, table: string, flags: number): Promise<number> {
    const uri = SipUri.parse(uriText);
    if (uri === undefined || table === '') {
      this.#host.log.error(`is_subscriber: cannot look for '${uriText}' in table '${table}'`);
      return -1;
    }
    const attributes = (flags & SubscriberFlag.noAttributes) === 0 ? this.#attributes : [];
    const columns = [this.#config.user_column, ...attributes.map(({ column }) => column)];
    const domain = (flags & SubscriberFlag.useDomain) === 0 ? undefined : uri.host;
    const where = this.#whereUser(uri.user, domain);
    const rows = await this.#reader.rows({ table, columns, where });
    if (rows === undefined) return -1;
    const row = rows[0];
    if (row === undefined) return -2;
    setAttributes(attributes, context, row, 1);
    return 1;
  }
}
