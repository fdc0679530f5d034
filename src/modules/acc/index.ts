import { arg, defineModule } from '../../module/define.ts';
import { Accounting } from './accounting.ts';
import { params } from './params.ts';

const comment = arg.string('comment', 'status code and reason, or a reason');
const table = arg.string('table', 'table of the database');

export default defineModule({
  name: 'acc',
  summary: 'Accounting of transactions to the log and to a database.',
  requires: ['tm'],
  params,
  create: (host, config) => new Accounting(host, config),
  start: (self) => self.start(),
  stop: (self) => self.db.settled(),
  functions: ({ signature }) => ({
    acc_log_request: {
      doc: 'Writes the request to the accounting log.',
      signatures: [
        signature({
          kemi: 'acc_log_request',
          args: [comment],
          run: (self, context, text) => self.logRequest(context, text),
        }),
      ],
    },
    acc_db_request: {
      doc: 'Writes the request to a table.',
      returns: { 1: 'written', [-1]: 'no database, or it failed' },
      signatures: [
        signature({
          kemi: 'acc_db_request',
          args: [comment, table],
          waits: true,
          run: (self, context, text, name) => self.dbRequest(context, text, name),
        }),
      ],
    },
    acc_request: {
      doc: 'Writes the request to the accounting log, and to a table when there is a database.',
      returns: { 1: 'written', [-1]: 'the database failed' },
      signatures: [
        signature({
          kemi: 'acc_request',
          args: [comment, table],
          waits: (self) => self.config.db_url !== '',
          run: (self, context, text, name) => self.request(context, text, name),
        }),
      ],
    },
  }),
});
