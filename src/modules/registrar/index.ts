import { arg, defineModule } from '../../module/define.ts';
import { params } from './params.ts';
import { Registrar } from './registrar.ts';

const table = arg.constant('domain', 'location table', {
  prepare: (self: Registrar, value) => {
    self.parts.expectTable(String(value));
    return undefined;
  },
});
const uri = arg.string('uri', 'URI of the AoR instead of the one of the message');

const savingRoutes = ['request', 'failure', 'onreply', 'reply'] as const;
const lookupRoutes = ['request', 'failure'] as const;

const lookupReturns = {
  1: 'found',
  [-1]: 'no contact',
  [-2]: 'no contact takes the method',
  [-3]: 'internal error',
};

export default defineModule({
  name: 'registrar',
  summary: 'The registrar (RFC 3261 §10), with Path (RFC 3327), flows (RFC 5626) and GRUUs (RFC 5627).',
  requires: ['usrloc', 'sl'],
  params,
  create: (host, config) => new Registrar(host, config),
  start: (self) => self.start(),
  functions: ({ signature }) => ({
    save: {
      doc: 'Processes a REGISTER: stores its contacts and answers.',
      routes: savingRoutes,
      returns: {
        1: 'contacts inserted',
        2: 'contacts updated',
        3: 'contacts deleted',
        4: 'contacts listed',
        [-1]: 'error',
        [-2]: 'too many contacts',
      },
      signatures: [
        signature({
          kemi: 'save',
          args: [
            table,
            arg.flags(
              'flags',
              '1 memory only, 2 no reply, 4 one contact per AoR, 8 no random expiry, 16 headers for a later reply',
              {
                optional: true,
                check: checkFlags,
              },
            ),
          ],
          waits: (self) => self.parts.location.writesWait,
          run: (self, context, domain, flags) => self.saver.save(context, domain, flagsOf(flags), undefined),
        }),
        signature({
          kemi: 'save_uri',
          args: [table, arg.flags('flags', 'as above', { check: checkFlags }), uri],
          waits: (self) => self.parts.location.writesWait,
          run: (self, context, domain, flags, aorUri) =>
            self.saver.save(context, domain, flagsOf(flags), aorUri),
        }),
      ],
    },
    lookup: {
      doc: 'Replaces the Request-URI by the best contact and makes branches of the others.',
      routes: lookupRoutes,
      returns: lookupReturns,
      signatures: [
        signature({
          kemi: 'lookup',
          args: [table],
          waits: (self) => self.parts.location.readsWait,
          run: (self, context, domain) => self.finder.lookup(context, domain, undefined),
        }),
        signature({
          kemi: 'lookup_uri',
          args: [table, uri],
          waits: (self) => self.parts.location.readsWait,
          run: (self, context, domain, aorUri) => self.finder.lookup(context, domain, aorUri),
        }),
      ],
    },
    lookup_to_dset: {
      doc: 'Makes branches of all contacts and leaves the Request-URI alone.',
      routes: lookupRoutes,
      returns: lookupReturns,
      signatures: [
        signature({
          kemi: 'lookup_to_dset',
          args: [table, arg.string('uri', 'URI of the AoR', { optional: true })],
          waits: (self) => self.parts.location.readsWait,
          run: (self, context, domain, aorUri) => self.finder.lookupToBranches(context, domain, aorUri),
        }),
      ],
    },
    lookup_branches: {
      doc: 'Looks up the Request-URI and all branches that are nothing but a URI.',
      routes: lookupRoutes,
      returns: lookupReturns,
      signatures: [
        signature({
          kemi: 'lookup_branches',
          args: [table],
          waits: (self) => self.parts.location.readsWait,
          run: (self, context, domain) => self.finder.lookupBranches(context, domain),
        }),
      ],
    },
    registered: {
      doc: 'Has an AoR a valid contact?',
      returns: { 1: 'registered', [-1]: 'not registered' },
      signatures: [
        signature({
          kemi: 'registered',
          args: [table],
          waits: (self) => self.parts.location.readsWait,
          run: (self, context, domain) => self.registered.registered(context, domain, undefined, 0, 0),
        }),
        signature({
          kemi: 'registered_uri',
          args: [table, uri],
          waits: (self) => self.parts.location.readsWait,
          run: (self, context, domain, aorUri) => self.registered.registered(context, domain, aorUri, 0, 0),
        }),
        signature({
          kemi: 'registered_flags',
          args: [
            table,
            uri,
            arg.int('match_option', '1 Call-ID, 2 received, 4 contact must be as xavp_cfg says'),
          ],
          waits: (self) => self.parts.location.readsWait,
          run: (self, context, domain, aorUri, option) =>
            self.registered.registered(context, domain, aorUri, option, 0),
        }),
        signature({
          kemi: 'registered_action',
          args: [
            table,
            uri,
            arg.int('match_option', 'as above'),
            arg.int('match_action', '1 restore the attributes of the contact, 2 do not fill xavp_rcd'),
          ],
          waits: (self) => self.parts.location.readsWait,
          run: (self, context, domain, aorUri, option, action) =>
            self.registered.registered(context, domain, aorUri, option, action),
        }),
      ],
    },
    unregister: {
      doc: 'Removes all contacts of an AoR, or the one with a record id.',
      returns: { 1: 'done', [-1]: 'no AoR in the URI', [-2]: 'error', [-3]: 'no such contact' },
      signatures: [
        signature({
          kemi: 'unregister',
          args: [table, arg.string('uri', 'URI of the AoR')],
          waits: (self) => self.parts.location.writesWait,
          run: (self, _context, domain, aorUri) => self.registered.unregister(domain, aorUri, undefined),
        }),
        signature({
          kemi: 'unregister_ruid',
          args: [table, arg.string('uri', 'URI of the AoR, or empty'), arg.string('ruid', 'record id')],
          waits: (self) => self.parts.location.writesWait,
          run: (self, _context, domain, aorUri, ruid) => self.registered.unregister(domain, aorUri, ruid),
        }),
      ],
    },
    reg_fetch_contacts: {
      doc: 'Reads the contacts of an AoR into a profile of $ulc.',
      returns: { 1: 'contacts there', [-1]: 'none' },
      signatures: [
        signature({
          kemi: 'reg_fetch_contacts',
          args: [table, arg.string('uri', 'URI of the AoR'), arg.constant('profile', 'name of the profile')],
          waits: (self) => self.parts.location.readsWait,
          run: (self, context, domain, aorUri, profile) =>
            self.profiles.fetch(context, domain, aorUri, profile),
        }),
      ],
    },
    reg_free_contacts: {
      doc: 'Forgets a profile of $ulc.',
      signatures: [
        signature({
          kemi: 'reg_free_contacts',
          args: [arg.constant('profile', 'name of the profile')],
          run: (self, context, profile) => self.profiles.free(context, profile),
        }),
      ],
    },
    add_sock_hdr: {
      doc: 'Adds a header with the receiving socket, for replicating servers.',
      routes: ['request'],
      signatures: [
        signature({
          kemi: 'add_sock_hdr',
          args: [arg.string('hdr_name', 'name of the header')],
          run: (self, context, name) => self.addSocketHeader(context, name),
        }),
      ],
    },
    set_q_override: {
      doc: 'Gives all contacts of this REGISTER one q, whatever they say. Kamailio has it in KEMI only.',
      routes: savingRoutes,
      returns: { 1: 'done', [-1]: 'no q' },
      signatures: [
        signature({
          kemi: 'set_q_override',
          args: [arg.string('q', '0 to 1')],
          run: (self, context, q) => self.overrideQ(context, q),
        }),
      ],
    },
    reg_send_reply: {
      doc: 'Sends the answer that save with flag 2 has kept back.',
      routes: lookupRoutes,
      signatures: [
        signature({ kemi: 'reg_send_reply', run: (self, context) => self.saver.sendReply(context) }),
      ],
    },
  }),
  pvs: {
    ulc: {
      doc: 'Attribute of a contact in a profile: $ulc(profile=>attr), $(ulc(profile=>attr)[1]).',
      inner: 'required',
      index: true,
      bind: (self, pv) => self.profiles.bind(pv),
    },
  },
  statistics: {
    accepted_regs: {
      doc: 'REGISTERs that were accepted.',
      read: (self) => self.parts.acceptedCount,
      reset: (self) => {
        self.parts.acceptedCount = 0;
      },
    },
    rejected_regs: {
      doc: 'REGISTERs that were refused.',
      read: (self) => self.parts.rejectedCount,
      reset: (self) => {
        self.parts.rejectedCount = 0;
      },
    },
    max_expires: { doc: 'The parameter max_expires.', read: (self) => self.parts.config.max_expires },
    max_contacts: { doc: 'The parameter max_contacts.', read: (self) => self.parts.config.max_contacts },
    default_expire: {
      doc: 'The parameter default_expires.',
      read: (self) => self.parts.config.default_expires,
    },
    default_expires_range: {
      doc: 'The parameter default_expires_range.',
      read: (self) => self.parts.config.default_expires_range,
    },
    expires_range: { doc: 'The parameter expires_range.', read: (self) => self.parts.config.expires_range },
  },
  events: [{ name: 'usrloc:contact-expired', doc: 'A contact has expired; $ulc(exp=>...) tells which.' }],
});

/** Decimal or hexadecimal, as text or number. */
function flagsOf(flags: number | string | undefined): number {
  if (flags === undefined) return 0;
  const number = Number(flags);
  return Number.isInteger(number) ? number : 0;
}

function checkFlags(value: number | string | null): string | undefined {
  return Number.isInteger(Number(value)) ? undefined : `flags must be a number, got "${value}"`;
}
