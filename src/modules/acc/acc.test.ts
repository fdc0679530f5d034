import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DatabaseError } from '../../base/errors.ts';
import type { Database, DbStatement, DbValue } from '../../base/ports.ts';
import type { ScriptContext } from '../../module/context.ts';
import type { Formats } from '../../module/host.ts';
import { contextOf, fakeHost, ModuleUnderTest } from '../../module/testing.ts';
import type { ClientBranch } from '../../proxy/clientBranch.ts';
import type { SipMessage } from '../../sip/message.ts';
import { parsed } from '../../sip/testMessages.ts';
import type { TmTransaction, TransactionObserver } from '../tm/api.ts';
import acc from './index.ts';

const Flag = { acc: 1, missed: 2, failed: 3, prepare: 4 } as const;
const stamp = 'timestamp=1700000000';

/** Flags that the tests set, as the parameters of a config. */
const flagParams = {
  log_flag: Flag.acc,
  log_missed_flag: Flag.missed,
  failed_transaction_flag: Flag.failed,
  acc_prepare_flag: Flag.prepare,
};

const maskOf = (...flags: number[]) => flags.reduce((mask, flag) => mask | (1 << flag), 0);

/** `$avp(x)`, `$hdr(x)` and plain text. */
const formats: Formats = {
  text: (format) => () => format,
  variable: (text) => {
    const [, kind = '', name = ''] = /^\$(avp|hdr)\((.+)\)$/.exec(text) ?? [];
    return {
      text,
      writable: false,
      get: (given) => {
        const context = given as ScriptContext;
        if (kind === 'avp') return context.variables.avps.get(name);
        const i = context.message.findName(name);
        return i < 0 ? null : context.message.headerValue(i);
      },
      set: () => {},
    };
  },
};

class Rows {
  gate: Promise<void> = Promise.resolve();
  readonly rows: (Record<string, DbValue> & { table: string })[] = [];
  failure: string | undefined;

  async batch(statements: readonly DbStatement[]): Promise<void> {
    await this.gate;
    if (this.failure !== undefined) throw new DatabaseError('FAKE', this.failure);
    for (const statement of statements)
      if (statement.kind === 'insert') this.rows.push({ table: statement.table, ...statement.row });
  }
}

async function bench(params: Record<string, number | string> = {}, apis: Record<string, unknown> = {}) {
  const observers: TransactionObserver[] = [];
  const database = new Rows();
  const host = fakeHost({ formats, database: async () => database as unknown as Database });
  host.apis.set('tm', { observe: (observer: TransactionObserver) => observers.push(observer) });
  for (const [name, api] of Object.entries(apis)) host.apis.set(name, api);
  const module = new ModuleUnderTest(acc, host, { ...flagParams, ...params });
  await module.loaded.declaration.start?.(module.loaded.instance);
  const lines = () => host.log.records.filter((record) => record.component === 'acc').map(({ text }) => text);
  return { host, module, database, lines, observers };
}

function contextFor(method: string, headers = '', toTag = ''): ScriptContext {
  const tag = toTag === '' ? '' : `;tag=${toTag}`;
  return contextOf(
    `${method} sip:bob@ex.org SIP/2.0\nVia: SIP/2.0/UDP 127.0.0.2:5070;branch=z9hG4bK1\n` +
      `From: <sip:alice@ex.org>;tag=f1\nTo: <sip:bob@ex.org>${tag}\nCall-ID: c1\nCSeq: 1 ${method}\n` +
      `User-Agent: UA one\n${headers}\n`,
  );
}

function response(status: number, reason: string, headers = '', body = ''): SipMessage {
  return parsed(
    `SIP/2.0 ${status} ${reason}\nVia: SIP/2.0/UDP 127.0.0.2:5070;branch=z9hG4bK1\nFrom: <sip:alice@ex.org>;tag=f1\n` +
      `To: <sip:bob@ex.org>;tag=uas1\nCall-ID: c1\nCSeq: 1 INVITE\n${headers}Content-Length: ${body.length}\n\n${body}`,
  );
}

/** A transaction that does what the test says. */
function transactionFor(context: ScriptContext, observers: readonly TransactionObserver[]) {
  const own: TransactionObserver[] = [];
  const transaction = {
    id: 1,
    method: context.message.method,
    isInvite: context.message.method === 'INVITE',
    isLocal: false,
    toTag: 'local1',
    flags: context.flags,
    request: context.message,
    flow: context.flow,
    variables: context.variables,
    branches: [],
    observe: (observer: TransactionObserver) => own.push(observer),
  } as unknown as TmTransaction;
  for (const observer of observers) observer.onRequest?.(transaction, context);
  return {
    transaction,
    out: (status: number, message?: SipMessage) => {
      for (const observer of own) observer.onResponseOut?.(transaction, status, message);
    },
    fail: (status: number, message?: SipMessage) => {
      const branch = { status, response: message } as ClientBranch;
      for (const observer of own) observer.onFailure?.(transaction, branch);
    },
    /** The transaction rests and wakes again; false when somebody will not have it. */
    restAndWake: (lastResponse: string) => {
      const left = own.map((observer) => observer.onRest?.(transaction));
      if (left.includes(false)) return false;
      own.length = 0;
      for (const observer of observers) observer.onWake?.(transaction, lastResponse);
      return true;
    },
    ack: (ack: ScriptContext) => {
      for (const observer of own) observer.onEndToEndAck?.(transaction, ack);
    },
  };
}

