import { errorText } from '../../base/errors.ts';
import type { DbCondition } from '../../base/ports.ts';
import type { RpcDeclaration } from '../../module/define.ts';
import { type RpcArgument, RpcFault, type RpcReply, RpcStruct } from '../../module/rpc.ts';
import { type BindingData, type Maybe, then } from './api.ts';
import { contactStruct, dump, isNat } from './dump.ts';
import type { AnyDomain, Locations } from './service.ts';

/** What a contact has for a Call-ID and User-Agent when an operator added it; as Kamailio writes them. */
const operatorCallId = 'dfjrewr12386fd6-343@kamailio.rpc';
const operatorAgent = 'kamailio SIP Router - RPC Server';

const tooFew = (what: string) => new RpcFault(500, `Not enough parameters (${what})`);
const unknownTable = new RpcFault(500, 'Domain table not found');

export const rpc: Readonly<Record<string, RpcDeclaration<Locations>>> = {
  'ul.dump': {
    doc: 'All tables with their AoRs and contacts; with "brief" only the AoRs.',
    args: [{ name: 'brief', type: 'string', optional: true }],
    run: (self, [mode]) => dump(self, mode === 'brief'),
  },
  'ul.lookup': {
    doc: 'The contacts of one AoR.',
    args: tableAndAor(),
    run: lookup,
  },
  'ul.rm': {
    doc: 'Removes an AoR with all its contacts.',
    args: tableAndAor(),
    run: removeAor,
  },
  'ul.rm_contact': {
    doc: 'Removes one contact of an AoR, named by its URI.',
    args: [...tableAndAor(), { name: 'contact', type: 'string', optional: true }],
    run: removeContact,
  },
  'ul.flush': {
    doc: 'Writes to the database now what the timer would write.',
    run: (self) => self.flush().then((): RpcReply => []),
  },
  'ul.add': {
    doc: 'Adds a contact to an AoR. "0" or "." leaves path, received or socket empty.',
    args: [
      { name: 'table', type: 'string', optional: true },
      { name: 'aor', type: 'string', optional: true },
      { name: 'contact', type: 'string', optional: true },
      { name: 'expires', type: 'int', optional: true },
      { name: 'q', type: 'double', optional: true },
      { name: 'path', type: 'string', optional: true },
      { name: 'flags', type: 'int', optional: true },
      { name: 'cflags', type: 'int', optional: true },
      { name: 'methods', type: 'int', optional: true },
      { name: 'received', type: 'string', optional: true },
      { name: 'socket', type: 'string', optional: true },
    ],
    run: add,
  },
  'ul.db_users': {
    doc: 'Number of AoRs with an unexpired contact in a table of the database.',
    args: [{ name: 'table', type: 'string', optional: true }],
    run: (self, [table]) => count(self, table, 'users'),
  },
  'ul.db_contacts': {
    doc: 'Number of unexpired contacts in a table of the database.',
    args: [{ name: 'table', type: 'string', optional: true }],
    run: (self, [table]) => count(self, table, 'contacts'),
  },
  'ul.db_expired_contacts': {
    doc: 'Number of expired contacts in a table of the database.',
    args: [{ name: 'table', type: 'string', optional: true }],
    run: (self, [table]) => count(self, table, 'expired'),
  },
};

function tableAndAor() {
  return [
    { name: 'table', type: 'string', optional: true },
    { name: 'aor', type: 'string', optional: true },
  ] as const;
}

/** As records are kept: without the domain where that is no part of an AoR, in lower case. */
function writtenAor(self: Locations, text: string): string {
  const at = text.indexOf('@');
  return (self.useDomain || at < 0 ? text : text.slice(0, at)).toLowerCase();
}

/** The domain and AoR that the first two arguments name. */
function target(
  self: Locations,
  args: readonly RpcArgument[],
  needed: number,
  what: string,
): RpcFault | { readonly domain: AnyDomain; readonly aor: string } {
  if (args.length < needed) return tooFew(what);
  const domain = self.findDomain(String(args[0]));
  if (domain === undefined) return unknownTable;
  const aor = writtenAor(self, String(args[1]));
  if (self.useDomain && !aor.includes('@')) return new RpcFault(500, 'Domain missing in AOR');
  return { domain, aor };
}

