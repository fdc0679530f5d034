import type { ScriptContext } from '../../module/context.ts';
import type { SelectDeclaration, SelectStep } from '../../module/define.ts';
import type { NamePart } from './certificate.ts';
import type { Tls } from './tls.ts';
import * as values from './values.ts';

const nameParts: Readonly<Record<string, NamePart>> = {
  name: 'CN',
  cn: 'CN',
  commonname: 'CN',
  c: 'C',
  country: 'C',
  countryname: 'C',
  l: 'L',
  locality: 'L',
  localityname: 'L',
  st: 'ST',
  state: 'ST',
  stateorprovincename: 'ST',
  o: 'O',
  organization: 'O',
  organizationname: 'O',
  ou: 'OU',
  unit: 'OU',
  organizationalunitname: 'OU',
  uid: 'UID',
  uniqueidentifier: 'UID',
};

const sides: Readonly<Record<string, values.Whose>> = { peer: 'peer', my: 'my', me: 'my', myself: 'my' };

/** `not_after` and `notAfter` are the same. */
function keyOf(step: SelectStep): string {
  return step.name.replaceAll('_', '').toLowerCase();
}

/** `@tls.peer.subject.cn` and its like. */
export const tlsSelects: Readonly<Record<string, SelectDeclaration<Tls>>> = {
  tls: {
    doc: 'The TLS connection of the message: version, desc, cipher, cipher.bits; peer. and my. with the certificates.',
    bind: (self, _first, rest) => {
      const read = readerOf(rest);
      return read && ((context: ScriptContext) => read(self, context));
    },
  },
};

function readerOf(steps: readonly SelectStep[]): values.Reader | undefined {
  const [first, second, third, ...more] = steps;
  if (more.length > 0) return undefined;
  if (first === undefined) return values.description;
  const whose = sides[keyOf(first)];
  if (whose !== undefined) return ofSide(whose, second, third);
  if (third !== undefined) return undefined;
  const key = keyOf(first);
  if (key === 'cipher')
    return second === undefined ? values.cipher : keyOf(second) === 'bits' ? values.cipherBits : undefined;
  if (second !== undefined) return undefined;
  if (key === 'version') return values.tlsVersion;
  return key === 'desc' || key === 'description' ? values.description : undefined;
}

function ofSide(
  whose: values.Whose,
  what: SelectStep | undefined,
  part: SelectStep | undefined,
): values.Reader | undefined {
  if (what === undefined) return values.namePart(whose, 'subject', 'CN');
  const key = keyOf(what);
  if (key === 'subject' || key === 'subj' || key === 'issuer') {
    const name = part === undefined ? 'CN' : nameParts[keyOf(part)];
    return name && values.namePart(whose, key === 'issuer' ? 'issuer' : 'subject', name);
  }
  return part === undefined ? (plain(whose)[key] ?? checks(whose)[key]) : undefined;
}

function plain(whose: values.Whose): Readonly<Record<string, values.Reader>> {
  const email = values.alternativeName(whose, 'emails');
  const host = values.alternativeName(whose, 'dns');
  const uri = values.alternativeName(whose, 'uris');
  const ip = values.alternativeName(whose, 'ips');
  const serial = values.serial(whose);
  return {
    version: values.certificateVersion(whose),
    sn: serial,
    serialnumber: serial,
    notbefore: values.notBefore(whose),
    notafter: values.notAfter(whose),
    rawcert: values.rawCertificate(whose),
    urlencodedcert: values.urlEncodedCertificate(whose),
    email,
    emailaddress: email,
    host,
    hostname: host,
    dns: host,
    uri,
    url: uri,
    urn: uri,
    ip,
    ipaddress: ip,
  };
}

/** Only the other side is verified: of the own certificate there is nothing to tell. */
function checks(whose: values.Whose): Readonly<Record<string, values.Reader>> {
  const nothing: values.Reader = () => null;
  const of = (read: values.Reader) => (whose === 'peer' ? read : nothing);
  return {
    verified: of(values.verified),
    revoked: of(values.verifiedAs('revoked')),
    expired: of(values.verifiedAs('expired')),
    selfsigned: of(values.verifiedAs('selfSigned')),
  };
}