async function invite(
  params: Record<string, number | string>,
  flags: number[],
  run: (call: ReturnType<typeof transactionFor>, context: ScriptContext) => void,
  method = 'INVITE',
): Promise<string[]> {
  const { observers, lines } = await bench(params);
  const context = contextFor(method);
  context.flags = maskOf(...flags);
  run(transactionFor(context, observers), context);
  return lines();
}

const tags = 'from_tag=f1;to_tag=uas1;call_id=c1';
const busy = response(486, 'Busy Here');

// The lines of Kamailio 5.6.3 for the same calls.
describe('lines of the accounting log', () => {
  it('an answered call', async () => {
    const lines = await invite({ log_extra: 'ua=$hdr(User-Agent);nul=$avp(none)' }, [Flag.acc], (call) => {
      call.out(180, response(180, 'Ringing'));
      call.out(200, response(200, 'OK fine'));
    });
    assert.deepEqual(lines, [
      `ACC: transaction answered: ${stamp};method=INVITE;${tags};code=200;reason=OK fine;ua=UA one;nul=`,
    ]);
  });

  it('nothing without a flag, nothing for a failure without its flag', async () => {
    assert.deepEqual(await invite({}, [], (call) => call.out(200, response(200, 'OK'))), []);
    assert.deepEqual(
      await invite({}, [Flag.acc], (call) => {
        call.fail(486, busy);
        call.out(486, busy);
      }),
      [],
    );
  });

  it('a failed call with failed_transaction_flag, but not the filtered ones', async () => {
    const fail = (call: ReturnType<typeof transactionFor>) => call.out(486, busy);
    assert.deepEqual(await invite({}, [Flag.acc, Flag.failed], fail), [
      `ACC: transaction answered: ${stamp};method=INVITE;${tags};code=486;reason=Busy Here`,
    ]);
    assert.deepEqual(await invite({ failed_filter: '404, 486' }, [Flag.acc, Flag.failed], fail), []);
  });

  it('a missed call once for each time the flag is set', async () => {
    const lines = await invite({}, [Flag.acc, Flag.missed], (call) => {
      call.fail(486, busy);
      call.fail(603, response(603, 'Decline'));
      call.transaction.flags |= maskOf(Flag.missed);
      call.fail(404, response(404, 'Nobody'));
      call.out(404, response(404, 'Nobody'));
    });
    assert.deepEqual(lines, [
      `ACC: call missed: ${stamp};method=INVITE;${tags};code=486;reason=Busy Here`,
      `ACC: call missed: ${stamp};method=INVITE;${tags};code=404;reason=Nobody`,
    ]);
  });

  it('an own refusal has the registered phrase and the own tag, and is a missed call too', async () => {
    const lines = await invite({}, [Flag.acc, Flag.missed, Flag.failed], (call) => call.out(486));
    const rest = `${stamp};method=INVITE;from_tag=f1;to_tag=local1;call_id=c1;code=486;reason=Busy Here`;
    assert.deepEqual(lines, [`ACC: call missed: ${rest}`, `ACC: transaction answered: ${rest}`]);
  });

  it('behind the answer, a repetition is no second call, the answer of another phone is one', async () => {
    const second = response(200, 'OK', 'Server: two\n');
    const lines = await invite({}, [Flag.acc], (call) => {
      call.out(200, response(200, 'OK'));
      assert.equal(call.restAndWake(response(200, 'OK').text), true);
      call.out(200, response(200, 'OK'));
      call.out(200, parsed(second.text.replace('uas1', 'uas2')));
    });
    assert.deepEqual(
      lines.map((line) => /to_tag=(\w+)/.exec(line)?.[1]),
      ['uas1', 'uas2'],
    );
    await invite({ report_ack: 1 }, [Flag.acc], (call) => assert.equal(call.restAndWake(''), false));
  });

  it('flags of a failure route count only when the transaction was prepared', async () => {
    const run = (call: ReturnType<typeof transactionFor>) => {
      call.transaction.flags |= maskOf(Flag.acc);
      call.out(200, response(200, 'OK'));
    };
    assert.equal((await invite({}, [], run)).length, 0);
    assert.equal((await invite({}, [Flag.prepare], run)).length, 1);
    assert.equal((await invite({ acc_prepare_always: 1 }, [], run)).length, 1);
  });

  it('early media only when asked for', async () => {
    const run = (call: ReturnType<typeof transactionFor>) => {
      call.out(180, response(180, 'Ringing'));
      call.out(183, response(183, 'Progress', '', 'v=0\r\n'));
      call.out(200, response(200, 'OK'));
    };
    assert.equal((await invite({}, [Flag.acc], run)).length, 1);
    const lines = await invite({ early_media: 1 }, [Flag.acc], run);
    assert.match(lines[0] ?? '', /code=183;reason=Progress$/);
    assert.equal(lines.length, 2);
  });

  it('the ACK with report_ack', async () => {
    const run = (call: ReturnType<typeof transactionFor>) => call.ack(contextFor('ACK', '', 'uas1'));
    assert.equal((await invite({}, [Flag.acc], run)).length, 0);
    assert.deepEqual(await invite({ report_ack: 1 }, [Flag.acc], run), [
      `ACC: request acknowledged: ${stamp};method=ACK;${tags};code=200;reason=OK`,
    ]);
  });

  it('CANCEL with report_cancels', async () => {
    const run = (call: ReturnType<typeof transactionFor>) => call.out(200);
    assert.equal((await invite({}, [Flag.acc], run, 'CANCEL')).length, 0);
    assert.equal((await invite({ report_cancels: 1 }, [Flag.acc], run, 'CANCEL')).length, 1);
  });

  it('a retransmitted 200 once, the 200 of another branch again', async () => {
    const lines = await invite({}, [Flag.acc], (call) => {
      call.out(200, response(200, 'OK'));
      call.out(200, response(200, 'OK'));
    });
    assert.equal(lines.length, 1);
  });

  it('the reason of a Reason header with reason_from_hf', async () => {
    const lines = await invite({ reason_from_hf: 1 }, [Flag.acc, Flag.failed], (call) =>
      call.out(480, response(480, 'Nope', 'Reason: SIP;cause=480;text="why not"\n')),
    );
    assert.match(lines[0] ?? '', /code=480;reason=SIP;cause=480;text="why not"$/);
  });

  it('legs, the newest first, empty when there are none', async () => {
    const params = { multi_leg_info: 'leg1=$avp(l1);leg2=$avp(l2)' };
    const answer = (call: ReturnType<typeof transactionFor>) => call.out(200, response(200, 'OK'));
    assert.match((await invite(params, [Flag.acc], answer))[0] ?? '', /reason=OK;leg1=;leg2=$/);
    const lines = await invite(params, [Flag.acc], (call, context) => {
      for (const leg of ['A', 'A2']) context.variables.avps.push('l1', leg);
      context.variables.avps.push('l2', 'B2');
      answer(call);
    });
    assert.match(lines[0] ?? '', /reason=OK;leg1=A2;leg2=B2;leg1=A;leg2=$/);
  });

  for (const [mode, expected] of [
    [1, `${stamp};micros=0;method`],
    [2, `${stamp};attr=1700000000.000;method`],
    [4, `${stamp};attr=2023-11-14 22:13:20;method`],
  ] as const)
    it(`time_mode ${mode}`, async () => {
      const params = { time_mode: mode, time_attr: 'attr', time_exten: 'micros' };
      const lines = await invite(params, [Flag.acc], (call) => call.out(200, response(200, 'OK')));
      assert.ok(lines[0]?.startsWith(`ACC: transaction answered: ${expected}`), lines[0]);
    });

  it('goes to its facility at its level', async () => {
    const { host, observers } = await bench({ log_facility: 'LOG_LOCAL3', log_level: 2 });
    const context = contextFor('INVITE');
    context.flags = maskOf(Flag.acc);
    transactionFor(context, observers).out(200, response(200, 'OK'));
    const record = host.log.records.at(-1);
    assert.deepEqual([record?.level, record?.facility], [2, 'LOG_LOCAL3']);
  });
});