function lookup(self: Locations, args: readonly RpcArgument[]): Maybe<RpcReply> {
  const named = target(self, args, 2, 'table and AOR to lookup');
  if (named instanceof RpcFault) return named;
  return then(named.domain.getRecord(named.aor), (record): RpcReply => {
    if (record === undefined) return new RpcFault(500, 'AOR not found in location table');
    const nowSec = named.domain.nowSec();
    const contacts = record.bindings.map((binding) => contactStruct(binding, nowSec, isNat(self, binding)));
    return [new RpcStruct({ AoR: record.aor, Contacts: contacts })];
  });
}

function removeAor(self: Locations, args: readonly RpcArgument[]): Maybe<RpcReply> {
  const named = target(self, args, 2, 'table and AOR to lookup');
  if (named instanceof RpcFault) return named;
  return then(named.domain.getRecord(named.aor), (record) =>
    record === undefined ? [] : then(named.domain.removeRecord(record), (): RpcReply => []),
  );
}

function removeContact(self: Locations, args: readonly RpcArgument[]): Maybe<RpcReply> {
  const named = target(self, args, 3, 'table, AOR and contact');
  if (named instanceof RpcFault) return named;
  return then(named.domain.getRecord(named.aor), (record) => {
    if (record === undefined) return new RpcFault(404, 'AOR not found');
    const binding = record.bindings.find((other) => other.contact === String(args[2]));
    if (binding === undefined) return new RpcFault(404, 'Contact not found');
    return then(named.domain.remove(binding), (): RpcReply => []);
  });
}

function add(self: Locations, args: readonly RpcArgument[]): Maybe<RpcReply> {
  if (args.length < 9) return new RpcFault(500, 'Not enough parameters or wrong format');
  const named = target(self, args, 9, '');
  if (named instanceof RpcFault) return named;
  const { domain, aor } = named;
  const data = contactFrom(self, domain, args);
  return then(domain.getRecord(aor), (record) => {
    const known = record?.bindings.find((binding) => binding.contact === data.contact);
    const write: Maybe<unknown> = known === undefined ? domain.add(aor, data) : domain.update(known, data);
    return then(write, (): RpcReply => []);
  });
}

function contactFrom(self: Locations, domain: AnyDomain, args: readonly RpcArgument[]): BindingData {
  const expiresSec = Number(args[3]);
  const socketText = optionalText(args[10]);
  return {
    contact: String(args[2]),
    expiresSec: expiresSec === 0 ? 0 : domain.nowSec() + expiresSec,
    q: Math.round(Number(args[4]) * 1000),
    path: optionalText(args[5]),
    flags: Number(args[6]),
    branchFlags: Number(args[7]),
    methods: Number(args[8]) | 0, // kamcli writes all bits, which are -1 here
    received: optionalText(args[9]),
    socketText,
    socket: socketText === '' ? undefined : self.host.transport.findSocket(socketText),
    callId: operatorCallId,
    cseq: 1,
    userAgent: operatorAgent,
    instance: '',
    regId: 0,
    serverId: Number(self.host.settings.get('server_id') ?? 0),
    connectionId: 0,
    lastModifiedSec: domain.nowSec(),
    attributes: undefined,
  };
}

function optionalText(argument: RpcArgument | undefined): string {
  const text = argument === undefined ? '' : String(argument);
  return text === '0' || text === '.' ? '' : text;
}

async function count(
  self: Locations,
  table: RpcArgument | undefined,
  what: 'users' | 'contacts' | 'expired',
): Promise<RpcReply> {
  const { database, config } = self;
  if (database === undefined) return new RpcFault(500, 'Command is not supported in db_mode=0');
  if (table === undefined) return tooFew('table to lookup');
  const expires = config.expires_column;
  const now = Math.floor(self.host.clock.wallMs() / 1000);
  const columns = [config.user_column, config.domain_column];
  const rowsWhere = async (where: readonly DbCondition[]) =>
    (await database.query({ table: String(table), columns, where })).rows;
  try {
    if (what === 'expired') {
      const rows = await rowsWhere([
        { column: expires, op: '>', value: 0 },
        { column: expires, op: '<=', value: now },
      ]);
      return [rows.length];
    }
    const rows = [
      ...(await rowsWhere([{ column: expires, op: '=', value: 0 }])),
      ...(await rowsWhere([{ column: expires, op: '>', value: now }])),
    ];
    if (what === 'contacts') return [rows.length];
    return [new Set(rows.map(([user, domain]) => `${user}@${domain}`)).size];
  } catch (error) {
    return new RpcFault(500, `Failed to query AoR count: ${errorText(error)}`);
  }
}
