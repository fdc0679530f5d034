import { defineModule } from '../../module/define.ts';
import { Debugger } from './debugger.ts';
import { functions } from './functions.ts';
import { params } from './params.ts';
import { rpc } from './rpc.ts';

export default defineModule({
  name: 'debugger',
  summary: 'Traces scripts step by step, holds single messages at breakpoints, sets log levels by module.',
  params,
  create: (host, config) => new Debugger(host, config),
  functions: ({ signature }) => functions(signature),
  rpc,
  start: (self) => self.start(),
});
