import { defineModule } from '../../module/define.ts';
import type { FlowTokens } from './api.ts';
import { Outbound, params } from './outbound.ts';

export default defineModule({
  name: 'outbound',
  summary: 'Edge proxy of RFC 5626: flow tokens in Path and Record-Route.',
  params,
  create: (host, config) => new Outbound(host, config),
  start: (self) => self.start(),
  api: (self): FlowTokens => self,
});
