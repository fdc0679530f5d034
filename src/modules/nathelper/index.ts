import { defineModule } from '../../module/define.ts';
import { RpcFault } from '../../module/rpc.ts';
import { aliasFunctions, contactFunctions, sdpFunctions, testFunctions } from './functions.ts';
import { Nathelper, recordRouteCount, topRecordRouteCount } from './nathelper.ts';
import { params } from './params.ts';
import { selects } from './selects.ts';

export default defineModule({
  name: 'nathelper',
  summary:
    'Clients behind NAT: recognises them, corrects what they say of themselves, keeps their bindings open.',
  params,
  create: (host, config) => new Nathelper(host, config),
  functions: ({ signature }) => ({
    ...testFunctions(signature),
    ...contactFunctions(signature),
    ...aliasFunctions(signature),
    ...sdpFunctions(signature),
  }),
  pvs: {
    rr_count: {
      doc: 'Number of Record-Route values.',
      type: 'int',
      get: (_self, context) => recordRouteCount(context),
    },
    rr_top_count: {
      doc: '2 when the topmost Record-Route is a double one, 1 when it is single, 0 without any.',
      type: 'int',
      get: (_self, context) => topRecordRouteCount(context),
    },
  },
  selects,
  rpc: {
    'nathelper.enable_ping': {
      doc: 'Turns pings off (0) or on.',
      args: [{ name: 'enable', type: 'int' }],
      run: (self, [enable]) => {
        if (self.pings === undefined) return new RpcFault(500, 'NATping disabled');
        self.pings.enabled = Number(enable) !== 0;
        return [];
      },
    },
  },
  statistics: {
    pings_sent: { doc: 'Pings sent.', read: (self) => self.pings?.sent ?? 0 },
    pings_answered: { doc: 'SIP pings that were answered.', read: (self) => self.pings?.answered ?? 0 },
    contacts_removed: {
      doc: 'Contacts removed because they did not answer.',
      read: (self) => self.pings?.removed ?? 0,
    },
  },
  start: (self) => self.start(),
});
