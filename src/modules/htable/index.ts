import { defineModule } from '../../module/define.ts';
import { itemFunctions, lockFunctions, matchFunctions } from './functions.ts';
import { Htable } from './htable.ts';
import { iteratorFunctions } from './iteratorFunctions.ts';
import { params } from './params.ts';
import { rpc } from './rpc.ts';
import { pvs } from './variables.ts';

export default defineModule({
  name: 'htable',
  summary: 'Hash tables for scripts, with expiry and a database behind them.',
  params,
  create: (host, config) => new Htable(host, config),
  functions: ({ signature }) => ({
    ...itemFunctions(signature),
    ...matchFunctions(signature),
    ...lockFunctions(signature),
    ...iteratorFunctions(signature),
  }),
  pvs,
  rpc,
  events: [
    { name: 'htable:mod-init', doc: 'Once at the start: fill the tables.' },
    { name: 'htable:expired:*', doc: 'An item of this table has expired ($shtrecord).' },
  ],
  start: (self) => self.start(),
  ready: (self) => self.ready(),
  stop: (self) => self.stop(),
});
