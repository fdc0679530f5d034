import type { Value } from '../../lang/catalogue.ts';
import type { ScriptContext } from '../../module/context.ts';
import { arg, type FunctionDeclaration, type Result, type SignatureMaker } from '../../module/define.ts';
import type { Permissions } from './permissions.ts';

export type Functions = Readonly<Record<string, FunctionDeclaration<Permissions>>>;
type Maker = SignatureMaker<Permissions>;

const yesNo = (yes: boolean): number => (yes ? 1 : -1);

/** Files are read at the start, so they are noted when the config is loaded. */
const baseName = arg.constant('basename', 'files are this with allow_suffix and deny_suffix', {
  prepare: (self: Permissions, value: Value) => {
    self.files.wantPair(String(value));
    return undefined;
  },
});

const file = (kind: 'allow' | 'deny') =>
  arg.constant(`${kind}_file`, `file with ${kind} rules`, {
    prepare: (self: Permissions, value: Value) => {
      self.files.want(String(value), kind);
      return undefined;
    },
  });

type Check = (self: Permissions, context: ScriptContext, allow: string, deny: string) => boolean;

/** A base name, or both files. */
function fileSignatures(signature: Maker, name: string, check: Check) {
  return [
    signature({
      kemi: name,
      args: [baseName],
      run: (self, context, base) =>
        yesNo(check(self, context, self.files.allowName(base), self.files.denyName(base))),
    }),
    signature({
      args: [file('allow'), file('deny')],
      run: (self, context, allow, deny) => yesNo(check(self, context, allow, deny)),
    }),
  ];
}

export function ruleFunctions(signature: Maker): Functions {
  return {
    allow_routing: {
      doc: 'May From call the Request-URIs of all branches, by the rules of files?',
      returns: { 1: 'allowed', [-1]: 'denied' },
      signatures: [
        signature({
          run: (self, context) => {
            const { default_allow_file, default_deny_file } = self.config;
            return yesNo(self.allowRouting(context, default_allow_file, default_deny_file));
          },
        }),
        ...fileSignatures(signature, 'allow_routing', (self, context, allow, deny) =>
          self.allowRouting(context, allow, deny),
        ),
      ],
    },
    allow_register: {
      doc: 'May To be registered with these Contacts, by the rules of files?',
      returns: { 1: 'allowed', [-1]: 'denied' },
      signatures: fileSignatures(signature, 'allow_register', (self, context, allow, deny) =>
        self.allowRegister(context, allow, deny),
      ),
    },
    allow_uri: {
      doc: 'May From call this URI, by the rules of files?',
      returns: { 1: 'allowed', [-1]: 'denied' },
      signatures: [
        signature({
          kemi: 'allow_uri',
          args: [baseName, arg.string('uri', 'URI')],
          run: (self, context, base, uri) => yesNo(self.allowUri(context, base, uri)),
        }),
      ],
    },
  };
}

const address = arg.string('address', 'IP address or domain');
const port = arg.int('port', 'port');
const group = arg.int('group', 'number of the group');

function inGroup(
  self: Permissions,
  context: ScriptContext,
  wanted: number | undefined,
  host: string,
  ofPort: number,
): number {
  return self.findAddress(context, wanted, host, ofPort)?.group ?? -1;
}

const fromSource = (self: Permissions, context: ScriptContext, wanted: number | undefined): number =>
  inGroup(self, context, wanted, context.flow.address, context.flow.port);

export function addressFunctions(signature: Maker): Functions {
  return {
    allow_address: {
      doc: 'Is an address in a group?',
      returns: { 1: 'it is', [-1]: 'it is not' },
      signatures: [
        signature({
          kemi: 'allow_address',
          args: [group, address, port],
          run: (self, context, wanted, host, ofPort) =>
            yesNo(inGroup(self, context, wanted, host.trim(), ofPort) > 0),
        }),
      ],
    },
    allow_source_address: {
      doc: 'Is the source of this message in a group?',
      returns: { 1: 'it is', [-1]: 'it is not' },
      signatures: [
        signature({
          kemi: 'allow_source_address',
          args: [arg.int('group', 'number of the group; 1', { optional: true })],
          run: (self, context, wanted) => yesNo(fromSource(self, context, wanted ?? 1) > 0),
        }),
      ],
    },
    allow_source_address_group: {
      doc: 'The group that the source of this message is in.',
      returns: { 1: 'the group, or any higher number', [-1]: 'in none' },
      signatures: [
        signature({
          kemi: 'allow_source_address_group',
          run: (self, context) => fromSource(self, context, undefined),
        }),
      ],
    },
    allow_address_group: {
      doc: 'The group that an address is in.',
      returns: { 1: 'the group, or any higher number', [-1]: 'in none' },
      signatures: [
        signature({
          kemi: 'allow_address_group',
          args: [address, port],
          run: (self, context, host, ofPort) => inGroup(self, context, undefined, host.trim(), ofPort),
        }),
      ],
    },
  };
}

export function trustedFunctions(signature: Maker): Functions {
  const waits = (self: Permissions): boolean => self.asksDatabase;
  const source = arg.string('src_ip', 'address to look for, as written in the table');
  const proto = arg.string('proto', 'any, udp, tcp, tls, sctp, ws or wss');
  const trusted = (
    self: Permissions,
    context: ScriptContext,
    from?: string,
    by?: string,
    uri?: string,
  ): Result => self.allowTrusted(context, from, by, uri);
  return {
    allow_trusted: {
      doc: 'Does this message come from a trusted peer?',
      returns: { 1: 'it does; with peer_tag_mode the number of matches', [-1]: 'it does not' },
      signatures: [
        signature({ kemi: 'allow_trusted', waits, run: (self, context) => trusted(self, context) }),
        signature({ kemi: 'allow_trusted_address', args: [source, proto], waits, run: trusted }),
        signature({
          kemi: 'allow_trusted_furi',
          args: [source, proto, arg.string('furi', 'instead of the From URI')],
          waits,
          run: trusted,
        }),
      ],
    },
  };
}
