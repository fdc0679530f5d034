import { arg, defineModule, type TransformationDeclaration } from '../../module/define.ts';
import { params } from './params.ts';
import { bindResult } from './resultVariable.ts';
import { SqlOps } from './sqlOps.ts';

const connection = arg.constant('connection', 'name of an sqlcon', {
  prepare: (self: SqlOps, value) => self.checkConnection(value),
});
const query = arg.string('query', 'SQL');
const result = arg.constant('result', 'name of the result, for $dbr', {
  prepare: (self: SqlOps, value) => self.addResult(value),
});

const returns = {
  1: 'there are rows',
  2: 'there are none',
  3: 'there are rows, but no result was named',
  [-1]: 'the query failed, which is logged',
  [-2]: 'there is no connection',
};

/** Text with quotes and escapes, numbers as they are. */
function literal(doc: string, ofNull: string): TransformationDeclaration<SqlOps> {
  return { doc, minArgs: 0, maxArgs: 0, bind: (self) => (value) => self.literal(value, ofNull) };
}

export default defineModule({
  name: 'sqlops',
  summary: 'SQL in routes: a query suspends only the message that asked it.',
  params,
  create: (host, config) => new SqlOps(host, config),
  functions: ({ signature }) => ({
    sql_query: {
      doc: 'Does a query; its rows are read with $dbr.',
      returns,
      signatures: [
        signature({
          args: [connection, query],
          waits: true,
          run: (self, context, name, sql) => self.query(context, name, sql, ''),
        }),
        signature({
          kemi: 'sql_query',
          args: [connection, query, result],
          waits: true,
          run: (self, context, name, sql, to) => self.query(context, name, sql, to),
        }),
      ],
    },
    sql_xquery: {
      doc: 'Does a query; each row becomes an $xavp whose fields are the columns.',
      returns,
      signatures: [
        signature({
          kemi: 'sql_xquery',
          args: [connection, query, arg.constant('xavp', 'name of the $xavp')],
          waits: true,
          run: (self, context, name, sql, xavp) => self.queryToXavp(context, name, sql, xavp),
        }),
      ],
    },
    sql_pvquery: {
      doc: 'Does a query; its columns go into variables, the first row last.',
      returns,
      signatures: [
        signature({
          kemi: 'sql_pvquery',
          args: [
            connection,
            query,
            arg.constant('variables', 'variables apart by ; or ,', {
              prepare: (self: SqlOps, value) => self.addTargets(value),
            }),
          ],
          waits: true,
          run: (self, context, name, sql, list) => self.queryToVariables(context, name, sql, list),
        }),
      ],
    },
    sql_query_async: {
      doc: 'Does a query that nobody waits for.',
      returns: { 1: 'it is on its way' },
      signatures: [
        signature({
          kemi: 'sql_query_async',
          args: [connection, query],
          run: (self, _context, name, sql) => self.queryInBackground(name, sql),
        }),
      ],
    },
    sql_result_free: {
      doc: 'Forgets the rows of a result.',
      returns: { 1: 'always' },
      signatures: [
        signature({
          kemi: 'sql_result_free',
          args: [result],
          run: (self, context, name) => {
            self.results.free(context, name);
            return 1;
          },
        }),
      ],
    },
  }),
  pvs: {
    dbr: {
      doc: 'Of a result: $dbr(name=>rows), $dbr(name=>cols), $dbr(name=>colname[n]), $dbr(name=>[row,column]).',
      inner: 'required',
      bind: bindResult,
    },
    sqlrows: {
      doc: 'Rows that the last query of a connection changed.',
      type: 'int',
      inner: 'required',
      bind: (self, pv) => {
        const name = pv.inner;
        if (name === undefined || !self.connections.has(name)) {
          return { message: `there is no sqlcon '${name ?? ''}'` };
        }
        return { get: (context) => self.results.affected(context, name) };
      },
    },
  },
  transformations: {
    'sql.val': literal('as an SQL literal; $null is NULL', 'NULL'),
    'sql.val.int': literal('as an SQL literal; $null is 0', '0'),
    'sql.val.str': literal("as an SQL literal; $null is ''", "''"),
  },
  start: (self) => self.start(),
});
