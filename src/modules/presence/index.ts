import { defineModule } from '../../module/define.ts';
import type { PresenceApi } from './api.ts';
import { requestFunctions, watcherFunctions } from './functions.ts';
import { params } from './params.ts';
import { Presence } from './presence.ts';
import { rpc } from './rpc.ts';
import { variables } from './variables.ts';

export default defineModule({
  name: 'presence',
  summary:
    'Presence server: PUBLISH, SUBSCRIBE and NOTIFY for any event package (RFC 3856, 3903, 6665, 3857).',
  requires: ['sl', 'tm'],
  params,
  create: (host, config) => new Presence(host, config),
  functions: ({ signature }) => ({ ...requestFunctions(signature), ...watcherFunctions(signature) }),
  pvs: variables,
  rpc,
  events: [{ name: 'presence:notify-reply', doc: 'A NOTIFY has been answered, or has timed out.' }],
  api: (self): PresenceApi => self,
  start: (self) => self.start(),
  ready: (self) => self.ready(),
  stop: (self) => self.stop(),
});