describe('functions', () => {
  for (const [comment, expected] of [
    ['480 gone fishing', 'code=480;reason=gone fishing'],
    ['plain text', 'code=;reason=plain text'],
    ['404', 'code=404;reason='],
    ['999 x', 'code=;reason=999 x'],
  ] as const)
    it(`acc_log_request("${comment}")`, async () => {
      const { module, lines } = await bench();
      assert.equal(module.call('acc_log_request', contextFor('OPTIONS'), comment), 1);
      assert.deepEqual(lines(), [
        `ACC: request accounted: ${stamp};method=OPTIONS;from_tag=f1;to_tag=;call_id=c1;${expected}`,
      ]);
    });

  it('acc_db_request writes a row, and tells when it cannot', async () => {
    const { module, database, host } = await bench({
      db_url: 'sqlite:///x',
      db_extra: 'ua=$hdr(User-Agent)',
    });
    assert.equal(await module.call('acc_db_request', contextFor('OPTIONS'), '404 x y', 'missed_calls'), 1);
    assert.deepEqual(database.rows, [
      {
        table: 'missed_calls',
        method: 'OPTIONS',
        from_tag: 'f1',
        to_tag: '',
        callid: 'c1',
        sip_code: '404',
        sip_reason: 'x y',
        time: 1_700_000_000,
        ua: 'UA one',
      },
    ]);
    database.failure = 'disk full';
    assert.equal(await module.call('acc_db_request', contextFor('OPTIONS'), '404', 'acc'), -1);
    assert.match(host.log.lines.at(-1) ?? '', /failed to insert into table acc: disk full/);
    const without = await bench();
    assert.equal(await without.module.call('acc_db_request', contextFor('OPTIONS'), '404', 'acc'), -1);
  });

  it('acc_request writes to the log, and to the database when there is one', async () => {
    const without = await bench();
    assert.equal(await without.module.call('acc_request', contextFor('OPTIONS'), '100 Received', 'acc'), 1);
    assert.equal(without.lines().length, 1);
    const both = await bench({ db_url: 'sqlite:///x' });
    assert.equal(await both.module.call('acc_request', contextFor('OPTIONS'), '100 Received', 'acc'), 1);
    assert.equal(both.database.rows.length, 1);
  });
});

