import { withoutPassword } from '../../base/databaseUrl.ts';
import { DatabaseError } from '../../base/errors.ts';

/** A database URL as Kamailio writes it, taken apart. Nothing in it is percent-encoded. */
export interface DatabaseUrl {
  /** '' when the URL names none. */
  readonly user: string;
  readonly password: string;
  /** A name or an address, IPv6 without brackets; '' when the URL names none. */
  readonly host: string;
  /** 0 when the URL names none. */
  readonly port: number;
  readonly database: string;
  /** Path of a unix socket: `unix(/run/x.sock)` in the place of the host. */
  readonly socket: string;
  /** `[group]` before the host: a section of my.cnf. */
  readonly group: string;
}

const authority = /^(?:\[([^\]]*)\])?(?:unix\((\/[^)]*)\)|([^:/[\]]*))(?::(\d*))?$/;

/**
 * Reads `scheme://[user[:password]@][host[:port]]/database`. The last `@` ends the password, so that it may contain
 * others.
 * @throws DatabaseError DB_URL, without the password in its text
 */
export function parseDatabaseUrl(url: string): DatabaseUrl {
  const scheme = /^[a-z0-9_]+:\/\//i.exec(url)?.[0];
  if (scheme === undefined) throw malformed(url);
  const rest = url.slice(scheme.length);
  const at = rest.lastIndexOf('@');
  const [user, password] = splitOnce(at < 0 ? '' : rest.slice(0, at), ':');
  const place = rest.slice(at + 1);
  const slash = place.lastIndexOf('/');
  const match = authority.exec(slash < 0 ? place : place.slice(0, slash));
  const database = slash < 0 ? '' : place.slice(slash + 1);
  if (match === null || database === '') throw malformed(url);
  const [, bracketed = '', socket = '', name = '', port = ''] = match;
  const isAddress = bracketed.includes(':');
  return {
    user,
    password,
    host: isAddress ? bracketed : name,
    port: port === '' ? 0 : Number(port),
    database,
    socket,
    group: isAddress ? '' : bracketed,
  };
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function malformed(url: string): DatabaseError {
  const shape = 'scheme://user:password@host:port/database';
  return new DatabaseError('DB_URL', `'${withoutPassword(url)}' is no database URL; expected ${shape}`);
}
