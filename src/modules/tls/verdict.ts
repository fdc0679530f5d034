import type { TlsSession } from '../../base/tlsPort.ts';
import { matchesDomain } from '../../sip/certificateNames.ts';
import { Certificate } from './certificate.ts';
import type { Verification } from './profile.ts';

export interface Demands {
  readonly verification: Verification;
  readonly verifyDepth: number;
  /** The peer must be this domain; '' where only its certificate counts. */
  readonly domain: string;
  readonly wildcards: boolean;
}

/** Why a handshake that succeeded is not good enough; undefined when it is. */
export function objectionTo(session: TlsSession, demands: Demands): string | undefined {
  const { verification, domain, wildcards } = demands;
  if (verification === 'off' || verification === 'optional_no_ca') return undefined;
  const [leaf] = session.peerCertificates;
  if (leaf === undefined) return verification === 'on' ? 'it has shown no certificate' : undefined;
  if (session.verifyError !== '') return `its certificate is not valid (${session.verifyError})`;
  if (intermediatesOf(session) > demands.verifyDepth)
    return `its certificate chain is longer than verify_depth`;
  if (domain === '') return undefined;
  const { names } = new Certificate(leaf);
  if (matchesDomain(names, domain, wildcards)) return undefined;
  return `its certificate is not for ${domain} but for ${[...names.uris, ...names.dns, names.commonName].join(', ')}`;
}

/** Between the leaf and the trusted root, as OpenSSL counts for `verify_depth`. */
function intermediatesOf({ peerCertificates }: TlsSession): number {
  const last = peerCertificates[peerCertificates.length - 1];
  if (peerCertificates.length < 2 || last === undefined) return 0;
  return peerCertificates.length - (new Certificate(last).isSelfSigned ? 2 : 1);
}
