import { defineModule } from '../../module/define.ts';
import type { LocationService } from './api.ts';
import { params } from './params.ts';
import { rpc } from './rpc.ts';
import { Locations } from './service.ts';

export default defineModule({
  name: 'usrloc',
  summary: 'The location service: who is registered where (RFC 3261 §10).',
  params,
  create: (host, config) => new Locations(host, config),
  rpc,
  api: (self): LocationService => self,
  start: (self) => self.start(),
  ready: (self) => self.ready(),
  stop: (self) => self.stop(),
});
