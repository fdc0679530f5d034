import { numberOf, textOf } from '../../base/dbValues.ts';
import { ServerError } from '../../base/errors.ts';
import type { Database, DbCondition } from '../../base/ports.ts';
import { compilePosixRegex } from '../../base/posixRegex.ts';
import type { VariableRef } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { Host } from '../../module/host.ts';
import { TableReader } from '../../module/tableReader.ts';
import { checkTableVersion } from '../../module/tableVersion.ts';
import { SipUri } from '../../sip/uri.ts';
import type { GroupConfig } from './params.ts';

/** What group needs of auth, when that is loaded (it is not required, hence no import of its api). */
interface VerifiedUsers {
  verifiedUser(
    context: ScriptContext,
  ): { readonly user: string; readonly domain: string; readonly realm: string } | undefined;
}

/** Whose membership is asked for. */
interface Member {
  readonly user: string;
  readonly domain: string;
}

interface Pattern {
  readonly regex: RegExp;
  readonly groupId: number;
}

/** More are no configuration but a mistake. */
const maxPatterns = 10_000;
const notMember = -6;

/** Where the user of a check comes from; other texts are URIs. */
export const sources = ['Request-URI', 'To', 'From', 'Credentials'] as const;

/** Groups of users: by rows of a table, and by regular expressions that are read at the start. */
export class Groups {
  readonly #host: Host;
  readonly #config: GroupConfig;
  readonly #reader: TableReader;
  #patterns: readonly Pattern[] = [];
  #auth: VerifiedUsers | undefined;

  constructor(host: Host, config: GroupConfig) {
    this.#host = host;
    this.#config = config;
    this.#reader = new TableReader(host);
  }

  async start(): Promise<void> {
    this.#auth = this.#host.api<VerifiedUsers>('auth');
    const database = await this.#reader.open(this.#config.db_url);
    await checkTableVersion(database, this.#config.table, 2);
    if (this.#config.re_table !== '') await this.#loadPatterns(database);
  }

  async #loadPatterns(database: Database): Promise<void> {
    const { re_table, re_exp_column, re_gid_column } = this.#config;
    await checkTableVersion(database, re_table, 1);
    const columns = [re_exp_column, re_gid_column];
    const { rows } = await database.query({ table: re_table, columns, limit: maxPatterns });
    // the last row is asked first: with `multiple_gid` off, that decides
    this.#patterns = rows.map(([pattern, id]) => compiled(textOf(pattern), numberOf(id, 0))).reverse();
  }

  /** 1 or -6; -1 when there is no such user, or no answer of the database. */
  async isUserIn(context: ScriptContext, source: string, group: string): Promise<number> {
    const member = this.#memberOf(context, source);
    if (member === undefined) return -1;
    const { table, user_column, domain_column, group_column, use_domain } = this.#config;
    const where: DbCondition[] = [
      { column: user_column, op: '=', value: member.user },
      { column: group_column, op: '=', value: group },
    ];
    if (use_domain !== 0) where.push({ column: domain_column, op: '=', value: member.domain });
    const rows = await this.#reader.rows({ table, columns: [group_column], where, limit: 1 });
    if (rows === undefined) return -1;
    return rows.length > 0 ? 1 : notMember;
  }

  /** Writes the numbers of the groups whose expression matches `sip:user@domain`; how many there are, or -1. */
  groupsOf(context: ScriptContext, source: string, destination: VariableRef): number {
    const member = this.#memberOf(context, source);
    if (member === undefined) return -1;
    const text = `sip:${member.user}@${member.domain}`;
    let count = 0;
    for (const { regex, groupId } of this.#patterns) {
      if (!regex.test(text)) continue;
      destination.set(context, groupId);
      count++;
      if (this.#config.multiple_gid === 0) break;
    }
    return count === 0 ? -1 : count;
  }

  #memberOf(context: ScriptContext, source: string): Member | undefined {
    const member = source === 'Credentials' ? this.#verified(context) : memberOfUri(uriOf(context, source));
    if (member === undefined) this.#host.log.error(`no user to look for in '${source}'`);
    return member;
  }

  #verified(context: ScriptContext): Member | undefined {
    const verified = this.#auth?.verifiedUser(context);
    return verified && { user: verified.user, domain: verified.domain || verified.realm };
  }
}

function compiled(pattern: string, groupId: number): Pattern {
  const result = compilePosixRegex(pattern, 'i');
  if ('error' in result)
    throw new ServerError('GROUP_PATTERN', `group ${groupId}: bad expression '${pattern}': ${result.error}`);
  return { regex: result.regex, groupId };
}

function uriOf({ message, target }: ScriptContext, source: string): string {
  switch (source) {
    case 'Request-URI':
      return target.requestUri;
    case 'To':
      return message.to?.uri ?? '';
    case 'From':
      return message.from?.uri ?? '';
    default:
      return source;
  }
}

function memberOfUri(text: string): Member | undefined {
  const uri = SipUri.parse(text);
  return uri === undefined || uri.user === '' ? undefined : { user: uri.user, domain: uri.host };
}
