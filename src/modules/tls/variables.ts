import type { ScriptContext } from '../../module/context.ts';
import type { PvDeclaration } from '../../module/define.ts';
import type { NamePart } from './certificate.ts';
import type { Tls } from './tls.ts';
import * as values from './values.ts';

const parts: readonly (readonly [string, NamePart])[] = [
  ['cn', 'CN'],
  ['locality', 'L'],
  ['country', 'C'],
  ['state', 'ST'],
  ['organization', 'O'],
  ['unit', 'OU'],
  ['uid', 'UID'],
];

function variable(doc: string, get: values.Reader): PvDeclaration<Tls> {
  return { doc, get };
}

/** The `$tls_peer_*` and `$tls_my_*` of one side. */
function ofSide(whose: values.Whose): Record<string, PvDeclaration<Tls>> {
  const all: Record<string, PvDeclaration<Tls>> = {};
  const add = (name: string, what: string, get: values.Reader) => {
    all[`tls_${whose}_${name}`] = variable(
      `${what} of the ${whose === 'peer' ? "peer's" : 'own'} certificate.`,
      get,
    );
  };
  add('version', 'X.509 version (2 means v3)', values.certificateVersion(whose));
  add('serial', 'Serial number', values.serial(whose));
  for (const of of ['subject', 'issuer'] as const) {
    add(
      of,
      `Whole ${of}, as /C=DE/CN=name`,
      values.ofCertificate(whose, (certificate) => certificate.line(of)),
    );
    for (const [name, part] of parts) {
      if (of === 'issuer' && part === 'UID') continue;
      add(`${of}_${name}`, `${part} of the ${of}`, values.namePart(whose, of, part));
    }
  }
  add('san_email', 'First e-mail among the alternative names', values.alternativeName(whose, 'emails'));
  add('san_hostname', 'First DNS name among the alternative names', values.alternativeName(whose, 'dns'));
  add('san_uri', 'First URI among the alternative names', values.alternativeName(whose, 'uris'));
  add('san_ip', 'First address among the alternative names', values.alternativeName(whose, 'ips'));
  add('raw_cert', 'PEM text', values.rawCertificate(whose));
  add('urlencoded_cert', 'PEM text, URL-encoded,', values.urlEncodedCertificate(whose));
  return all;
}

const keys: Readonly<Record<string, values.Reader>> = {
  m_subject_line: values.ofCertificate('my', (certificate) => certificate.line('subject')),
  m_issuer_line: values.ofCertificate('my', (certificate) => certificate.line('issuer')),
  p_subject_line: values.ofCertificate('peer', (certificate) => certificate.line('subject')),
  p_issuer_line: values.ofCertificate('peer', (certificate) => certificate.line('issuer')),
};

export const tlsVariables: Readonly<Record<string, PvDeclaration<Tls>>> = {
  tls_version: variable('TLS version of the connection.', values.tlsVersion),
  tls_description: variable('Cipher, version and key length of the connection.', values.description),
  tls_cipher_info: variable('Cipher suite of the connection.', values.cipher),
  tls_cipher_bits: variable('Key bits of its cipher.', values.cipherBits),
  ...ofSide('peer'),
  ...ofSide('my'),
  tls_peer_verified: variable("1 when the peer's certificate is valid, else 0.", values.verified),
  tls_peer_revoked: variable("1 when the peer's certificate is revoked.", values.verifiedAs('revoked')),
  tls_peer_expired: variable("1 when the peer's certificate has expired.", values.verifiedAs('expired')),
  tls_peer_selfsigned: variable(
    "1 when the peer's chain ends in an unknown authority.",
    values.verifiedAs('selfSigned'),
  ),
  tls_peer_notBefore: variable("Begin of the validity of the peer's certificate.", values.notBefore('peer')),
  tls_peer_notAfter: variable("End of the validity of the peer's certificate.", values.notAfter('peer')),
  tls_peer_server_name: variable('Name that the client asked for (SNI).', values.serverName),
  tls: {
    doc: 'Whole subject or issuer: m_subject_line, m_issuer_line (own), p_subject_line, p_issuer_line (peer).',
    inner: 'required',
    bind: (self, pv) => {
      const read = keys[pv.inner ?? ''];
      if (read === undefined) return { message: `$tls(...) takes ${Object.keys(keys).join(', ')}` };
      return { get: (context: ScriptContext) => read(self, context) };
    },
  },
};