describe('rows', () => {
  const params = {
    db_url: 'sqlite:///x',
    db_flag: Flag.acc,
    db_missed_flag: Flag.missed,
    db_extra: 'src=$avp(none)',
    multi_leg_info: 'leg=$avp(l1)',
  };

  it('one for each leg, missed calls in their table', async () => {
    const { observers, database, module } = await bench(params);
    const context = contextFor('INVITE');
    context.flags = maskOf(Flag.acc, Flag.missed);
    for (const leg of ['A', 'B']) context.variables.avps.push('l1', leg);
    const call = transactionFor(context, observers);
    call.fail(486, busy);
    call.out(200, response(200, 'OK'));
    await module.loaded.declaration.stop?.(module.loaded.instance);
    assert.deepEqual(
      database.rows.map(({ table, sip_code, leg, src }) => [table, sip_code, leg, src]),
      [
        ['missed_calls', '486', 'B', ''],
        ['missed_calls', '486', 'A', ''],
        ['acc', '200', 'B', ''],
        ['acc', '200', 'A', ''],
      ],
    );
  });

  it('hold NULL for what is missing with acc_extra_nullable, and further times', async () => {
    const { observers, database, module } = await bench({
      ...params,
      acc_extra_nullable: 1,
      time_mode: 1,
      time_attr: 'sec',
      time_exten: 'usec',
    });
    const context = contextFor('BYE');
    context.flags = maskOf(Flag.acc);
    let open = () => {};
    database.gate = new Promise((resolve) => {
      open = resolve;
    });
    transactionFor(context, observers).out(200, response(200, 'OK'));
    const stopped = module.loaded.declaration.stop?.(module.loaded.instance);
    assert.equal(database.rows.length, 0);
    open();
    await stopped;
    const [row] = database.rows;
    assert.deepEqual([row?.src, row?.leg, row?.sec, row?.usec], [null, null, 1_700_000_000, 0]);
  });
});

describe('what acc needs', () => {
  it('dialog for call data records', async () => {
    await assert.rejects(bench({ cdr_enable: 1 }), /dialog/);
  });

  it('rr to detect the direction; then the tags change places', async () => {
    await assert.rejects(bench({ detect_direction: 1 }), /rr/);
    const { observers, lines } = await bench(
      { detect_direction: 1 },
      { rr: { direction: () => 'upstream' } },
    );
    const context = contextFor('BYE', '', 'uas1');
    context.flags = maskOf(Flag.acc);
    transactionFor(context, observers).out(200, response(200, 'OK'));
    assert.match(lines()[0] ?? '', /from_tag=uas1;to_tag=f1/);
  });

  it('well-formed extra values', async () => {
    await assert.rejects(bench({ log_extra: 'a=$hdr(x);nonsense' }), /log_extra: expected name=\$variable/);
    await assert.rejects(bench({ log_extra: 'a=$hdr(x);b=$hdr(y)', acc_extra_size: 1 }), /at most 1/);
    await assert.rejects(bench({ multi_leg_info: 'a=$hdr(x)' }), /must be an \$avp/);
    await assert.rejects(bench({ failed_filter: '200' }), /300 to 999/);
  });
});
