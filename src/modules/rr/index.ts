import type { Value } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import { arg, defineModule } from '../../module/define.ts';
import { checkAvpName, RecordRouting } from './rr.ts';

const looseRouteReturns = {
  1: 'next hop is known',
  2: 'next hop is the flow of a token (RFC 5626)',
  [-1]: 'no Route, or malformed',
  [-2]: 'the flow token was tampered with',
  [-3]: 'initial request whose Routes were only ours',
};

function checkDirection(value: Value): string | undefined {
  return /^(up|down)stream$/i.test(String(value)) ? undefined : "expected 'upstream' or 'downstream'";
}

const recordRoutes = ['request', 'branch', 'failure', 'branch_failure'] as const;

/** A request upstream has the tags of the dialog the other way round. */
function initialTag(self: RecordRouting, context: ScriptContext, fromSide: 'downstream' | 'upstream'): Value {
  const { fromTag, toTag } = context.message;
  return (self.direction(context) === fromSide ? fromTag : toTag) || null;
}

export default defineModule({
  name: 'rr',
  summary: 'Record-Route and Route: stay in the path of a dialog and follow its route set (RFC 3261 §16).',
  params: {
    enable_full_lr: { type: 'int', default: 0, doc: 'Write `lr=on` instead of `lr`.' },
    append_fromtag: {
      type: 'int',
      default: 1,
      doc: 'Write the caller tag as `ftag`, to know directions later.',
    },
    enable_double_rr: {
      type: 'int',
      default: 1,
      doc: '1: two Record-Routes where the sending socket differs from the receiving one; 2: always; 0: never.',
    },
    add_username: {
      type: 'int',
      default: 0,
      doc: 'Put the user of the Request-URI into the Record-Route URI.',
    },
    enable_socket_mismatch_warning: {
      type: 'int',
      default: 1,
      doc: 'Warn when a preset Record-Route does not lead to this server.',
    },
    custom_user_avp: {
      type: 'string',
      default: '',
      check: checkAvpName,
      doc: 'AVP whose value goes into the URI instead of the user, when add_username is on.',
    },
    force_send_socket: {
      type: 'int',
      default: 0,
      doc: 'Send from the socket of the own Route also when there is only one.',
    },
    ignore_sips: { type: 'int', default: 0, doc: 'Write `sip:` also for requests to a sips URI.' },
    sockname_mode: {
      type: 'int',
      default: 0,
      doc: 'Write the name of the socket as `sn`, and find it again by it.',
    },
  },
  create: (host, config) => new RecordRouting(host, config),
  functions: ({ signature }) => ({
    record_route: {
      doc: 'Adds Record-Route; where the way out has another socket, two of them.',
      routes: recordRoutes,
      returns: { 1: 'added', [-1]: 'there already, or the Request-URI is malformed' },
      signatures: [
        signature({
          kemi: 'record_route',
          run: (self, context) => self.recordRoute(context, 'socket', [], ''),
        }),
        signature({
          kemi: 'record_route_params',
          args: [arg.string('params', 'further URI parameters, each with its semicolon')],
          run: (self, context, params) => self.recordRoute(context, 'socket', [], params),
        }),
      ],
    },
    record_route_preset: {
      doc: 'Adds Record-Route with a given address, or two: the first for the way out, the second for the way in.',
      routes: recordRoutes,
      returns: { 1: 'added', [-1]: 'there already, or the Request-URI is malformed' },
      signatures: [
        signature({
          kemi: 'record_route_preset_one',
          args: [arg.string('address', 'host, port and parameters without a scheme')],
          run: (self, context, address) => self.recordRoute(context, 'preset', [address], ''),
        }),
        signature({
          kemi: 'record_route_preset',
          args: [
            arg.string('outbound', 'address for the way out'),
            arg.string('inbound', 'address for the way in'),
          ],
          run: (self, context, outbound, inbound) =>
            self.recordRoute(context, 'preset', [outbound, inbound], ''),
        }),
      ],
    },
    record_route_advertised_address: {
      doc: 'Adds Record-Route with a given address; two with their transports where the transport changes.',
      routes: recordRoutes,
      returns: { 1: 'added', [-1]: 'there already, or the Request-URI is malformed' },
      signatures: [
        signature({
          kemi: 'record_route_advertised_address',
          args: [arg.string('address', 'host and perhaps port')],
          run: (self, context, address) => self.recordRoute(context, 'advertised', [address], ''),
        }),
      ],
    },
    remove_record_route: {
      doc: 'Takes back the Record-Route that was added to this request.',
      routes: ['request', 'failure', 'branch_failure'],
      signatures: [
        signature({
          kemi: 'remove_record_route',
          run: (self, context) => self.removeRecordRoute(context),
        }),
      ],
    },
    add_rr_param: {
      doc: 'Adds a parameter to the Record-Route URI, before or after it is made.',
      routes: recordRoutes,
      signatures: [
        signature({
          kemi: 'add_rr_param',
          args: [arg.string('param', '`;name=value`')],
          run: (self, context, param) => self.addParam(context, param),
        }),
      ],
    },
    loose_route: {
      doc: 'Routes a request by its Route headers: takes the own ones off, sets the next hop.',
      routes: ['request'],
      returns: looseRouteReturns,
      signatures: [
        signature({ kemi: 'loose_route', run: (self, context) => self.looseRoute(context, false) }),
      ],
    },
    loose_route_mode: {
      doc: 'Like loose_route; with mode 1 the Request-URI is not looked at (no strict routing).',
      routes: ['request'],
      returns: looseRouteReturns,
      signatures: [
        signature({
          kemi: 'loose_route_mode',
          args: [arg.int('mode', '0 as loose_route, 1 loose routing only')],
          run: (self, context, mode) => self.looseRoute(context, mode === 1),
        }),
      ],
    },
    loose_route_preloaded: {
      doc: 'Like loose_route, true only for an initial request whose Routes were all ours.',
      routes: ['request'],
      signatures: [
        signature({
          kemi: 'loose_route_preloaded',
          run: (self, context) => self.looseRoutePreloaded(context),
        }),
      ],
    },
    check_route_param: {
      doc: 'Do the parameters of the own Route match, letter case aside? To be called after loose_route.',
      routes: ['request'],
      signatures: [
        signature({
          kemi: 'check_route_param',
          args: [arg.regex('pattern', 'regular expression over `;lr;ftag=...`')],
          run: (self, context, pattern) => self.checkParam(context, pattern),
        }),
      ],
    },
    is_direction: {
      doc: 'Does the request go `downstream` (caller to callee) or `upstream`? To be called after loose_route.',
      routes: ['request'],
      signatures: [
        signature({
          kemi: 'is_direction',
          args: [arg.string('direction', '`upstream` or `downstream`', { check: checkDirection })],
          run: (self, context, direction) => self.isDirection(context, direction),
        }),
      ],
    },
    rr_next_hop_route: {
      doc: 'Has loose_route found the next hop in a Route header behind the own one?',
      signatures: [
        signature({
          kemi: 'next_hop_route',
          run: (self, context) => self.hasNextHopRoute(context),
        }),
      ],
    },
  }),
  pvs: {
    rdir: {
      doc: 'Direction of the request: $rdir(id) 1 or 2, $rdir(name) downstream or upstream. Behind loose_route.',
      inner: 'required',
      bind: (self, pv) => {
        if (pv.inner === 'name') return { get: (context) => self.direction(context) };
        if (pv.inner === 'id') return { get: (context) => (self.direction(context) === 'upstream' ? 2 : 1) };
        return { message: `$rdir knows id and name, not "${pv.syntax.inner ?? ''}"` };
      },
    },
    fti: {
      doc: 'From tag of the request that made the dialog. Behind loose_route.',
      get: (self, context) => initialTag(self, context, 'downstream'),
    },
    tti: {
      doc: 'To tag of the response that made the dialog. Behind loose_route.',
      get: (self, context) => initialTag(self, context, 'upstream'),
    },
    route_uri: {
      doc: 'URI of the topmost Route; empty when there is none.',
      type: 'string',
      get: (self, context) => self.routeUri(context),
    },
  },
  api: (self) => self.api,
  start: (self) => self.start(),
});
