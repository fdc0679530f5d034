import { numberOf, textOf } from '../../base/dbValues.ts';
import type { DbCondition, DbRow, DbStatement, DbValue } from '../../base/ports.ts';
import { XavpNode } from '../../module/variables.ts';
import type { ListenSocket } from '../../proxy/transport.ts';
import type { Binding, BindingData } from './api.ts';
import type { UsrlocConfig } from './params.ts';

/** A row of a location table, understood. */
export interface LocationRow {
  readonly id: number;
  readonly aor: string;
  readonly ruid: string;
  readonly data: BindingData;
}

export const attributeTable = (table: string): string => `${table}_attrs`;

/** Translates between bindings and rows, with the column names of the config. */
export class RowMapper {
  readonly #config: UsrlocConfig;
  readonly #findSocket: (text: string) => ListenSocket | undefined;
  readonly columns: readonly string[];

  constructor(config: UsrlocConfig, findSocket: (text: string) => ListenSocket | undefined) {
    this.#config = config;
    this.#findSocket = findSocket;
    this.columns = columnsOf(config);
  }

  /** Conditions that find the rows of an AoR. */
  ofAor(aor: string): DbCondition[] {
    const [user, domain] = this.#split(aor);
    const where: DbCondition[] = [{ column: this.#config.user_column, op: '=', value: user }];
    if (domain !== null) where.push({ column: this.#config.domain_column, op: '=', value: domain });
    return where;
  }

  ofRuid(ruid: string): DbCondition[] {
    return [{ column: this.#config.ruid_column, op: '=', value: ruid }];
  }

  /** Conditions that find the row of one binding (`db_ops_ruid`). */
  ofBinding(binding: Binding): DbCondition[] {
    if (this.#config.db_ops_ruid !== 0) return this.ofRuid(binding.ruid);
    return [
      ...this.ofAor(binding.aor),
      { column: this.#config.contact_column, op: '=', value: binding.contact },
      { column: this.#config.callid_column, op: '=', value: binding.callId },
    ];
  }

  insert(table: string, binding: Binding, upsert: boolean): DbStatement[] {
    const row = this.row(binding);
    if (this.#config.db_insert_null === 0)
      for (const [name, value] of Object.entries(row)) if (value === null) delete row[name];
    const keys = [this.#config.ruid_column];
    const first: DbStatement =
      upsert || this.#config.db_insert_update !== 0
        ? { kind: 'upsert', table, keys, row }
        : { kind: 'insert', table, row };
    return [first, ...this.#insertAttributes(table, binding)];
  }

  update(table: string, binding: Binding): DbStatement[] {
    const row = this.row(binding);
    const whole = this.#config.db_update_as_insert !== 0 || this.#config.db_check_update !== 0;
    const first: DbStatement = whole
      ? { kind: 'upsert', table, keys: [this.#config.ruid_column], row }
      : { kind: 'update', table, set: row, where: this.#whereForUpdate(binding) };
    if (this.#config.xavp_contact === '') return [first];
    return [first, this.#deleteAttributes(table, binding), ...this.#insertAttributes(table, binding)];
  }

  delete(table: string, binding: Binding): DbStatement[] {
    const first: DbStatement = { kind: 'delete', table, where: this.ofBinding(binding) };
    return this.#config.xavp_contact === '' ? [first] : [first, this.#deleteAttributes(table, binding)];
  }

  row(binding: Binding): Record<string, DbValue> {
    const c = this.#config;
    const [user, domain] = this.#split(binding.aor);
    const isNat = c.nat_bflag >= 0 && ((binding.branchFlags >>> c.nat_bflag) & 1) === 1;
    return {
      [c.ruid_column]: binding.ruid,
      [c.user_column]: user,
      [c.domain_column]: domain,
      [c.contact_column]: binding.contact,
      [c.received_column]: orNull(binding.received),
      [c.path_column]: orNull(binding.path),
      [c.expires_column]: binding.expiresSec,
      [c.q_column]: binding.q < 0 ? -1 : binding.q / 1000,
      [c.callid_column]: binding.callId,
      [c.cseq_column]: binding.cseq,
      last_modified: binding.lastModifiedSec,
      [c.flags_column]: binding.flags,
      [c.cflags_column]: binding.branchFlags,
      [c.user_agent_column]: binding.userAgent,
      [c.socket_column]: orNull(binding.socketText),
      [c.methods_column]: binding.methods < 0 ? null : binding.methods,
      [c.instance_column]: orNull(binding.instance),
      [c.reg_id_column]: binding.regId,
      [c.server_id_column]: binding.serverId,
      [c.connection_id_column]: binding.connectionId === 0 ? -1 : binding.connectionId,
      [c.keepalive_column]: isNat ? 1 : 0,
      [c.partition_column]: 0,
    };
  }

  /** Reads a row in the order of `columns`. */
  read(row: DbRow): LocationRow {
    const socketText = textOf(row[15]);
    const domain = textOf(row[3]);
    const user = textOf(row[2]);
    return {
      id: numberOf(row[0], 0),
      ruid: textOf(row[1]),
      aor: this.#config.use_domain !== 0 ? `${user}@${domain}` : user,
      data: {
        contact: textOf(row[4]),
        received: textOf(row[5]),
        path: textOf(row[6]),
        expiresSec: numberOf(row[7], 0),
        q: qOf(numberOf(row[8], -1)),
        callId: textOf(row[9]),
        cseq: numberOf(row[10], 0),
        lastModifiedSec: numberOf(row[11], 0),
        flags: numberOf(row[12], 0),
        branchFlags: numberOf(row[13], 0),
        userAgent: textOf(row[14]),
        socketText,
        socket: socketText === '' ? undefined : this.#findSocket(socketText),
        methods: numberOf(row[16], -1),
        instance: textOf(row[17]),
        regId: numberOf(row[18], 0),
        serverId: numberOf(row[19], 0),
        connectionId: Math.max(0, numberOf(row[20], 0)),
        attributes: undefined,
      },
    };
  }

  #whereForUpdate(binding: Binding): DbCondition[] {
    // the contact and the Call-ID may be what changes, so that only the record id finds the row for sure
    return this.ofRuid(binding.ruid);
  }

  #split(aor: string): [string, string | null] {
    const at = this.#config.use_domain === 0 ? -1 : aor.lastIndexOf('@');
    return at < 0 ? [aor, null] : [aor.slice(0, at), aor.slice(at + 1)];
  }

  #deleteAttributes(table: string, binding: Binding): DbStatement {
    const where: DbCondition[] = [{ column: 'ruid', op: '=', value: binding.ruid }];
    return { kind: 'delete', table: attributeTable(table), where };
  }

  #insertAttributes(table: string, binding: Binding): DbStatement[] {
    const [username, domain] = this.#split(binding.aor);
    const statements: DbStatement[] = [];
    for (const { name, value } of binding.attributes?.fields ?? []) {
      if (typeof value !== 'number' && typeof value !== 'string') continue;
      const row: Record<string, DbValue> = {
        ruid: binding.ruid,
        username,
        aname: name,
        atype: typeof value === 'number' ? 1 : 0,
        avalue: `${value}`,
        last_modified: binding.lastModifiedSec,
      };
      if (domain !== null) row.domain = domain;
      statements.push({ kind: 'insert', table: attributeTable(table), row });
    }
    return statements;
  }
}

/** Columns of `location_attrs` that are read, in order. */
export const attributeColumns = ['id', 'ruid', 'aname', 'atype', 'avalue'] as const;

/** Adds one row of `location_attrs` behind those that came before it. */
export function addAttribute(node: XavpNode | undefined, row: DbRow): XavpNode {
  const attributes = node ?? new XavpNode();
  const text = textOf(row[4]);
  attributes.fields.push({
    name: textOf(row[2]),
    value: numberOf(row[3], 0) === 1 ? Number(text) || 0 : text,
  });
  return attributes;
}

function columnsOf(c: UsrlocConfig): readonly string[] {
  return [
    'id',
    c.ruid_column,
    c.user_column,
    c.domain_column,
    c.contact_column,
    c.received_column,
    c.path_column,
    c.expires_column,
    c.q_column,
    c.callid_column,
    c.cseq_column,
    'last_modified',
    c.flags_column,
    c.cflags_column,
    c.user_agent_column,
    c.socket_column,
    c.methods_column,
    c.instance_column,
    c.reg_id_column,
    c.server_id_column,
    c.connection_id_column,
  ];
}

function qOf(value: number): number {
  return value < 0 ? -1 : Math.min(1000, Math.round(value * 1000));
}

function orNull(text: string): string | null {
  return text === '' ? null : text;
}
