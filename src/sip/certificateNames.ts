import { isIpAddress } from './host.ts';

/** Names that a certificate vouches for. */
export interface PeerNames {
  readonly dns: readonly string[];
  readonly uris: readonly string[];
  readonly ips: readonly string[];
  readonly emails: readonly string[];
  /** Counts only where there is no alternative name; '' for none. */
  readonly commonName: string;
}

/**
 * Does the certificate stand for this SIP domain (RFC 5922 §7.1, §7.2)? Identities are `sip:` URIs without a user,
 * else DNS names, else the common name; an address is looked for among the addresses. RFC 5922 takes no
 * wildcards: `*.example.com` matches only where `wildcards` allows it, for one label as on the web (RFC 6125 §6.4.3).
 */
export function matchesDomain(names: PeerNames, domain: string, wildcards = false): boolean {
  const wanted = domain.toLowerCase().replace(/\.$/, '');
  if (isIpAddress(wanted)) return names.ips.includes(wanted);
  return identitiesOf(names).some((identity) => isSame(identity, wanted, wildcards));
}

/** SIP domains of a certificate (RFC 5922 §7.1). */
export function identitiesOf(names: PeerNames): readonly string[] {
  const domains = names.uris.map(domainOfUri).filter((domain) => domain !== undefined);
  if (domains.length > 0) return domains;
  if (names.dns.length > 0) return names.dns.map((name) => name.toLowerCase());
  // URIs of users, or of something else than SIP, are alternative names, too
  const others = names.uris.length + names.ips.length + names.emails.length;
  return others > 0 || names.commonName === '' ? [] : [names.commonName.toLowerCase()];
}

/** `sip:example.com`; a URI with a user is no identity of a domain. */
function domainOfUri(uri: string): string | undefined {
  const match = /^sip:([^@;?:]+)(?::\d+)?(?:[;?].*)?$/i.exec(uri);
  return match?.[1]?.toLowerCase();
}

function isSame(identity: string, wanted: string, wildcards: boolean): boolean {
  if (identity === wanted) return true;
  if (!wildcards || !identity.startsWith('*.')) return false;
  const dot = wanted.indexOf('.');
  return dot > 0 && wanted.slice(dot) === identity.slice(1);
}
