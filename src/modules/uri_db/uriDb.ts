import type { DbCondition } from '../../base/ports.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { Host } from '../../module/host.ts';
import { TableReader } from '../../module/tableReader.ts';
import { checkTableVersion } from '../../module/tableVersion.ts';
import { SipUri } from '../../sip/uri.ts';
import { params, type UriDbConfig } from './params.ts';

/** What uri_db needs of auth, when that is loaded (it is not required, hence no import of its api). */
interface VerifiedUsers {
  verifiedUser(context: ScriptContext): Owner | undefined;
}

/** Who wants to use a URI. */
interface Owner {
  readonly user: string;
  readonly domain: string;
  readonly realm: string;
}

const Code = {
  ok: 1,
  error: -1,
  noCredentials: -2,
  noUser: -4,
  noSuchUri: -5,
  notAllowed: -9,
  otherUser: -10,
} as const;

const versions = { uri: 1, subscriber: 7 } as const;

/** May a user use a URI, and does a URI exist: against credentials and a database. Nothing is kept. */
export class UriDb {
  readonly #host: Host;
  readonly #config: UriDbConfig;
  readonly #reader: TableReader;
  #auth: VerifiedUsers | undefined;

  constructor(host: Host, config: UriDbConfig) {
    this.#host = host;
    this.#config = config;
    this.#reader = new TableReader(host);
  }

  async start(): Promise<void> {
    const { db_url, db_table, use_uri_table } = this.#config;
    this.#auth = this.#host.api<VerifiedUsers>('auth');
    const database = await this.#reader.open(db_url === '' ? params.db_url.default : db_url);
    await checkTableVersion(database, db_table, use_uri_table === 0 ? versions.subscriber : versions.uri);
  }

  /** Do checks of credentials ask the database? */
  get usesTable(): boolean {
    return this.#config.use_uri_table !== 0;
  }

  /** May the user whose credentials were right use the URI of a header? */
  checkHeader(context: ScriptContext, uri: string): number | Promise<number> {
    const owner = this.#auth?.verifiedUser(context);
    return owner === undefined ? Code.noCredentials : this.check(uri, owner);
  }

  /** As `checkHeader`, for a URI that may be none. */
  checkUri(context: ScriptContext, uri: string): number | Promise<number> {
    return SipUri.parse(uri) === undefined ? Code.error : this.checkHeader(context, uri);
  }

  checkUriOf(uri: string, user: string, realm: string): number | Promise<number> {
    if (SipUri.parse(uri) === undefined) return Code.error;
    return user === '' ? Code.noCredentials : this.check(uri, { user, domain: '', realm });
  }

  check(uriText: string, owner: Owner): number | Promise<number> {
    const uri = SipUri.parse(uriText);
    if (uri === undefined || uri.user === '') return Code.noUser;
    if (!this.usesTable)
      return uri.user.toLowerCase() === owner.user.toLowerCase() ? Code.ok : Code.otherUser;
    const { user_column, domain_column, uriuser_column } = this.#config;
    return this.#isThere(
      [
        { column: user_column, op: '=', value: owner.user },
        { column: domain_column, op: '=', value: owner.domain || owner.realm },
        { column: uriuser_column, op: '=', value: uri.user },
      ],
      Code.notAllowed,
    );
  }

  /** Is the Request-URI that of a user? */
  doesUriExist({ target }: ScriptContext): number | Promise<number> {
    const uri = SipUri.parse(target.requestUri);
    if (uri === undefined) return Code.error;
    if (uri.user === '') return Code.noSuchUri;
    const { user_column, domain_column, uriuser_column, use_domain } = this.#config;
    const column = this.usesTable ? uriuser_column : user_column;
    const where: DbCondition[] = [{ column, op: '=', value: uri.user }];
    if (use_domain !== 0) where.push({ column: domain_column, op: '=', value: uri.host });
    return this.#isThere(where, Code.noSuchUri);
  }

  async #isThere(where: readonly DbCondition[], otherwise: number): Promise<number> {
    const { db_table, user_column } = this.#config;
    const rows = await this.#reader.rows({ table: db_table, columns: [user_column], where, limit: 1 });
    if (rows === undefined) return Code.error;
    return rows.length > 0 ? Code.ok : otherwise;
  }
}
