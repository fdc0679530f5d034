/** The script functions. */
import { arg, type FunctionDeclaration, type SignatureMaker } from '../../module/define.ts';
import { addContactAlias, addReceived, fixNatedContact, setContactAlias } from './contacts.ts';
import type { Nathelper } from './nathelper.ts';
import { looksNated } from './natTest.ts';
import { isPrivate } from './privateAddress.ts';
import { fixSdp } from './sdpFix.ts';

type Maker = SignatureMaker<Nathelper>;
type Functions = Readonly<Record<string, FunctionDeclaration<Nathelper>>>;

export function testFunctions(signature: Maker): Functions {
  return {
    nat_uac_test: {
      doc: 'Does the message look as if its sender were behind a NAT?',
      returns: { 1: 'one of the tests says so', [-1]: 'none does' },
      signatures: [
        signature({
          kemi: 'nat_uac_test',
          args: [
            arg.int(
              'tests',
              'sum of: 1 private address in Contact, 2 source address is not that of Via, 4 private address in Via, ' +
                '8 private address in SDP, 16 source port is not that of Via, 32 private source address, 64 WebSocket, ' +
                '128 port in Contact is not the source port, 256 SDP address is not the source address, 512 the target is elsewhere',
            ),
          ],
          run: (self, context, tests) => (looksNated(context, tests, self.config.nat_addr_mode) ? 1 : -1),
        }),
      ],
    },
    is_rfc1918: {
      doc: 'Is this IPv4 address a private one?',
      signatures: [
        signature({
          kemi: 'is_rfc1918',
          args: [arg.string('address', 'the address')],
          run: (self, _context, address) => (isPrivate(address, self.config.nat_addr_mode) ? 1 : -1),
        }),
      ],
    },
  };
}

export function contactFunctions(signature: Maker): Functions {
  return {
    fix_nated_contact: {
      doc: 'Puts source address and port into the Contact; save() sees that, too.',
      signatures: [
        signature({ kemi: 'fix_nated_contact', run: (_self, context) => fixNatedContact(context) }),
      ],
    },
    fix_nated_register: {
      doc: 'Puts the source address as a URI into the variable of received_avp, for save().',
      routes: ['request'],
      signatures: [
        signature({ kemi: 'fix_nated_register', run: (self, context) => self.fixNatedRegister(context) }),
      ],
    },
    add_rcv_param: {
      doc: 'Adds received=, with the source address as a URI, to each Contact.',
      routes: ['request'],
      signatures: [
        signature({ kemi: 'add_rcv_param', run: (_self, context) => addReceived(context, false) }),
        signature({
          kemi: 'add_rcv_param_uri',
          args: [arg.int('in_uri', 'not 0: into the URI, not behind it')],
          run: (_self, context, inUri) => addReceived(context, inUri !== 0),
        }),
      ],
    },
  };
}

export function aliasFunctions(signature: Maker): Functions {
  return {
    add_contact_alias: {
      doc: 'Adds an alias with source address, port and protocol, or those given, to the URI of the Contact.',
      returns: { 1: 'added', 2: 'nothing to do', [-1]: 'Contact or arguments are malformed' },
      signatures: [
        signature({
          kemi: 'add_contact_alias',
          run: (self, context) => addContactAlias(context, self.config.alias_name, undefined),
        }),
        signature({
          kemi: 'add_contact_alias_addr',
          args: [
            arg.string('address', 'IP address'),
            arg.string('port', 'port'),
            arg.string('proto', 'udp, tcp, tls, sctp, ws or wss'),
          ],
          run: (self, context, address, port, proto) => {
            const endpoint = self.endpointOf(address, port, proto);
            return endpoint === undefined ? -1 : addContactAlias(context, self.config.alias_name, endpoint);
          },
        }),
      ],
    },
    set_contact_alias: {
      doc: 'Adds an alias with source address, port and protocol to the URI of the Contact; save() sees it, too.',
      signatures: [
        signature({
          kemi: 'set_contact_alias',
          run: (self, context) => setContactAlias(context, self.config.alias_name, false),
        }),
        signature({
          kemi: 'set_contact_alias_trim',
          args: [arg.int('trim', '1: an alias that is there goes')],
          run: (self, context, trim) => setContactAlias(context, self.config.alias_name, trim === 1),
        }),
      ],
    },
    handle_ruri_alias: {
      doc: 'Takes the alias out of the Request-URI and sends the request there.',
      returns: { 1: 'done', 2: 'there is no alias', [-1]: 'it is malformed' },
      signatures: [
        signature({ kemi: 'handle_ruri_alias', run: (self, context) => self.handleAlias(context, false) }),
        signature({
          kemi: 'handle_ruri_alias_mode',
          args: [arg.int('mode', '0: the first of several aliases, else the last')],
          run: (self, context, mode) => self.handleAlias(context, mode !== 0),
        }),
      ],
    },
    set_alias_to_pv: {
      doc: 'Gives the alias of the Contact as a URI.',
      signatures: [
        signature({
          kemi: 'set_alias_to_pv',
          args: [arg.variable('target', 'gets the URI')],
          run: (self, context, target) => self.aliasToVariable(context, target),
        }),
      ],
    },
  };
}

export function sdpFunctions(signature: Maker): Functions {
  const fix = (self: Nathelper, context: Parameters<typeof fixSdp>[0], flags: number, address?: string) =>
    fixSdp(context, {
      flags,
      address: address === '' ? undefined : address,
      marker: self.config.nortpproxy_str,
      keepsOld: self.config.append_sdp_oldmediaip !== 0,
    });
  const flagsArgument = arg.int(
    'flags',
    'sum of 1 add a=direction:active, 2 addresses of media, 4 add the mark, 8 address of origin',
  );
  return {
    fix_nated_sdp: {
      doc: 'Puts the source address, or the one given, into the SDP.',
      returns: { 1: 'addresses were replaced', 2: 'none was', [-1]: 'there is no SDP' },
      signatures: [
        signature({
          kemi: 'fix_nated_sdp',
          args: [flagsArgument],
          run: (self, context, flags) => fix(self, context, flags),
        }),
        signature({
          kemi: 'fix_nated_sdp_ip',
          args: [flagsArgument, arg.string('address', 'the address to put there')],
          run: (self, context, flags, address) => fix(self, context, flags, address),
        }),
      ],
    },
  };
}
